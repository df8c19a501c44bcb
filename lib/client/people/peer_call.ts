/**
 * Going to another client: a connection in TLS to where the server says that they are.
 *
 * @module
 */

import { CERTIFICATE_NAME } from "../../net/certificate.ts";
import { openConnection } from "../../net/connect.ts";
import { beginTls } from "../../net/tls.ts";
import type { PeerLinkMethodMap } from "../../people/peer_link_methods.ts";
import type { PeerTicket } from "../../people/peer_methods.ts";
import type { RpcLimits } from "../../rpc/limits.ts";
import type { RpcHandlers } from "../../rpc/methods.ts";
import { RpcPeer } from "../../rpc/peer.ts";
import { SYSTEM_CLOCK } from "../../rpc/ports.ts";
import { PeerTransport } from "./peer_transport.ts";

/** The other side is asked short things, and asks short things. */
const CALL_LIMITS: Partial<RpcLimits> = {
  maxCalls: 4,
  maxNestedCalls: 4,
  maxQueued: 128 * 1024,
  highWater: 4 * 1024,
  maxFaults: 3,
  finishTimeout: 1_000,
  leaveTimeout: 1_000,
  maxDiscarded: 64 * 1024,
};

/** How somebody is called on. */
export interface CallOptions {
  /**
   * What serves what they ask.
   *
   * @default Nothing.
   */
  readonly handlers?: RpcHandlers;
  /**
   * Whether they are asked for a sign of life when they are silent.
   *
   * @default {false}
   */
  readonly keepAlive?: boolean;
  /** Gives up. */
  readonly signal: AbortSignal;
}

/**
 * Connects, makes sure that it is them, and shows the ticket. The ticket is used up, unless they could
 * not be reached.
 *
 * @param way Where they are, and the ticket.
 * @param options See there.
 * @returns The connection, which they have accepted; the caller closes it.
 * @throws {UserError} If nobody answers there.
 * @throws {HandshakeError} If it is somebody else.
 * @throws {RpcError} If the ticket is refused.
 */
export async function callPeer(
  { address, port, certificate, ticket }: Omit<PeerTicket, "name">,
  { handlers = {}, keepAlive = false, signal }: CallOptions,
): Promise<RpcPeer<PeerLinkMethodMap>> {
  const socket = await openConnection({ host: address, port }, signal);
  const secure = await beginTls(socket, { name: CERTIFICATE_NAME, certificate }, { signal });
  const transport = new PeerTransport(secure, SYSTEM_CLOCK);
  transport.known();
  const peer = new RpcPeer<PeerLinkMethodMap>({
    transport,
    handlers,
    keepAlive,
    limits: CALL_LIMITS,
    onFault() {},
  });
  try {
    await peer.request("peer.hello", { ticket }, { signal });
    return peer;
  } catch (error) {
    peer.close("it was not accepted");
    await peer[Symbol.asyncDispose]();
    throw error;
  }
}
