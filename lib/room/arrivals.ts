/**
 * What came of one sender by itself: what it lacks may still wait in one's own socket.
 *
 * @module
 */

import { REORDER_GRACE_MS } from "./wanted.ts";

/**
 * Tells what was lost from what was not read yet. Lines and reports come to different sockets, so a
 * report overtakes the lines it names whenever these come faster than they are read: up to 256 wait.
 * Of one socket lines are read in order, so what waits there is behind all that was read.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const arrivals = new Arrivals();
 * arrivals.came(1000);
 * arrivals.numbered(7);
 * assertEquals(arrivals.overdueAt(7), -Infinity);
 * assertEquals(arrivals.overdueAt(8), 1030);
 * ```
 */
export class Arrivals {
  #at = -Infinity;
  #highest = 0;

  /**
   * Takes note that a line came, whatever its number.
   *
   * @param now The time in milliseconds.
   */
  came(now: number): void {
    this.#at = now;
  }

  /** When the last one came, in milliseconds. */
  get at(): number {
    return this.#at;
  }

  /**
   * Takes note of the number of a line that came.
   *
   * @param seq The number.
   */
  numbered(seq: number): void {
    this.#highest = Math.max(this.#highest, seq);
  }

  /**
   * Says from when on a line that is not there was lost, and does not wait to be read.
   *
   * @param seq Its number.
   * @returns The time in milliseconds; later if more lines come until then.
   */
  overdueAt(seq: number): number {
    return seq > this.#highest ? this.#at + REORDER_GRACE_MS : -Infinity;
  }
}
