/**
 * A session over TLS with the real server, by hand: what a client does, without a terminal.
 *
 * @module
 */

import { beginTls } from "../../lib/net/tls.ts";
import type { HelloResult } from "../../lib/people/people_methods.ts";
import type { TakeParams } from "../../lib/people/message_methods.ts";
import { RpcPeer } from "../../lib/rpc/peer.ts";

/** The password of all accounts in tests. */
export const PASSWORD = "correct horse battery";

/** How a {@linkcode SecureSession} is opened. */
export interface SecureSessionOptions {
  /** The name to say hello with. */
  readonly name: string;
  /** Answers `message.take`; throws or never answers if the test says so. */
  readonly onTake?: (message: TakeParams) => unknown;
  /**
   * The port to connect to for TLS.
   *
   * @default The server's.
   */
  readonly via?: number;
}

// deno-lint-ignore no-explicit-any
type Methods = Record<string, { params: unknown; result: any }>;

/** One session. */
export class SecureSession implements AsyncDisposable {
  readonly #peer: RpcPeer<Methods>;

  private constructor(peer: RpcPeer<Methods>) {
    this.#peer = peer;
  }

  /**
   * Asks a server where its TLS is, and begins a session there.
   *
   * @param port The server's plain port.
   * @param options How.
   * @returns The session; dispose it.
   */
  static async open(port: number, options: SecureSessionOptions): Promise<SecureSession> {
    const tls = await tlsOf(port);
    const hostname = "127.0.0.1";
    const socket = await Deno.connect({ hostname, port: options.via ?? tls.port });
    const transport = await beginTls(socket, tls);
    const { onTake = () => ({}) } = options;
    const peer = new RpcPeer<Methods>({
      transport,
      handlers: { "message.take": (params) => onTake(params as unknown as TakeParams) },
      onFault() {},
    });
    const session = new SecureSession(peer);
    const hello = { client: "test", protocol: 1, name: options.name, orSimilar: true };
    await session.ask("hello", hello);
    return session;
  }

  /** Resolves when the connection has ended. */
  get closed(): Promise<string> {
    return this.#peer.closed;
  }

  /**
   * Asks the server.
   *
   * @param method The method.
   * @param params Its parameters.
   * @returns What it answers.
   */
  async ask(method: string, params: object = {}): Promise<Record<string, unknown>> {
    return await this.#peer.request(method, params, { timeout: 30_000 });
  }

  /** Ends it at once, as a client that dies. */
  drop(): void {
    this.#peer.close("the test drops it");
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#peer[Symbol.asyncDispose]();
  }
}

/** Asks a server, in the clear, how it is reached in TLS. */
async function tlsOf(port: number): Promise<NonNullable<HelloResult["tls"]>> {
  const transport = await Deno.connect({ hostname: "127.0.0.1", port });
  await using peer = new RpcPeer<Methods>({ transport, handlers: {}, onFault() {} });
  const { tls } = await peer.request("hello", { client: "test", protocol: 1 });
  if (tls === undefined) throw new Error("the server has no TLS");
  return tls;
}
