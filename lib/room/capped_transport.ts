/**
 * Not listening to whoever talks without end.
 *
 * @module
 */

import type { ByteTransport } from "../rpc/ports.ts";

/** A connection of which only so many bytes are read; then it looks as if the other side had ended. */
export class CappedTransport implements ByteTransport {
  readonly #inner: ByteTransport;
  #left: number;

  /**
   * Puts a cap on a connection.
   *
   * @param inner The connection.
   * @param maxBytes How many bytes are read of it at most.
   */
  constructor(inner: ByteTransport, maxBytes: number) {
    this.#inner = inner;
    this.#left = maxBytes;
  }

  /** Reads some bytes; null at the end and at the cap. */
  async read(buffer: Uint8Array): Promise<number | null> {
    if (this.#left <= 0) return null;
    const count = await this.#inner.read(buffer.subarray(0, this.#left));
    this.#left -= count ?? 0;
    return count;
  }

  /** Writes some bytes. */
  write(bytes: Uint8Array): Promise<number> {
    return this.#inner.write(bytes);
  }

  /** Closes the connection. */
  close(): void {
    this.#inner.close();
  }
}
