/**
 * One timer for whatever is due next.
 *
 * @module
 */

import type { Clock } from "../rpc/ports.ts";

/** A timer that is set anew. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #cancel = (): void => {};

  /**
   * Makes a timer that is not set.
   *
   * @param clock The time.
   * @param ring Called when it is time.
   */
  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /**
   * Sets it, whatever it was set to.
   *
   * @param at When, in milliseconds; infinite for never, past for at once, but not now.
   */
  set(at: number): void {
    this.#cancel();
    if (at === Infinity) return;
    this.#cancel = this.#clock.schedule(this.#ring, Math.max(0, at - this.#clock.now()));
  }

  /** Calls it off. */
  stop(): void {
    this.#cancel();
  }
}
