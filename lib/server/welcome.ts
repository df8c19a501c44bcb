/**
 * Listening, and accepting whoever comes.
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import type { StatusLog } from "./status_event.ts";

/** The pause after a failed accept (no more file descriptors, say), in milliseconds. */
const ACCEPT_PAUSE = 100;

/** Clients that may come at once: all of a lab, when a server comes back. */
const BACKLOG = 4096;

/**
 * Listens.
 *
 * @param hostname The address.
 * @param port The TCP port; 0 for any free one.
 * @param flag What sets the port, for the hint in errors.
 * @returns The listener.
 * @throws {UserError} If it cannot listen there.
 */
export function listen(
  hostname: string,
  port: number,
  flag: "--port" | "--tls-port" = "--port",
): Deno.TcpListener {
  try {
    return Deno.listen({ hostname, port, tcpBacklog: BACKLOG });
  } catch (error) {
    const cannot = `Cannot listen on "${hostname}:${port}"`;
    if (error instanceof Deno.errors.AddrInUse) {
      throw new UserError(
        `${cannot}: the port is taken, perhaps by another server. Stop that one, or use ${flag} N (0 for any free port).`,
        { cause: error },
      );
    }
    const hint = error instanceof Deno.errors.AddrNotAvailable
      ? "Use --host with an address of this machine, or leave it out for all."
      : `Use --host and ${flag} to listen elsewhere.`;
    throw new UserError(`${cannot}: ${reasonOf(error)}. ${hint}`, { cause: error });
  }
}

/** Accepts clients until it is disposed. */
export class Welcome implements AsyncDisposable {
  readonly #listener: Pick<Deno.TcpListener, "accept" | "close">;
  readonly #log: StatusLog;
  readonly #accepting: Promise<void>;
  #stopping = false;

  /**
   * Begins to accept.
   *
   * @param listener Where; closed when this is disposed.
   * @param log Where mishaps are told.
   * @param take Takes who came.
   */
  constructor(
    listener: Pick<Deno.TcpListener, "accept" | "close">,
    log: StatusLog,
    take: (socket: Deno.TcpConn) => void,
  ) {
    this.#listener = listener;
    this.#log = log;
    this.#accepting = this.#accept(take);
  }

  /** Stops accepting. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    this.#listener.close();
    await this.#accepting;
  }

  async #accept(take: (socket: Deno.TcpConn) => void): Promise<void> {
    // Not `for await`: one client that resets before it is accepted would end that loop.
    while (!this.#stopping) {
      try {
        take(await this.#listener.accept());
      } catch (error) {
        if (this.#stopping) return;
        if (error instanceof Deno.errors.NotConnected) continue;
        const what = `Cannot accept a connection: ${reasonOf(error)}. Trying again.`;
        this.#log.report({ event: "problem", what });
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_PAUSE));
      }
    }
  }
}
