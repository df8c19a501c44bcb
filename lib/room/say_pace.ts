/**
 * How fast a member speaks: as fast as the others can hear.
 *
 * @module
 */

/** Lines that leave at once, whatever the rate; a receive buffer of the usual size keeps about 256. */
export const SAY_BURST = 64;

/** What a burst begins with, in lines per second: what is lost before anybody can say so is repaired. */
export const FIRST_RATE = 5000;

/** ...and what all members together then hear: the more there are, the likelier one of them is slow. */
const FIRST_HEARD = 60_000;

/** The highest rate: the pause of the sockets (`lib/net/send_pace.ts`) permits no more. */
const MAX_RATE = 32_000;

/**
 * The lowest rate that loss alone leads to, in lines per second: with every fifth line lost, that is
 * what repairs of 16 kB/s keep up with.
 */
export const MIN_RATE = 200;

/** How soon what was said can be asked for, in milliseconds: the report, the grace and the back-off. */
const REACTION_MS = 200;

/**
 * How much faster it gets after each {@linkcode REACTION_MS}: before the first loss where few hear, and
 * else.
 */
const FIRST_GAIN = 1.5;
const GAIN = 1.25;

/** What is left of the rate that was heard when something was lost, so that what waits is read. */
const LOSS_FACTOR = 0.9;

/** The least that is left at once of the rate that was said (as TCP: RFC 5681, section 3.1). */
const LEAST_FACTOR = 0.5;

/** When what was said before the last change is still asked for so long after it, in ms, it did not help. */
const PERSISTENT_MS = 500;

/**
 * A line that is asked for so long after it was said, in milliseconds, says nothing about the rate; so
 * its repair has no turn among new lines either, or who asks without end could fill the network.
 */
export const FRESH_MS = 2000;

/** After so long without a line, in milliseconds, what was learnt is old. */
const FORGET_MS = 5000;

/** More repairs than this are owed: then nothing new is said before they are made. */
export const MAX_OWED = 256;

/** The same for lines asked for so far back: a member waits for 2,048 behind the last 1,024. */
export const MAX_BEHIND = 2048;

/** So soon a member that still lacks such a line asks again, in milliseconds, if not in vain. */
const ASK_AGAIN_MS = 300;

/** The longest that owed repairs hold back what is to be said, in milliseconds. */
export const HOLD_MS = 10_000;

/** How often it is looked whether repairs are owed, in milliseconds. */
const LOOK_MS = 20;

/**
 * So many lines are waited for at once, since waking up costs all who hear more than some lines do;
 * but no longer than this, in milliseconds, where one line at least may leave then.
 */
const BATCH = 32;
const BATCH_WAIT_MS = 20;

/** The shortest wait, in milliseconds: a timer is not more exact. */
const LEAST_WAIT_MS = 2;

/**
 * Additive increase is too slow where a burst is over after a second, so it is multiplicative both ways.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const pace = new SayPace();
 * for (let i = 0; i < SAY_BURST; i++) {
 *   assertEquals(pace.readyAt(0, 0), 0);
 *   pace.said(1, 0);
 * }
 * assertEquals(pace.readyAt(0, 0), 32 * 1000 / 5000);
 * ```
 */
export class SayPace {
  #rate = FIRST_RATE;
  #gain = FIRST_GAIN;
  #tokens = SAY_BURST;
  #at = 0;
  #saidAt = -Infinity;
  /** Since when lines are counted, how many there are, and their rate before that. */
  #countedSince = -Infinity;
  #count = 0;
  #recent = 0;
  /** When the rate was lowered last. */
  #slowedAt = -Infinity;
  /** Whether the rate held something back lately: else it is no reason to raise it. */
  #isLimited = false;
  /** Until when a line that stands far back may be asked for again. */
  #behindUntil = -Infinity;
  #heldSince: number | undefined;

  /** Lines per second. */
  get rate(): number {
    return this.#rate;
  }

  /**
   * Says when the next line may leave.
   *
   * @param owed How many repairs of one's own lines are planned.
   * @param now The time in milliseconds.
   * @returns The time in milliseconds, now or later; then ask again.
   */
  readyAt(owed: number, now: number): number {
    if (owed <= MAX_OWED && now >= this.#behindUntil) this.#heldSince = undefined;
    else {
      this.#heldSince ??= now;
      // One who asks without end does not silence the room.
      if (now - this.#heldSince < HOLD_MS) return now + LOOK_MS;
    }
    this.#fill(now);
    if (this.#tokens >= 1) return now;
    this.#isLimited = true;
    const wait = Math.min(BATCH_WAIT_MS, this.#timeFor(BATCH));
    return now + Math.max(LEAST_WAIT_MS, wait, this.#timeFor(1));
  }

  /**
   * Takes note that a line leaves.
   *
   * @param others How many members hear it.
   * @param now The time in milliseconds.
   */
  said(others: number, now: number): void {
    this.#fill(now);
    // Whoever does not ask first owes no more than a burst.
    this.#tokens = Math.max(-SAY_BURST, this.#tokens - 1);
    if (now - this.#saidAt > FORGET_MS) {
      this.#rate = Math.max(MIN_RATE, Math.min(FIRST_RATE, FIRST_HEARD / others));
      this.#gain = this.#rate < FIRST_RATE ? GAIN : FIRST_GAIN;
    }
    this.#saidAt = now;
    this.#count++;
    const counted = now - this.#countedSince;
    if (counted < REACTION_MS) return;
    this.#recent = this.#count * 1000 / counted;
    this.#count = 0;
    this.#countedSince = now;
    if (this.#isLimited) this.#rate = Math.min(MAX_RATE, this.#rate * this.#gain);
    this.#isLimited = false;
  }

  /**
   * Takes the turn of new lines for a repair of lines that were said a moment ago.
   *
   * @param lines How many.
   * @param now The time in milliseconds.
   * @returns False if it is too early.
   */
  repair(lines: number, now: number): boolean {
    this.#fill(now);
    if (this.#tokens < 1) return false;
    // New lines wait for all of these, so that the rate holds for both together.
    this.#tokens -= lines;
    return true;
  }

  /**
   * Says when {@linkcode repair} may succeed.
   *
   * @param now The time in milliseconds.
   * @returns The time in milliseconds.
   */
  repairAt(now: number): number {
    this.#fill(now);
    return now + Math.max(LEAST_WAIT_MS, this.#timeFor(1));
  }

  /**
   * Takes note of a nack.
   *
   * @param count How many lines it asks for.
   * @param behind How many lines were said since the first of them.
   * @param saidAt When the last of them was said, in milliseconds.
   * @param now The time in milliseconds.
   */
  asked(count: number, behind: number, saidAt: number, now: number): void {
    if (behind > MAX_BEHIND) this.#behindUntil = now + ASK_AGAIN_MS;
    if (now - saidAt > FRESH_MS) return;
    // Not faster while anything is asked for. What was said before the last change says little about
    // the rate since then.
    this.#isLimited = false;
    this.#gain = GAIN;
    if (saidAt < this.#slowedAt && now - this.#slowedAt < PERSISTENT_MS) return;
    const counted = Math.max(REACTION_MS, now - this.#countedSince);
    const said = Math.max(this.#recent, this.#count * 1000 / counted);
    // Who talks as slowly as that loses lines for other reasons.
    if (said < MIN_RATE) return;
    const heard = 1 - count * 1000 / (said * REACTION_MS);
    const factor = Math.max(LEAST_FACTOR, heard * LOSS_FACTOR);
    this.#rate = Math.max(MIN_RATE, Math.min(this.#rate, said) * factor);
    this.#slowedAt = now;
  }

  /** In milliseconds, from the last filling on. */
  #timeFor(tokens: number): number {
    return (tokens - this.#tokens) * 1000 / this.#rate;
  }

  #fill(now: number): void {
    this.#tokens = Math.min(SAY_BURST, this.#tokens + (now - this.#at) * this.#rate / 1000);
    this.#at = now;
  }
}
