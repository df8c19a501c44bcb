/**
 * Asking a member what was said before one came.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { decodeBase64 } from "../framing/base64.ts";
import { MAX_LINE_BYTES } from "../framing/json_lines.ts";
import { isRecord } from "../json.ts";
import { openConnection } from "../net/connect.ts";
import type { SocketAddress } from "../net/datagram.ts";
import type { RpcLimits } from "../rpc/limits.ts";
import { RpcPeer } from "../rpc/peer.ts";
import { type Clock, SYSTEM_CLOCK } from "../rpc/ports.ts";
import { CappedTransport } from "./capped_transport.ts";
import type { HistoryEntry, PeerMethodMap } from "./peer_methods.ts";
import { parseHistory } from "./room_history.ts";
import { newChallenge, type RoomSeal } from "./room_seal.ts";

/** Milliseconds to connect: a neighbour answers at once, a firewall never does. */
export const ASK_CONNECT_MS = 1000;

/** Milliseconds for the answer. */
export const ASK_ANSWER_MS = 1500;

/** Bytes that a member may send: the longest answer, and something before it. */
const MAX_HEARD_BYTES = 2 * MAX_LINE_BYTES;

/** It is asked one thing, and has nothing to ask. */
const ASK_LIMITS: Partial<RpcLimits> = {
  maxCalls: 1,
  maxNestedCalls: 1,
  maxQueued: 16 * 1024,
  highWater: 1024,
  maxFaults: 3,
  lineTimeout: ASK_ANSWER_MS,
  finishTimeout: 0,
};

/** What {@linkcode askHistory} needs. */
export interface AskHistoryOptions {
  /** The member: its host's address and the TCP port of its reports. */
  readonly member: SocketAddress;
  /** The room: its group address and port. */
  readonly room: SocketAddress;
  /** The room's seal; undefined for an open room. */
  readonly seal?: Pick<RoomSeal, "openAnswer"> | undefined;
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
  /**
   * What time limits go by.
   *
   * @default {SYSTEM_CLOCK}
   */
  readonly clock?: Clock;
}

/**
 * Asks a member for the last lines of a room. Whatever comes back is checked, and the connection is
 * closed at the end.
 *
 * @param options Whom, and about which room.
 * @returns The lines, the oldest first, raw: sanitise them before they are shown. Undefined if there
 * was no answer in time, none that is in order, or the signal came first. It does not throw.
 */
export async function askHistory(
  options: AskHistoryOptions,
): Promise<HistoryEntry[] | undefined> {
  const { member: { address, port }, room, seal, signal, clock = SYSTEM_CLOCK } = options;
  const socket = await connect(address, port, signal, clock);
  if (socket === undefined) return undefined;
  const peer = new RpcPeer<PeerMethodMap>({
    transport: new CappedTransport(socket, MAX_HEARD_BYTES),
    handlers: {},
    limits: ASK_LIMITS,
    clock,
    onFault: () => {},
  });
  try {
    const challenge = seal === undefined ? undefined : newChallenge();
    const params = {
      room: { address: room.address, port: room.port },
      ...(challenge === undefined ? {} : { challenge }),
    };
    const timing = { timeout: ASK_ANSWER_MS, ...(signal === undefined ? {} : { signal }) };
    const answer = await peer.request("room.history", params, timing);
    if (seal === undefined || challenge === undefined) return parseHistory(answer);
    // What is not sealed by a member, for this very question, was not told.
    const text = seal.openAnswer(sealedBytes(answer), challenge);
    return text === undefined ? undefined : parseHistory(JSON.parse(text));
  } catch {
    // It refused, was silent, closed or talked nonsense; or nobody waits any more.
    return undefined;
  } finally {
    peer.close("it was asked");
    await peer[Symbol.asyncDispose]();
  }
}

function sealedBytes(answer: unknown): Uint8Array {
  const sealed = isRecord(answer) ? answer.sealed : undefined;
  const bytes = typeof sealed === "string" ? decodeBase64(sealed, MAX_LINE_BYTES) : undefined;
  return bytes ?? new Uint8Array(0);
}

async function connect(
  host: string,
  port: number,
  signal: AbortSignal | undefined,
  clock: Clock,
): Promise<Deno.TcpConn | undefined> {
  const giveUp = new AbortController();
  const callOff = clock.schedule(() => giveUp.abort(), ASK_CONNECT_MS);
  const either = signal === undefined ? giveUp.signal : AbortSignal.any([giveUp.signal, signal]);
  try {
    return await openConnection({ host, port }, either);
  } catch (error) {
    if (error instanceof UserError || either.aborted) return undefined;
    throw error;
  } finally {
    callOff();
  }
}
