/**
 * What this member said: numbered, and kept to be repaired.
 *
 * @module
 */

import {
  AGE_UNIT_MS,
  MAX_AGE,
  MAX_REPORT_LINES,
  type ReportLine,
} from "../framing/control_messages.ts";
import { hashDatagram } from "../framing/datagram_hash.ts";
import { Holdings } from "./holdings.ts";
import { LineRing } from "./line_ring.ts";

/** Most of its own lines that a member keeps: a paste of 5,000 lines, and what came before it. */
export const MAX_OWN_LINES = 8192;

/** A report lists lines said less than this ago (and the last one), in milliseconds: after the
 * last report of a burst, 10 s behind it, the number of the last line is enough. */
const LISTED_MS = 15_000;

/** Most bytes of their datagrams: those of all of them, each as long as may be. */
const MAX_OWN_BYTES = 16 * 1024 * 1024;

/** A line of one's own. */
export interface OwnLine {
  /** Its datagram. */
  readonly bytes: Uint8Array;
  /** When it was said, in milliseconds. */
  readonly saidAt: number;
}

/** The lines said, by number. Numbers start at 1. */
export class SenderLog {
  readonly #datagrams = new Holdings(MAX_OWN_BYTES);
  readonly #lines = new LineRing(MAX_OWN_LINES);
  #highest = 0;
  #oldest = 0;

  /** The number of the last line, 0 before the first. */
  get highest(): number {
    return this.#highest;
  }

  /** The lowest number still kept, 0 before the first. */
  get oldest(): number {
    return this.#oldest;
  }

  /**
   * Numbers and keeps a line.
   *
   * @param bytes The datagram.
   * @param now The time in milliseconds.
   * @returns Its number.
   */
  add(bytes: Uint8Array, now: number): number {
    const seq = ++this.#highest;
    if (this.#oldest === 0) this.#oldest = seq;
    if (seq - this.#oldest >= MAX_OWN_LINES) {
      this.#datagrams.drop(this.#lines.take(this.#oldest++)!);
    }
    this.#lines.set(seq, hashDatagram(bytes), this.#datagrams.keep(bytes), now);
    return seq;
  }

  /**
   * Says whether a line is still kept.
   *
   * @param seq Its number.
   * @returns True if it is.
   */
  has(seq: number): boolean {
    return this.#lines.has(seq);
  }

  /**
   * Says when a line was said.
   *
   * @param seq Its number.
   * @returns The time in milliseconds, if it is still kept.
   */
  saidAt(seq: number): number | undefined {
    return this.#lines.get(seq)?.saidAt;
  }

  /**
   * Finds a line.
   *
   * @param seq Its number.
   * @returns The line, if it is still kept.
   */
  get(seq: number): OwnLine | undefined {
    const line = this.#lines.get(seq);
    return line && { bytes: this.#datagrams.get(line.kept)!, saidAt: line.saidAt };
  }

  /**
   * Lists the last lines as a report has them.
   *
   * @param most How many at most; never more than a report holds.
   * @param now The time in milliseconds.
   * @returns The lines, the last one last.
   */
  recent(most: number, now: number): ReportLine[] {
    const list: ReportLine[] = [];
    const end = Math.max(0, this.#highest - Math.min(most, MAX_REPORT_LINES));
    for (let seq = this.#highest; seq > end; seq--) {
      const line = this.#lines.get(seq);
      if (line === undefined) break;
      if (list.length > 0 && now - line.saidAt > LISTED_MS) break;
      list.push({ age: ageOf(line.saidAt, now), hash: line.hash });
    }
    return list.reverse();
  }
}

/**
 * Makes an age as the wire has it.
 *
 * @param at When something was said, in milliseconds.
 * @param now The time in milliseconds.
 * @returns The age in units of 10 ms, rounded down: who joined meanwhile must not think it older.
 */
export function ageOf(at: number, now: number): number {
  return Math.min(MAX_AGE, Math.max(0, Math.floor((now - at) / AGE_UNIT_MS)));
}

/**
 * Turns an age back into a time on this member's clock.
 *
 * @param age The age in units of 10 ms.
 * @param now When it arrived, in milliseconds.
 * @returns When it was said, in milliseconds; minus infinity if that is too long ago to say.
 */
export function timeOf(age: number, now: number): number {
  return age >= MAX_AGE ? -Infinity : now - age * AGE_UNIT_MS;
}
