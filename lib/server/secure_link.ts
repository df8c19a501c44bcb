/**
 * One client that connects in TLS, from its connection to its end. There it speaks the session
 * protocol, and nothing else.
 *
 * @module
 */

import { reasonOf } from "../errors.ts";
import type { Endpoint } from "../net/endpoint.ts";
import type { SecureSocket } from "../net/secure_socket.ts";
import { acceptTls } from "../net/tls.ts";
import type { Link, ServerParts } from "./client_link.ts";
import { SESSION_BYTE } from "./connection.ts";
import { SessionConnection } from "./session_connection.ts";
import { inTurns } from "./turns.ts";

/** What the first words of a session are read into; what comes behind them is read by the session. */
const FIRST_READ_BYTES = 1024;

/** Makes sure that a session begins, and serves it. */
export class SecureLink implements Link {
  readonly #parts: ServerParts;
  readonly #socket: SecureSocket;
  readonly #peer: Endpoint;
  /** Until when a session must begin; whoever connects has something to say. */
  readonly #deadline: number;
  #session: SessionConnection | undefined;
  #stopping = false;
  #why: string | undefined;

  /**
   * Makes the link; `run()` starts it.
   *
   * @param parts What all clients share.
   * @param connection The connection; the link closes it.
   * @param context What the client is shown.
   * @param peer The client's address and port.
   */
  constructor(
    parts: ServerParts,
    connection: Deno.TcpConn,
    context: Parameters<typeof acceptTls>[1],
    peer: Endpoint,
  ) {
    this.#parts = parts;
    this.#socket = acceptTls(connection, context);
    this.#peer = peer;
    this.#deadline = performance.now() + parts.limits.requestTimeout;
  }

  /** Serves the client; see {@linkcode Link}. */
  async run(): Promise<string | undefined> {
    this.#parts.arrivals.arrived(this.#peer.host);
    const socket = this.#socket;
    const initial = await this.#begin().catch((error) => {
      this.#why ??= `no session was begun: ${reasonOf(error)}`;
      return undefined;
    });
    if (initial === undefined || this.#why !== undefined) {
      socket.close();
      return this.#why;
    }
    this.#session = new SessionConnection({
      ...this.#parts,
      socket: inTurns(socket, this.#parts.turns),
      initial,
      peer: this.#peer,
      local: socket.localAddr.hostname,
      secure: true,
      now: Date.now,
    });
    if (this.#stopping) this.#session.stop();
    return await this.#session.run();
  }

  /** Ends it soon; see {@linkcode Link}. */
  stop(): void {
    this.#stopping = true;
    if (this.#session === undefined) this.#close("the server stops");
    else this.#session.stop();
  }

  /** Ends it now; see {@linkcode Link}. */
  abort(): void {
    if (this.#session === undefined) this.#close("the server stops");
    else this.#session.abort();
  }

  /** Closes it if no session began in time; a session watches itself. */
  check(now: number): void {
    if (this.#session !== undefined || now < this.#deadline) return;
    this.#close(`no session was begun within ${this.#parts.limits.requestTimeout / 1000} s`);
  }

  /** Returns the first words; undefined if the client left before it said any. */
  async #begin(): Promise<Uint8Array | undefined> {
    const buffer = new Uint8Array(FIRST_READ_BYTES);
    const count = await this.#socket.read(buffer);
    if (count === null) return undefined;
    if (buffer[0] !== SESSION_BYTE) this.#why ??= "only sessions are served over TLS";
    return buffer.subarray(0, count);
  }

  #close(why: string): void {
    this.#why ??= why;
    this.#socket.close();
  }
}
