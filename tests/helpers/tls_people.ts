/**
 * People in pipes at a real server with TLS, and somebody who means no good.
 *
 * @module
 */

import { callPeer } from "../../lib/client/people/peer_call.ts";
import { beginTls } from "../../lib/net/tls.ts";
import type { PeerTicket } from "../../lib/people/peer_methods.ts";
import { RpcPeer } from "../../lib/rpc/peer.ts";
import { type Program, type ServerProgram, startServer, startTask } from "./processes.ts";
import { SessionClient } from "./session_client.ts";

/**
 * Starts a server that has TLS.
 *
 * @param args Further flags.
 * @returns The server; dispose it.
 */
export async function startTlsServer(args: readonly string[] = []): Promise<ServerProgram> {
  return await startServer(["--tls-port", "0", ...args]);
}

/**
 * Starts a client in a pipe, and waits until others can reach it.
 *
 * @param server The server.
 * @param name The name to hold.
 * @param args Further flags.
 * @returns The client; dispose it.
 */
export async function startPerson(
  server: ServerProgram,
  name: string,
  args: readonly string[] = [],
): Promise<Program> {
  const where = ["--server", `127.0.0.1:${server.port}`, "--name", name];
  const program = startTask("client", [...where, ...args], { CRDS_IFACE: "127.0.0.1" });
  await program.write("connect\n");
  await program.next(/Connected to the CRDS at .*\n/, "stderr");
  await reachable(server, name);
  return program;
}

/** Waits until somebody listens for others: it takes them a moment, and they say nothing of it. */
async function reachable(server: ServerProgram, name: string): Promise<void> {
  await using stranger = await Stranger.enter(server, `look-${crypto.randomUUID().slice(0, 8)}`);
  for (;;) {
    const seen = await stranger.ticketTo(name).then(() => true, () => false);
    if (seen) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A session over TLS that a test leads by hand. */
export class Stranger implements AsyncDisposable {
  /** The session. */
  readonly session: RpcPeer;

  private constructor(session: RpcPeer) {
    this.session = session;
  }

  /**
   * Begins a session.
   *
   * @param server Where.
   * @param name Under which name.
   * @returns The session.
   */
  static async enter(server: Pick<ServerProgram, "port">, name: string): Promise<Stranger> {
    using plain = await SessionClient.open(server.port);
    const hello = { client: "test", protocol: 1 };
    const { result } = await plain.ask("hello", hello);
    const socket = await Deno.connect({ hostname: "127.0.0.1", port: result.tls.port });
    const transport = await beginTls(socket, result.tls);
    const session = new RpcPeer({ transport, handlers: {}, onFault() {} });
    await session.request("hello", { ...hello, name });
    return new Stranger(session);
  }

  /**
   * Asks for the way to somebody.
   *
   * @param to Who.
   * @returns The way.
   */
  async ticketTo(to: string): Promise<PeerTicket> {
    return await this.session.request("peer.ticket", { to }) as PeerTicket;
  }

  /**
   * Goes to somebody.
   *
   * @param way The way.
   * @returns The connection, which they have accepted.
   */
  async call(way: PeerTicket): ReturnType<typeof callPeer> {
    return await callPeer(way, { signal: AbortSignal.timeout(10_000) });
  }

  /** Ends the session. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.session[Symbol.asyncDispose]();
  }
}
