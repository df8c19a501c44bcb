/**
 * The reading side of a peer: bytes in, messages out, one at a time and when there is room for them.
 *
 * @module
 */

import { JsonLineDecoder, type JsonLineEvent } from "../framing/json_lines.ts";
import { LINE_NO_UTF8, LINE_TOO_LONG, parseMessage, type RpcMessage } from "./message.ts";
import type { ByteTransport } from "./ports.ts";
import { readAll } from "./read_all.ts";

/** What a {@linkcode Receiver} works with. */
export interface ReceiverOptions {
  /** What is read. */
  readonly transport: ByteTransport;
  /** Milliseconds from the first byte of a line to its last. */
  readonly lineTimeout: number;
  /** A steady clock, in milliseconds. */
  readonly now: () => number;
  /** Called when there is a new deadline for the end of a line. */
  readonly onDeadline: (deadline: number) => void;
  /** Called when anything arrives. */
  readonly onHeard: () => void;
  /** Whether a message has to wait; asked again after each `wake()`. */
  readonly mustWait: (message: RpcMessage) => boolean;
  /** Takes a message. */
  readonly take: (message: RpcMessage) => void;
}

/** Reads until the end, until it is stopped, or until it has thrown enough away. */
export class Receiver {
  readonly #options: ReceiverOptions;
  readonly #decoder = new JsonLineDecoder();
  #stopped = false;
  /** How much is read and thrown away, if it is; else undefined. */
  #discarding: number | undefined;
  /** Set while nothing is read because a message has to wait. */
  #resume: (() => void) | undefined;
  #deadline = Infinity;

  /**
   * Makes a receiver; `run()` starts it.
   *
   * @param options What it works with.
   */
  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  /** When the line that was begun must be complete, or Infinity. */
  get deadline(): number {
    return this.#deadline;
  }

  /** Whether nothing is read because a message has to wait. */
  get held(): boolean {
    return this.#resume !== undefined;
  }

  /**
   * Reads.
   *
   * @param initial What was already read.
   * @returns Resolves at the end, or when enough was thrown away; rejects with what `read()` throws.
   */
  async run(initial: Uint8Array | undefined): Promise<void> {
    const receive = (bytes: Uint8Array): Promise<void> => this.#receive(bytes);
    if (initial !== undefined) await receive(initial);
    await readAll(this.#options.transport, receive, () => !this.#stopped);
  }

  /** There may be room for the message that waits. */
  wake(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  /**
   * Throws away what arrives from now on.
   *
   * @param most How many bytes; then it stops.
   */
  discard(most: number): void {
    this.#discarding = most;
    this.#deadline = Infinity;
    this.wake();
  }

  /** Takes no further message. */
  stop(): void {
    this.#stopped = true;
    this.#deadline = Infinity;
    this.wake();
  }

  async #receive(bytes: Uint8Array): Promise<void> {
    const { onHeard, mustWait, take, now, onDeadline, lineTimeout } = this.#options;
    onHeard();
    if (this.#discarding !== undefined) return this.#discard(bytes.length);
    const events = this.#decoder.push(bytes);
    if (events.length > 0) this.#deadline = Infinity;
    for (const event of events) {
      const message = messageOf(event);
      while (mustWait(message)) await new Promise<void>((done) => this.#resume = done);
      if (this.#stopped || this.#discarding !== undefined) return;
      take(message);
    }
    if (!this.#decoder.pending || this.#stopped || this.#discarding !== undefined) {
      this.#deadline = Infinity;
    } else if (this.#deadline === Infinity) {
      this.#deadline = now() + lineTimeout;
      onDeadline(this.#deadline);
    }
  }

  #discard(count: number): void {
    this.#discarding = (this.#discarding ?? 0) - count;
    if (this.#discarding <= 0) this.stop();
  }
}

function messageOf(event: JsonLineEvent): RpcMessage {
  if (event.kind === "line") return parseMessage(event.text);
  return event.kind === "oversized" ? LINE_TOO_LONG : LINE_NO_UTF8;
}
