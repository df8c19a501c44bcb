/**
 * What answers the requests of other clients, on one connection.
 *
 * @module
 */

import type { SocketAddress } from "../net/datagram.ts";
import { faultOfParams } from "../rpc/method.ts";
import type { RpcHandlers } from "../rpc/methods.ts";
import { refusal, RpcCode, RpcError } from "../rpc/rpc_error.ts";
import { encodeBase64 } from "../framing/base64.ts";
import { type HistoryAnswer, PEER_METHODS, type PeerMethodMap } from "./peer_methods.ts";
import { isChallenge, type RoomSeal } from "./room_seal.ts";

/** What {@linkcode peerHandlers} needs. */
export interface PeerHandlersOptions {
  /** The room that the client is in: its group address and port. */
  readonly room: SocketAddress;
  /** Makes the answer to `room.history`; undefined while the client is new in the room itself. */
  readonly answer: () => HistoryAnswer | undefined;
  /** The room's seal; undefined for an open room. */
  readonly seal?: Pick<RoomSeal, "sealAnswer"> | undefined;
  /** Called when the one request of the connection came; the answer is not sent yet. */
  readonly onAsked: () => void;
}

/**
 * Makes the handlers of one connection. It gets one answer: a batch of requests that are answered with
 * 64 KiB each would cost much memory.
 *
 * @param options The room and where the answer comes from.
 * @returns The handlers by method, for an `RpcPeer`.
 */
export function peerHandlers(options: PeerHandlersOptions): RpcHandlers<PeerMethodMap> {
  const { room, answer, seal, onAsked } = options;
  let isAsked = false;
  return {
    "room.history": (params) => {
      const isAgain = isAsked;
      isAsked = true;
      if (!isAgain) onAsked();
      checkRoom(params, room);
      const { challenge = "" } = params as { readonly challenge?: string };
      if (seal !== undefined && !isChallenge(challenge)) throw isSealedRoom();
      const told = isAgain ? undefined : answer();
      if (told !== undefined) {
        if (seal === undefined) return told;
        return { sealed: encodeBase64(seal.sealAnswer(JSON.stringify(told), challenge)) };
      }
      throw refusal(
        "BUSY",
        "Cannot tell what was said in the room: this client is new there, or was asked already. " +
          "Ask another one, or again later.",
      );
    },
  };
}

function checkRoom(params: unknown, room: SocketAddress): void {
  const fault = faultOfParams(PEER_METHODS["room.history"].params, params);
  if (fault !== undefined) throw badCall(fault);
  const { address, port } = (params as { room: Record<string, unknown> }).room;
  if (typeof address !== "string") throw badCall('"room.address" must be a string');
  if (!Number.isSafeInteger(port)) throw badCall('"room.port" must be an integer');
  if (address === room.address && port === room.port) return;
  throw refusal(
    "NOT_IN_ROOM",
    "Cannot tell what was said in that room: this client is not in it. Ask one that is.",
  );
}

function isSealedRoom(): RpcError {
  return refusal(
    "SEALED",
    "Cannot tell what was said in that room: it is sealed. Ask with a challenge.",
  );
}

function badCall(fault: string): RpcError {
  return new RpcError(RpcCode.invalidParams, `Cannot call room.history: ${fault}.`);
}
