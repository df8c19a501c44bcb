/**
 * How long to wait before asking, so that one member asks for many.
 *
 * @module
 */

/** The longest back-off in units of the group's round trip: NORM's K (RFC 5740, section 4.2.3.1). */
export const BACKOFF_FACTOR = 4;

/** Limits of the estimated round trip in milliseconds: a LAN's, and NORM's 0.5 s default. */
export const MIN_GRTT_MS = 20;
/** See {@linkcode MIN_GRTT_MS}. */
export const MAX_GRTT_MS = 500;

/** What is assumed before anything was measured, in milliseconds. */
const FIRST_GRTT_MS = 50;

/**
 * Part of the distance to a sample that the estimate moves. NORM's goes up at once; here a sample holds
 * the time that a repair waits for its turn at 16 kB/s, which says nothing about the network.
 */
const GRTT_GAIN = 0.125;

/**
 * Draws a truncated exponentially distributed time (RFC 5401, section 3.2.2; RFC 5740, section 5.3):
 * in a large group few draw a short time, and theirs is heard before the others ask too.
 *
 * @param longest The longest time, in any unit.
 * @param groupSize How many draw.
 * @param random Yields numbers in [0, 1).
 * @returns A time in [0, longest].
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(randomBackoff(80, 50, () => 0), 0);
 * assertEquals(Math.round(randomBackoff(80, 50, () => 1)), 80);
 * ```
 */
export function randomBackoff(longest: number, groupSize: number, random: () => number): number {
  const lambda = Math.log(Math.max(1, groupSize)) + 1;
  const spread = Math.expm1(lambda);
  // The RFC's x and its two scalings, with what cancels left out.
  return longest / lambda * Math.log(1 + random() * spread);
}

/** The estimated round trip to the slowest member that answers (RFC 5401, section 3.7.1). */
export class RoundTrip {
  #ms = FIRST_GRTT_MS;
  #sampled = -Infinity;

  /** The estimate in milliseconds, clamped. */
  get ms(): number {
    return Math.min(MAX_GRTT_MS, Math.max(MIN_GRTT_MS, this.#ms));
  }

  /**
   * Takes a measurement. Of several answers to one question only the first counts: the others
   * waited for their turn behind it.
   *
   * @param askedAt When it was asked, in milliseconds.
   * @param now When the answer came, in milliseconds.
   */
  sample(askedAt: number, now: number): void {
    if (askedAt <= this.#sampled) return;
    this.#sampled = askedAt;
    this.#ms += (Math.min(now - askedAt, MAX_GRTT_MS) - this.#ms) * GRTT_GAIN;
  }
}
