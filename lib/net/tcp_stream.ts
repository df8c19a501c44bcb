/**
 * A TCP connection as Node.js has streams, for what is built on those.
 *
 * @module
 */

import { Duplex } from "node:stream";

/** What is read at once; a connection holds so much while it waits. */
const READ_BYTES = 4 * 1024;

/** Says when a connection may be read on; see {@linkcode streamOf}. */
export class ReadGate {
  /** Whether enough was read for now. */
  isFull: () => boolean = () => false;
  #waiting: (() => void) | undefined;

  /**
   * Calls a function when the connection may be read.
   *
   * @param read What to call, perhaps at once.
   */
  pass(read: () => void): void {
    if (this.isFull()) this.#waiting = read;
    else read();
  }

  /** Some of what was read has been taken. */
  taken(): void {
    if (this.isFull()) return;
    const read = this.#waiting;
    this.#waiting = undefined;
    read?.();
  }
}

/**
 * Makes a stream of a connection. Destroying it closes the connection, at once.
 *
 * @param connection The connection; the stream closes it.
 * @param gate Says when it is read on. A TLS stream takes all that it can get of the one below it,
 *   whoever reads it or not, so that must not be left to the streams.
 * @returns The stream.
 */
export function streamOf(connection: Deno.TcpConn, gate: ReadGate): Duplex {
  const buffer = new Uint8Array(READ_BYTES);
  const write = async (bytes: Uint8Array): Promise<void> => {
    for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
  };
  return new Duplex({
    allowHalfOpen: true,
    read(): void {
      gate.pass(() => {
        connection.read(buffer).then(
          (count) => this.push(count === null ? null : buffer.slice(0, count)),
          (error) => this.destroy(error),
        );
      });
    },
    write(chunk: Uint8Array, _encoding, done): void {
      write(chunk).then(() => done(), done);
    },
    final(done): void {
      // If the other side is gone, there is nobody to be told.
      connection.closeWrite().then(() => done(), () => done());
    },
    destroy(error, done): void {
      try {
        connection.close();
      } catch {
        // It was closed before.
      }
      done(error);
    },
  });
}
