/**
 * Which numbers were seen: each is accepted once. Pure.
 *
 * @module
 */

/** Numbers that may arrive behind a higher one: more than ever overtake each other. */
export const WINDOW_SIZE = 4096;

/**
 * A sliding window as in RFC 6479 (IPsec): numbers in any order, none twice, none that is too old.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const window = new ReplayWindow();
 * assertEquals([7, 5, 7, 5, 8].map((n) => window.take(n)), [true, true, false, false, true]);
 * ```
 */
export class ReplayWindow {
  /** One bit for each number of the window. */
  readonly #seen = new Uint32Array(WINDOW_SIZE / 32);
  #highest = -1;

  /**
   * Takes a number.
   *
   * @param number A whole number from 0 on.
   * @returns True if it is new.
   */
  take(number: number): boolean {
    if (number <= this.#highest - WINDOW_SIZE) return false;
    if (number > this.#highest) this.#moveTo(number);
    const word = (number % WINDOW_SIZE) >>> 5;
    const bit = 1 << (number & 31);
    if ((this.#seen[word]! & bit) !== 0) return false;
    this.#seen[word]! |= bit;
    return true;
  }

  #moveTo(number: number): void {
    if (number - this.#highest >= WINDOW_SIZE) this.#seen.fill(0);
    else {
      for (let next = this.#highest + 1; next <= number; next++) {
        this.#seen[(next % WINDOW_SIZE) >>> 5]! &= ~(1 << (next & 31));
      }
    }
    this.#highest = number;
  }
}
