/**
 * Events from the one who reads keys to the one who acts on them.
 *
 * @module
 */

import type { InputEvent } from "./console.ts";

/**
 * A queue of input events that may be iterated several times, one iteration after the other:
 * leaving a loop loses nothing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const queue = new InputQueue();
 * queue.push({ kind: "line", text: "getdir" });
 * queue.push({ kind: "end" });
 * for await (const event of queue.events()) {
 *   assertEquals(event, { kind: "line", text: "getdir" });
 *   break;
 * }
 * queue.close();
 * assertEquals(await Array.fromAsync(queue.events()), [{ kind: "end" }]);
 * ```
 */
export class InputQueue {
  #pending: InputEvent[] = [];
  /** Events before this one were taken; shifting one by one is slow after a long paste. */
  #first = 0;
  #closed = false;
  #changed = Promise.withResolvers<void>();
  #drained: (() => void) | undefined;

  /** How many events nobody took yet. */
  get length(): number {
    return this.#pending.length - this.#first;
  }

  /** True after {@linkcode close}. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Adds an event; after {@linkcode close} it is dropped.
   *
   * @param event What happened.
   */
  push(event: InputEvent): void {
    if (this.#closed) return;
    this.#pending.push(event);
    this.#wake();
  }

  /** Ends the iterations once everything pending was delivered. May be called twice. */
  close(): void {
    this.#closed = true;
    this.#drained?.();
    this.#wake();
  }

  /**
   * Waits until every event was taken, so that a reader reads no faster than somebody acts.
   *
   * @returns Resolves when the queue is empty or closed.
   */
  async drained(): Promise<void> {
    while (this.length > 0 && !this.#closed) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#drained = resolve;
      await promise;
    }
  }

  /**
   * Iterates over the events.
   *
   * @param signal Ends the iteration quietly.
   * @returns The events in order; it ends when the queue is closed and empty.
   */
  async *events(signal?: AbortSignal): AsyncGenerator<InputEvent, void, void> {
    const aborted = () => this.#wake();
    signal?.addEventListener("abort", aborted);
    try {
      while (!signal?.aborted) {
        const event = this.#take();
        if (event !== undefined) {
          if (this.length === 0) this.#drained?.();
          yield event;
        } else if (this.#closed) {
          return;
        } else {
          await this.#changed.promise;
        }
      }
    } finally {
      signal?.removeEventListener("abort", aborted);
    }
  }

  #take(): InputEvent | undefined {
    const event = this.#pending[this.#first];
    if (event === undefined) return undefined;
    this.#first++;
    if (this.#first * 2 >= this.#pending.length) {
      this.#pending = this.#pending.slice(this.#first);
      this.#first = 0;
    }
    return event;
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
