/**
 * What is said leaves in order, one datagram after the other, and not without end.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { MAX_UNSENT_DATAGRAMS } from "../net/multicast.ts";
import type { Clock } from "../rpc/ports.ts";

/** What a {@linkcode SayQueue} works with. */
export interface SayQueueOptions {
  /** What the room is called in errors. */
  readonly label: string;
  /** Sends a datagram; rejects with a `UserError` if it cannot leave. */
  readonly send: (bytes: Uint8Array) => Promise<void>;
  /** Says when the next one may leave, in milliseconds; asked again then. */
  readonly readyAt: (now: number) => number;
  /** The time. */
  readonly clock: Clock;
  /** Called for each datagram that has left, before the next one leaves. */
  readonly onSent: (bytes: Uint8Array) => void;
}

/** A queue of datagrams. */
export class SayQueue {
  readonly #options: SayQueueOptions;
  #sending: Promise<void> = Promise.resolve();
  #unsent = 0;
  #finished = false;
  #closed = false;
  /** Ends a pause before its time. */
  #wake = (): void => {};

  /**
   * Makes an empty queue.
   *
   * @param options How to send.
   */
  constructor(options: SayQueueOptions) {
    this.#options = options;
  }

  /** Resolves when all that was said so far has left, or failed. */
  get idle(): Promise<void> {
    return this.#sending;
  }

  /** Takes nothing more; what waits still leaves. */
  finish(): void {
    this.#finished = true;
  }

  /** Takes nothing more; what has not left does not leave any more. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /**
   * Says datagrams, behind those that wait and before later ones.
   *
   * @param datagrams The datagrams, not to be changed any more.
   * @returns Resolves when all have left.
   * @throws {UserError} If one cannot leave (those behind it do not then), too many wait (none leaves
   *   then), or the room was left.
   */
  async say(datagrams: readonly Uint8Array[]): Promise<void> {
    const { label } = this.#options;
    if (this.#closed || this.#finished) throw this.#gone();
    const unsent = this.#unsent + datagrams.length;
    if (unsent > MAX_UNSENT_DATAGRAMS) {
      throw new UserError(
        `Cannot send to ${label}: ${unsent} messages would be waiting, and at most ` +
          `${MAX_UNSENT_DATAGRAMS} may. Send fewer at a time.`,
      );
    }
    this.#unsent = unsent;
    const sent = this.#sending.then(() => this.#sendAll(datagrams));
    this.#sending = sent.catch(() => {});
    await sent;
  }

  async #sendAll(datagrams: readonly Uint8Array[]): Promise<void> {
    let left = datagrams.length;
    try {
      for (const bytes of datagrams) {
        await this.#ready();
        if (this.#closed) throw this.#gone();
        await this.#options.send(bytes);
        this.#unsent--;
        left--;
        this.#options.onSent(bytes);
      }
    } finally {
      this.#unsent -= left;
    }
  }

  /** Waits until the next one may leave, or none may any more. */
  async #ready(): Promise<void> {
    const { clock, readyAt } = this.#options;
    while (!this.#closed) {
      const now = clock.now();
      const at = readyAt(now);
      if (at <= now) return;
      await new Promise<void>((resolve) => {
        const cancel = clock.schedule(resolve, Math.ceil(at - now));
        this.#wake = () => (cancel(), resolve());
      });
    }
  }

  #gone(): UserError {
    return new UserError(`Cannot send to ${this.#options.label}: it was left.`);
  }
}
