/**
 * Time that passes when the test says so.
 *
 * @module
 */

import type { Clock } from "../../lib/rpc/ports.ts";

/** A clock that starts at 0 and stands still until `advance()`. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ at: number; fn: () => void }>();

  /** How many functions wait to be called. */
  get timers(): number {
    return this.#timers.size;
  }

  /** The time in milliseconds. */
  now(): number {
    return this.#now;
  }

  /**
   * Calls a function later.
   *
   * @param fn What to call.
   * @param ms After how many milliseconds.
   * @returns Calls it off.
   */
  schedule(fn: () => void, ms: number): () => void {
    const timer = { at: this.#now + ms, fn };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /**
   * Lets time pass; what is due is called in order, and what follows from it happens.
   *
   * @param ms Milliseconds.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.at - b.at);
      if (next === undefined || next.at > end) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.fn();
      await settled();
    }
    this.#now = end;
  }
}

/** Lets everything happen that waits for nothing but promises; no time passes. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
}
