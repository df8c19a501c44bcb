/**
 * The server's promise to answer probes, renewed before it ends.
 *
 * @module
 */

import type { Clock } from "../rpc/ports.ts";

/** When a refused promise is asked for again, in milliseconds. */
const AGAIN_MS = 30_000;

/** Held or not, and when to ask next. */
export class PathLease {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #held = false;
  #next = Infinity;
  /** Tells the answer to the last question from those to earlier ones. */
  #asked = 0;

  /**
   * Starts without a promise.
   *
   * @param clock The time.
   * @param onChange Called when an answer came.
   */
  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Whether the server answers probes now. */
  get held(): boolean {
    return this.#held;
  }

  /** When to ask again, in milliseconds. */
  get nextDeadline(): number {
    return this.#next;
  }

  /**
   * Asks.
   *
   * @param ask Asks the server; resolves with seconds.
   */
  rent(ask: () => Promise<number>): void {
    const mine = ++this.#asked;
    this.#next = Infinity;
    ask().then((seconds) => this.#answered(mine, seconds), () => this.#answered(mine, undefined));
  }

  /** Forgets the promise. */
  end(): void {
    this.#asked++;
    this.#held = false;
    this.#next = Infinity;
  }

  #answered(mine: number, seconds: number | undefined): void {
    if (mine !== this.#asked) return;
    this.#held = seconds !== undefined;
    this.#next = this.#clock.now() + (seconds === undefined ? AGAIN_MS : seconds * 1000 / 2);
    this.#onChange();
  }
}
