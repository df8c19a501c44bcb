/**
 * A TCP server of the test's own, in this process, at 127.0.0.1: accepting, and closing all of it.
 *
 * @module
 */

import type { Endpoint } from "../../lib/net/endpoint.ts";

/** A server; its connections are closed when it is disposed. */
export abstract class LoopbackServer implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections = new Map<Deno.TcpConn, Promise<void>>();
  readonly #accepting: Promise<void>;

  /** Starts to listen. */
  constructor() {
    this.#accepting = this.#accept();
  }

  /** Where it is. */
  get endpoint(): Endpoint {
    return { host: "127.0.0.1", port: this.#listener.addr.port };
  }

  /** Where it is, as text. */
  get where(): string {
    return `127.0.0.1:${this.#listener.addr.port}`;
  }

  /**
   * Serves a connection, which is closed when this returns or throws.
   *
   * @param connection The connection.
   */
  protected abstract serve(connection: Deno.TcpConn): Promise<void>;

  /** Closes the listener and every connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    for (const connection of this.#connections.keys()) closeQuietly(connection);
    await Promise.all(this.#connections.values());
  }

  async #accept(): Promise<void> {
    for (;;) {
      const connection = await this.#listener.accept().catch(() => undefined);
      if (connection === undefined) return;
      this.#connections.set(connection, this.#serve(connection));
    }
  }

  async #serve(connection: Deno.TcpConn): Promise<void> {
    try {
      await this.serve(connection);
    } catch {
      // The client went away, or the test is over.
    } finally {
      closeQuietly(connection);
    }
  }
}

function closeQuietly(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // It was closed before.
  }
}
