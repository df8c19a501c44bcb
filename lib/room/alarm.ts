/**
 * One timer for deadlines that move with nearly every line.
 *
 * @module
 */

import type { Clock } from "../rpc/ports.ts";

/**
 * Rings at the latest when the deadline has come; it may ring too early, since one that moved to a
 * later time costs nothing: to stop a timer and to start another for each line of a room costs a member
 * more than the line itself. Who hears it ring looks what is due, and sets it again.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { SYSTEM_CLOCK } from "../rpc/ports.ts";
 *
 * const rang = Promise.withResolvers<string>();
 * const alarm = new Alarm(SYSTEM_CLOCK, () => rang.resolve("now"));
 * alarm.set(SYSTEM_CLOCK.now() + 1);
 * assertEquals(await rang.promise, "now");
 * ```
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  /** When it rings. */
  #at = Infinity;
  #cancel = (): void => {};

  /**
   * Makes an alarm that is not set.
   *
   * @param clock The time.
   * @param ring Called when it rings.
   */
  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /**
   * Sets the deadline.
   *
   * @param at The time in milliseconds; infinite for none.
   */
  set(at: number): void {
    if (at >= this.#at) return;
    this.#cancel();
    this.#at = at;
    this.#cancel = this.#clock.schedule(() => {
      this.#at = Infinity;
      this.#ring();
    }, Math.max(0, at - this.#clock.now()));
  }

  /** Does not ring any more, unless it is set again. */
  stop(): void {
    this.#at = Infinity;
    this.#cancel();
  }
}
