/**
 * A TLS connection, as one reads and writes a TCP connection.
 *
 * @module
 */

import type { TLSSocket } from "node:tls";

/** What is encrypted at once, so that a long answer shows progress. */
const WRITE_BYTES = 64 * 1024;

/**
 * A TLS connection whose handshake is done. It ends as one without TLS does: one that breaks off
 * without a goodbye, as when a program is killed, is at its end, and it may be closed twice.
 */
export class SecureSocket {
  /** Our end. */
  readonly localAddr: Deno.NetAddr;
  /** The other end. */
  readonly remoteAddr: Deno.NetAddr;
  readonly #stream: TLSSocket;
  /** What was decrypted, and did not fit where it was to be read into. */
  #rest: Uint8Array | undefined;
  #error: Error | undefined;
  #wake = Promise.withResolvers<void>();

  /**
   * Takes a connection over.
   *
   * @param stream The connection; closed with this.
   * @param addresses Both ends.
   */
  constructor(
    stream: TLSSocket,
    { localAddr, remoteAddr }: Pick<Deno.TcpConn, "localAddr" | "remoteAddr">,
  ) {
    this.#stream = stream;
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
    for (const event of ["readable", "end", "close"] as const) stream.on(event, ring);
  }

  /**
   * Reads some bytes.
   *
   * @param buffer Where to.
   * @returns How many; null at the end.
   * @throws {Error} If the connection broke, or was closed here.
   */
  async read(buffer: Uint8Array): Promise<number | null> {
    for (;;) {
      const rest: Uint8Array | null = this.#rest ?? this.#stream.read();
      if (rest !== null) {
        const part = rest.subarray(0, buffer.length);
        buffer.set(part);
        this.#rest = part.length < rest.length ? rest.subarray(part.length) : undefined;
        return part.length;
      }
      if (this.#stream.readableEnded) return null;
      if (this.#error !== undefined) throw this.#error;
      if (this.#stream.destroyed) throw new Deno.errors.BadResource("it was closed");
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
    const part = bytes.subarray(0, WRITE_BYTES);
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
    this.#stream.destroy();
  }
}
