/**
 * When lines were repaired last.
 *
 * @module
 */

/** The last repair of each of the last lines of one sender. */
export class RepairTimes {
  /** By number, in rings. */
  readonly #seqs: Float64Array;
  readonly #times: Float64Array;

  /**
   * Starts with nothing.
   *
   * @param most How many numbers in a row are told apart: a power of two.
   */
  constructor(most: number) {
    this.#seqs = new Float64Array(most);
    this.#times = new Float64Array(most);
  }

  /**
   * Takes note of a repair.
   *
   * @param seq The line's number, 1 or more.
   * @param now The time in milliseconds.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   *
   * const times = new RepairTimes(64);
   * times.mark(7, 1000);
   * assertEquals([times.at(7), times.at(8)], [1000, -Infinity]);
   * ```
   */
  mark(seq: number, now: number): void {
    const index = seq & (this.#seqs.length - 1);
    this.#seqs[index] = seq;
    this.#times[index] = now;
  }

  /**
   * Says when a line was repaired last.
   *
   * @param seq Its number.
   * @returns The time in milliseconds; minus infinity if that is not known.
   */
  at(seq: number): number {
    const index = seq & (this.#seqs.length - 1);
    return this.#seqs[index] === seq ? this.#times[index]! : -Infinity;
  }
}
