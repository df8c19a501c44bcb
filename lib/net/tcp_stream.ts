/**
 * A TCP connection as Node.js has streams, for what is built on those.
 *
 * @module
 */

import { Duplex } from "node:stream";

/** What is read at once; a connection holds so much while it waits. */
const READ_BYTES = 4 * 1024;

/**
 * Makes a stream of a connection. Destroying it closes the connection, at once.
 *
 * @param connection The connection; the stream closes it.
 * @returns The stream.
 */
export function streamOf(connection: Deno.TcpConn): Duplex {
  const buffer = new Uint8Array(READ_BYTES);
  const write = async (bytes: Uint8Array): Promise<void> => {
    for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
  };
  return new Duplex({
    allowHalfOpen: true,
    read(): void {
      connection.read(buffer).then(
        (count) => this.push(count === null ? null : buffer.slice(0, count)),
        (error) => this.destroy(error),
      );
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
