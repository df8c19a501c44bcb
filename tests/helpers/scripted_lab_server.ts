/**
 * A lab server that answers as the test says, in this process, at 127.0.0.1.
 *
 * @module
 */

import { type LabRequest, LabRequestDecoder } from "../../lib/framing/lab.ts";
import type { Endpoint } from "../../lib/net/endpoint.ts";

/** What is done after a request: send bytes, go on without, or end the connection. */
export type Reaction = Uint8Array | undefined | "close";

/** The server; its connections are closed when it is disposed. */
export class ScriptedLabServer implements AsyncDisposable {
  /** Every request so far, of whatever connection. */
  readonly requests: LabRequest[] = [];
  readonly #first = Promise.withResolvers<LabRequest>();
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #react: (request: LabRequest) => Reaction;
  readonly #connections = new Map<Deno.TcpConn, Promise<void>>();
  readonly #accepting: Promise<void>;

  /**
   * Starts to listen.
   *
   * @param react Is asked what to do after each request.
   */
  constructor(react: (request: LabRequest) => Reaction) {
    this.#react = react;
    this.#accepting = this.#accept();
  }

  /** Where it is. */
  get endpoint(): Endpoint {
    return { host: "127.0.0.1", port: this.#listener.addr.port };
  }

  /**
   * Waits for the first request.
   *
   * @returns The request; at once if it has come already.
   */
  first(): Promise<LabRequest> {
    return this.#first.promise;
  }

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
    const decoder = new LabRequestDecoder();
    const buffer = new Uint8Array(1024);
    try {
      for (let count; (count = await connection.read(buffer)) !== null;) {
        decoder.push(buffer.subarray(0, count));
        for (let request; (request = decoder.next()) !== undefined;) {
          this.requests.push(request);
          this.#first.resolve(request);
          const reaction = this.#react(request);
          if (reaction === "close") return;
          if (reaction !== undefined) await connection.write(reaction);
        }
      }
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
