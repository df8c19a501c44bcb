/**
 * The direct way that a relayed member tries now and then.
 *
 * @module
 */

import type { Way } from "./way.ts";

/** How often the direct way is tried, in milliseconds: often at first, then rarely. */
const TRIAL_EVERY_MS = { first: 3000, later: 10_000, after: 60_000 } as const;

/** At most one trial at a time, and when the next one is. */
export class PathTrial {
  #way: Way | undefined;
  #nextAt = Infinity;
  #relayedAt = 0;

  /** The way that is tried. */
  get way(): Way | undefined {
    return this.#way;
  }

  /** When to look after it next, in milliseconds. */
  get nextDeadline(): number {
    return Math.min(this.#nextAt, this.#way?.nextDeadline ?? Infinity);
  }

  /**
   * A relay stands: there will be trials.
   *
   * @param now The time in milliseconds.
   */
  relayed(now: number): void {
    this.#relayedAt = now;
    this.#nextAt = now + TRIAL_EVERY_MS.first;
  }

  /**
   * Says whether to begin a trial; the time of the next one is set then.
   *
   * @param now The time in milliseconds.
   * @returns True if it is time, and none is under way.
   */
  isTime(now: number): boolean {
    if (now < this.#nextAt) return false;
    const { first, later, after } = TRIAL_EVERY_MS;
    this.#nextAt = now + (now - this.#relayedAt < after ? first : later);
    return this.#way === undefined;
  }

  /**
   * Tries a way.
   *
   * @param way The way, with its watch.
   */
  begin(way: Way): void {
    this.#way = way;
  }

  /**
   * Takes the way that is tried out of here; the next trial comes.
   *
   * @returns The way, if one is tried.
   */
  take(): Way | undefined {
    const way = this.#way;
    this.#way = undefined;
    return way;
  }

  /** There are no more trials; one that is under way is to be taken. */
  stop(): void {
    this.#nextAt = Infinity;
  }
}
