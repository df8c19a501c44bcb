/**
 * Notices a peer that is gone without a word (sleep, cable). Pure: no timers.
 *
 * @module
 */

import type { RpcLimits } from "./limits.ts";

/**
 * Says when to ask and when to give up; the owner reports what it hears and asks at `deadline`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const keepAlive = new KeepAlive({ pingAfter: 10_000, pongWithin: 15_000 }, 0);
 * assertEquals(keepAlive.check(9_999), "wait");
 * assertEquals(keepAlive.check(10_000), "ping");
 * assertEquals(keepAlive.check(24_999), "wait");
 * assertEquals(keepAlive.check(25_000), "dead");
 * ```
 */
export class KeepAlive {
  readonly #limits: Pick<RpcLimits, "pingAfter" | "pongWithin">;
  #deadline: number;
  #asked = false;

  /**
   * Starts to watch.
   *
   * @param limits How long to wait.
   * @param now The time in milliseconds.
   */
  constructor(limits: Pick<RpcLimits, "pingAfter" | "pongWithin">, now: number) {
    this.#limits = limits;
    this.#deadline = now + limits.pingAfter;
  }

  /** When to call `check()`. */
  get deadline(): number {
    return this.#deadline;
  }

  /**
   * Takes note that something arrived: anything will do.
   *
   * @param now The time in milliseconds.
   */
  heard(now: number): void {
    this.#asked = false;
    this.#deadline = now + this.#limits.pingAfter;
  }

  /**
   * Says what to do.
   *
   * @param now The time in milliseconds.
   * @returns Whether to send a ping, or to give up, or neither.
   */
  check(now: number): "wait" | "ping" | "dead" {
    if (now < this.#deadline) return "wait";
    if (this.#asked) return "dead";
    this.#asked = true;
    this.#deadline = now + this.#limits.pongWithin;
    return "ping";
  }
}
