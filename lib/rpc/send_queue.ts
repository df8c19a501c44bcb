/**
 * The one writer of a connection, with a bounded queue.
 *
 * @module
 */

import { reasonOf } from "../errors.ts";
import type { RpcLimits } from "./limits.ts";
import type { ByteTransport } from "./ports.ts";

/** Bytes handed over at a time, so that a slow reader's progress can be seen. */
const PIECE_BYTES = 64 * 1024;

const encoder = new TextEncoder();

/** What a {@linkcode SendQueue} works with. */
export interface SendQueueOptions {
  /** Where the bytes go. */
  readonly transport: ByteTransport;
  /** How much may wait, and for how long. */
  readonly limits: Pick<RpcLimits, "maxQueued" | "sendTimeout">;
  /** A steady clock, in milliseconds. */
  readonly now: () => number;
  /** Called when there is a new deadline at which `stalled` should be asked. */
  readonly onDeadline: (deadline: number) => void;
  /** Called when everything was sent. */
  readonly onDrained: () => void;
  /** Called when nothing more can be sent, with the reason. */
  readonly onFailed: (reason: string) => void;
}

/** Sends lines in order; all that are queued in one turn of the event loop go in one write. */
export class SendQueue {
  readonly #options: SendQueueOptions;
  readonly #flush = (): Promise<void> => this.#send();
  #text = "";
  /** Bytes handed over or about to be. */
  #unsent = 0;
  #state: "idle" | "scheduled" | "sending" | "stopped" = "idle";
  #deadline = Infinity;

  /**
   * Makes an empty queue.
   *
   * @param options What it works with.
   */
  constructor(options: SendQueueOptions) {
    this.#options = options;
  }

  /** How much waits to be sent, in UTF-16 units or bytes: the same for ASCII. */
  get size(): number {
    return this.#text.length + this.#unsent;
  }

  /** Whether everything was sent. */
  get idle(): boolean {
    return this.#state === "idle" || this.#state === "stopped";
  }

  /** When a send that makes no progress is to be given up, or Infinity. */
  get deadline(): number {
    return this.#deadline;
  }

  /**
   * Queues a line. If too much waits already, the queue fails instead of growing.
   *
   * @param line The line without `\n`.
   */
  push(line: string): void {
    if (this.#state === "stopped") return;
    if (this.size + line.length >= this.#options.limits.maxQueued) {
      const { maxQueued } = this.#options.limits;
      return this.#fail(`it does not read: ${maxQueued} bytes wait to be sent`);
    }
    this.#text += line;
    this.#text += "\n";
    if (this.#state !== "idle") return;
    this.#state = "scheduled";
    queueMicrotask(this.#flush);
  }

  /** Drops what is queued and takes nothing more. */
  stop(): void {
    this.#state = "stopped";
    this.#text = "";
    this.#unsent = 0;
    this.#deadline = Infinity;
  }

  async #send(): Promise<void> {
    try {
      while (this.#text !== "" && !this.#stopped) {
        this.#state = "sending";
        const bytes = encoder.encode(this.#text);
        this.#text = "";
        await this.#write(bytes);
      }
    } catch (error) {
      return this.#fail(reasonOf(error));
    }
    if (this.#stopped) return;
    this.#state = "idle";
    this.#deadline = Infinity;
    this.#options.onDrained();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const { transport, limits, now, onDeadline } = this.#options;
    for (let sent = 0; sent < bytes.length && !this.#stopped;) {
      this.#unsent = bytes.length - sent;
      this.#deadline = now() + limits.sendTimeout;
      onDeadline(this.#deadline);
      sent += await transport.write(bytes.subarray(sent, sent + PIECE_BYTES));
    }
    this.#unsent = 0;
  }

  get #stopped(): boolean {
    return this.#state === "stopped";
  }

  #fail(reason: string): void {
    if (this.#stopped) return;
    this.stop();
    this.#options.onFailed(reason);
  }
}
