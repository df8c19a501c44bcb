/**
 * How fast datagrams leave: in bursts that the receive buffers of this and other hosts can hold.
 *
 * @module
 */

/**
 * Datagrams that may leave without a pause. A receive buffer of the system's default size keeps about
 * 256 small ones, and awaited sends alone never let the event loop receive: of 1,000 sent in one
 * tick, 744 were lost, in our own process, where echoes also displace what others send.
 */
export const MAX_BURST = 64;

/** A burst that took longer than this, in milliseconds, needs no pause: the loop had its turns. */
const BURST_WINDOW_MS = 10;

/** Pauses between bursts. One per sending socket. */
export class SendPace {
  #count = 0;
  #since = 0;

  /**
   * Waits before a send, if it would make a burst too long: for a turn of the timers (1-2 ms), since
   * `setImmediate` does not let the loop receive everything (measured: 92 % lost at this burst).
   *
   * @returns A promise if there is something to wait for.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   *
   * const pace = new SendPace();
   * assertEquals(pace.next(), undefined);
   * ```
   */
  next(): Promise<void> | undefined {
    if (this.#count === 0) this.#since = performance.now();
    if (this.#count++ < MAX_BURST) return undefined;
    this.#count = 1;
    const now = performance.now();
    const fast = now - this.#since < BURST_WINDOW_MS;
    this.#since = now;
    return fast ? new Promise((resolve) => setTimeout(resolve, 0)) : undefined;
  }
}
