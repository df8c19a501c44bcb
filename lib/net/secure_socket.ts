/**
 * A TLS connection, as one reads and writes a TCP connection.
 *
 * @module
 */

import type { TLSSocket } from "node:tls";
import type { ReadGate } from "./tcp_stream.ts";

/** What is encrypted at once, so that a long answer shows progress. */
const WRITE_BYTES = 64 * 1024;

/**
 * A TLS connection. It ends as one without TLS does: one that breaks off without a goodbye, as when a
 * program is killed, is at its end. It may be closed at any time, also in the middle of its handshake,
 * and twice.
 */
export class SecureSocket {
  /** Our end. */
  readonly localAddr: Deno.NetAddr;
  /** The other end. */
  readonly remoteAddr: Deno.NetAddr;
  readonly #stream: TLSSocket;
  readonly #gate: ReadGate;
  /** What was decrypted, and did not fit where it was to be read into. */
  #rest: Uint8Array | undefined;
  #error: Error | undefined;
  #closed = false;
  #wake = Promise.withResolvers<void>();

  /**
   * Takes a connection over.
   *
   * @param stream The connection; closed with this.
   * @param addresses Both ends.
   * @param gate That of the connection below it.
   * @param isReady Whether its handshake is done.
   */
  constructor(
    stream: TLSSocket,
    { localAddr, remoteAddr }: Pick<Deno.TcpConn, "localAddr" | "remoteAddr">,
    gate: ReadGate,
    isReady: boolean,
  ) {
    this.#stream = stream;
    this.#gate = gate;
    gate.isFull = () => stream.readableLength >= stream.readableHighWaterMark;
    this.localAddr = localAddr;
    this.remoteAddr = remoteAddr;
    const ring = (): void => {
      this.#wake.resolve();
      this.#wake = Promise.withResolvers();
    };
    stream.on("error", (error: Error) => {
      this.#error = error;
      ring();
    });
    // That there is nothing more is noticed by reading only, also while nobody else reads.
    stream.on("readable", () => {
      if (stream.readableLength === 0) stream.read(0);
      ring();
    });
    stream.on("secure", () => isReady = true);
    stream.on("end", () => {
      // What waits to be written would wait for ever for the handshake.
      if (!isReady) stream.destroy();
      ring();
    });
    stream.on("close", ring);
  }

  /**
   * Reads some bytes.
   *
   * @param buffer Where to.
   * @returns How many; null at the end, also that of our own making.
   * @throws {Error} If the connection broke, or it is no TLS.
   */
  async read(buffer: Uint8Array): Promise<number | null> {
    for (;;) {
      const rest: Uint8Array | null = this.#rest ?? this.#stream.read();
      if (rest !== null) {
        const part = rest.subarray(0, buffer.length);
        buffer.set(part);
        this.#gate.taken();
        this.#rest = part.length < rest.length ? rest.subarray(part.length) : undefined;
        return part.length;
      }
      if (this.#closed || this.#stream.readableEnded) return null;
      if (this.#error !== undefined) throw this.#error;
      if (this.#stream.destroyed) return null;
      await this.#wake.promise;
    }
  }

  /**
   * Writes some bytes.
   *
   * @param bytes The bytes.
   * @returns How many were written.
   * @throws {Error} If the connection broke, or was closed.
   */
  async write(bytes: Uint8Array): Promise<number> {
    if (this.#stream.destroyed) throw new Deno.errors.BrokenPipe("the connection is closed");
    // A copy: when this resolves, the bytes are the caller's again, and may still be encrypted.
    const part = bytes.slice(0, WRITE_BYTES);
    const done = Promise.withResolvers<number>();
    this.#stream.write(part, (error) => error ? done.reject(error) : done.resolve(part.length));
    return await done.promise;
  }

  /** Ends our side only, once all was written. */
  async closeWrite(): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#stream.once("close", () => done.resolve());
    this.#stream.end(() => done.resolve());
    await done.promise;
  }

  /** Ends both sides at once; what is being read or written then fails. */
  close(): void {
    this.#closed = true;
    this.#stream.destroy();
  }
}
