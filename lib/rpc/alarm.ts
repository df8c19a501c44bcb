/**
 * One timer for many deadlines.
 *
 * @module
 */

import type { Clock } from "./ports.ts";

/** The longest time a timer of JavaScript can be set to, in milliseconds (a signed 32-bit number). */
const MAX_DELAY = 2 ** 31 - 1;

/**
 * Rings at the earliest of many deadlines. Deadlines that fall away are not called off: the alarm
 * rings once in vain, which is far cheaper than a timer for each.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const timers: number[] = [];
 * const clock = { now: () => 0, schedule: (_: () => void, ms: number) => (timers.push(ms), () => {}) };
 * const alarm = new Alarm(clock, () => Infinity);
 * alarm.by(500);
 * alarm.by(900);
 * assertEquals(timers, [500]);
 * ```
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: (now: number) => number;
  readonly #fire = (): void => this.#fired();
  #at = Infinity;
  #cancel: (() => void) | undefined;
  #stopped = false;

  /**
   * Makes an alarm; `by()` sets it.
   *
   * @param clock Where the time comes from.
   * @param ring Called with the time when it rings; returns the next deadline or Infinity.
   */
  constructor(clock: Clock, ring: (now: number) => number) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /**
   * Rings no later than that.
   *
   * @param deadline A time of the clock, or Infinity.
   */
  by(deadline: number): void {
    if (deadline >= this.#at || this.#stopped) return;
    this.#cancel?.();
    this.#at = deadline;
    const delay = Math.min(Math.max(0, deadline - this.#clock.now()), MAX_DELAY);
    this.#cancel = this.#clock.schedule(this.#fire, delay);
  }

  /** Never rings again. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #fired(): void {
    this.#at = Infinity;
    this.#cancel = undefined;
    this.by(this.#ring(this.#clock.now()));
  }
}
