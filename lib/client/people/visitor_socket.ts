/**
 * A connection of a visitor, in TLS that is still to begin.
 *
 * @module
 */

import type { SecureSocket } from "../../net/secure_socket.ts";
import { acceptTls, type ServerCredentials } from "../../net/tls.ts";
import type { ByteTransport } from "../../rpc/ports.ts";

/** The handshake is waited for by whoever reads or writes first; `close()` ends it, too. */
export class VisitorSocket implements ByteTransport {
  readonly #giveUp = new AbortController();
  readonly #secure: Promise<SecureSocket>;

  /**
   * Begins the handshake.
   *
   * @param connection The connection; closed with this.
   * @param credentials What proves to the visitor whom it has reached.
   */
  constructor(connection: Deno.TcpConn, credentials: ServerCredentials) {
    const { signal } = this.#giveUp;
    this.#secure = acceptTls(connection, credentials, { signal });
    // Whoever reads is told; nobody else needs to know.
    this.#secure.catch(() => {});
  }

  /** Reads some bytes; fails if the visitor speaks no TLS. */
  async read(buffer: Uint8Array): Promise<number | null> {
    return await (await this.#secure).read(buffer);
  }

  /** Writes some bytes. */
  async write(bytes: Uint8Array): Promise<number> {
    return await (await this.#secure).write(bytes);
  }

  /** Ends this side only. */
  async closeWrite(): Promise<void> {
    await (await this.#secure).closeWrite();
  }

  /** Closes the connection, whatever is under way. */
  close(): void {
    this.#giveUp.abort();
    this.#secure.then((secure) => secure.close(), () => {});
  }
}
