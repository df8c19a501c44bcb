/**
 * Repairing one's own lines: at once, as fast as the others hear.
 *
 * @module
 */

import type { Repair } from "../framing/control_messages.ts";
import type { RoundTrip } from "./back_off.ts";
import { RepairPacker } from "./repair_packer.ts";
import { RepairTimes } from "./repair_times.ts";
import { FRESH_MS, type SayPace } from "./say_pace.ts";
import { ageOf, type SenderLog } from "./sender_log.ts";
import { TokenBucket } from "./token_bucket.ts";

/**
 * Most bytes per second of repairs of one member (DESIGN section 7), and the burst. Beside them, lines
 * that were said a moment ago take turns with new ones: what the others can hear is one rate, whether
 * it is said for the first time or again (as TCP counts retransmissions: RFC 5681, section 4.3).
 */
export const REPAIR_BYTES_PER_SECOND = 16_000;
/** See {@linkcode REPAIR_BYTES_PER_SECOND}, in bytes. */
export const REPAIR_BURST_BYTES = 8000;

/** Most repairs planned at once: two pastes of 1,000 lines. */
export const MAX_OWED_LINES = 2048;

/** A repair is not repeated before the first can have arrived: so many round trips. */
export const REPEAT_FACTOR = 1;

/** Says how fast to speak: new lines, and those that were said a moment ago. */
export type RepairTurns = Pick<SayPace, "repair" | "repairAt">;

/** The lines that this member said and others asked for. */
export class OwnRepairs {
  readonly #log: SenderLog;
  readonly #turns: RepairTurns;
  readonly #roundTrip: RoundTrip;
  readonly #maxBytes: number;
  readonly #bucket = new TokenBucket(REPAIR_BYTES_PER_SECOND, REPAIR_BURST_BYTES);
  readonly #owed = new Set<number>();
  readonly #repaired = new RepairTimes(MAX_OWED_LINES);
  #at = -Infinity;

  /**
   * Starts with nothing to repair.
   *
   * @param log This member's own lines.
   * @param turns How fast this member speaks.
   * @param roundTrip The measured round trip.
   * @param maxBytes Most bytes of a repair.
   */
  constructor(log: SenderLog, turns: RepairTurns, roundTrip: RoundTrip, maxBytes: number) {
    this.#log = log;
    this.#turns = turns;
    this.#roundTrip = roundTrip;
    this.#maxBytes = maxBytes;
  }

  /** How many lines are to be repaired. */
  get owed(): number {
    return this.#owed.size;
  }

  /** When to repair next, in milliseconds; infinite if there is nothing to repair. */
  get next(): number {
    return this.#owed.size === 0 ? Infinity : this.#at;
  }

  /**
   * Plans to repair a line.
   *
   * @param seq Its number; one that is not kept any more is nobody's to repair.
   * @param now The time in milliseconds.
   */
  plan(seq: number, now: number): void {
    if (!this.#log.has(seq) || this.#owed.size >= MAX_OWED_LINES) return;
    if (now - this.#repaired.at(seq) < REPEAT_FACTOR * this.#roundTrip.ms) return;
    if (this.#owed.size === 0) this.#at = now;
    this.#owed.add(seq);
  }

  /**
   * Takes note that a line was repaired, by whomever.
   *
   * @param seq Its number.
   * @param now The time in milliseconds.
   */
  repaired(seq: number, now: number): void {
    this.#owed.delete(seq);
    this.#repaired.mark(seq, now);
  }

  /**
   * Makes the next repair, if one is due.
   *
   * @param now The time in milliseconds.
   * @returns What it brings; ask again until there is nothing.
   */
  due(now: number): Repair["parts"] | undefined {
    if (this.next > now) return undefined;
    const packer = new RepairPacker(this.#maxBytes);
    const packed: number[] = [];
    let oldest = Infinity;
    for (const seq of this.#owed) {
      const line = this.#log.get(seq);
      if (line === undefined) this.#owed.delete(seq);
      else if (!packer.add(seq, ageOf(line.saidAt, now), line.bytes)) break;
      else {
        packed.push(seq);
        oldest = Math.min(oldest, line.saidAt);
      }
    }
    if (packed.length === 0) return undefined;
    const hasTurn = now - oldest < FRESH_MS;
    const isTurn = hasTurn && this.#turns.repair(packed.length, now);
    if (!isTurn && !this.#bucket.take(packer.size, now)) {
      const turnAt = hasTurn ? this.#turns.repairAt(now) : Infinity;
      this.#at = Math.min(turnAt, this.#bucket.readyAt(packer.size, now));
      return undefined;
    }
    for (const seq of packed) this.repaired(seq, now);
    return packer.parts;
  }
}
