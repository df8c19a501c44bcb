/**
 * How much is read of another client: little before it is known who it is, and no flood after that.
 *
 * @module
 */

import { TokenBucket } from "../../room/token_bucket.ts";
import type { ByteTransport, Clock } from "../../rpc/ports.ts";

/** Bytes before a ticket: the longest one, and what stands around it. */
export const MAX_STRANGER_BYTES = 4096;

/** Bytes per second after it: two of the longest messages in a second, and far more short ones. */
export const BYTES_PER_SECOND = 16 * 1024;

/** Bytes that may come at once: the longest line, twice. */
const BURST_BYTES = 128 * 1024;

/**
 * A connection that looks as if the other side had ended when a stranger talks too much, and that is read
 * slowly when somebody known does: then TCP slows them down.
 */
export class PeerTransport implements ByteTransport {
  readonly #inner: ByteTransport;
  readonly #clock: Clock;
  readonly #bucket = new TokenBucket(BYTES_PER_SECOND, BURST_BYTES);
  #left: number | undefined = MAX_STRANGER_BYTES;
  #callOff: (() => void) | undefined;
  #goOn: (() => void) | undefined;
  #isClosed = false;

  /**
   * Begins with a stranger.
   *
   * @param inner The connection.
   * @param clock What the pace goes by.
   */
  constructor(inner: ByteTransport, clock: Clock) {
    this.#inner = inner;
    this.#clock = clock;
  }

  /** It is known now who is there. */
  known(): void {
    this.#left = undefined;
  }

  /** Reads some bytes, when it is time to; null at the end and at the cap. */
  async read(buffer: Uint8Array): Promise<number | null> {
    if (this.#left === undefined) await this.#pace();
    else if (this.#left <= 0) return null;
    if (this.#isClosed) return null;
    const most = Math.min(buffer.length, this.#left ?? buffer.length);
    const count = await this.#inner.read(buffer.subarray(0, most));
    if (this.#left === undefined) this.#bucket.drain(count ?? 0, this.#clock.now());
    else this.#left -= count ?? 0;
    return count;
  }

  /** Writes some bytes. */
  write(bytes: Uint8Array): Promise<number> {
    return this.#inner.write(bytes);
  }

  /** Closes the connection. */
  close(): void {
    this.#isClosed = true;
    this.#callOff?.();
    this.#goOn?.();
    this.#inner.close();
  }

  /** Waits until a byte may come. */
  async #pace(): Promise<void> {
    const now = this.#clock.now();
    const wait = this.#bucket.readyAt(1, now) - now;
    if (wait <= 0) return;
    await new Promise<void>((resolve) => {
      this.#goOn = resolve;
      this.#callOff = this.#clock.schedule(resolve, wait);
    });
    this.#callOff = this.#goOn = undefined;
  }
}
