/**
 * Keeps traffic below a rate, with a burst at the start.
 *
 * @module
 */

/** A bucket of bytes that fills at a constant rate. Knows no clock: time is passed in. */
export class TokenBucket {
  #rate: number;
  #depth: number;
  #tokens: number;
  #at: number | undefined;

  /**
   * Starts full.
   *
   * @param bytesPerSecond How fast it fills.
   * @param depth How much it holds, in bytes: the burst it lets through.
   */
  constructor(bytesPerSecond: number, depth: number) {
    this.#rate = bytesPerSecond / 1000;
    this.#depth = depth;
    this.#tokens = depth;
  }

  /**
   * Takes bytes out if they are there.
   *
   * @param bytes How many, at most the depth.
   * @param now The time in milliseconds.
   * @returns True if they were there.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   *
   * const bucket = new TokenBucket(1000, 100);
   * assertEquals(bucket.take(100, 0), true);
   * assertEquals(bucket.take(10, 9), false);
   * assertEquals(bucket.take(10, 10), true);
   * ```
   */
  take(bytes: number, now: number): boolean {
    this.#fill(now);
    if (this.#tokens < bytes) return false;
    this.#tokens -= bytes;
    return true;
  }

  /**
   * Takes bytes out that others spent; it may run into debt, at most its depth. Or puts some back.
   *
   * @param bytes How many; negative to put them back.
   * @param now The time in milliseconds.
   */
  drain(bytes: number, now: number): void {
    this.#fill(now);
    this.#tokens = Math.min(this.#depth, Math.max(-this.#depth, this.#tokens - bytes));
  }

  /**
   * Says when bytes will be there.
   *
   * @param bytes How many, at most the depth.
   * @param now The time in milliseconds.
   * @returns The time in milliseconds, now or later.
   */
  readyAt(bytes: number, now: number): number {
    this.#fill(now);
    return now + Math.max(0, Math.ceil((bytes - this.#tokens) / this.#rate));
  }

  #fill(now: number): void {
    if (this.#at !== undefined && now > this.#at) {
      this.#tokens = Math.min(this.#depth, this.#tokens + (now - this.#at) * this.#rate);
    }
    this.#at = now;
  }
}
