/**
 * The methods that clients answer each other over TCP (DESIGN section 5), as data and as types.
 *
 * @module
 */

import type { SocketAddress } from "../net/datagram.ts";
import type { Method } from "../rpc/method.ts";

/** What `room.history` takes. */
export interface HistoryParams {
  /** The room: its group address and port. */
  readonly room: SocketAddress;
  /** For a sealed room: 16 random bytes in base64url, for which the answer is sealed. */
  readonly challenge?: string;
}

/** A line of the past, as one member tells it another. */
export interface HistoryEntry {
  /** How long ago it was said, in milliseconds, rounded up. */
  readonly age: number;
  /** The data socket that it came from. */
  readonly from: SocketAddress;
  /** The datagram as text: not yet safe for a terminal. */
  readonly text: string;
}

/** What `room.history` answers. */
export interface HistoryAnswer {
  /** The last lines of the room, the oldest first. */
  readonly lines: readonly HistoryEntry[];
}

/** What `room.history` answers in a sealed room. */
export interface SealedAnswer {
  /** The JSON of a {@linkcode HistoryAnswer}, sealed for the challenge, in base64. */
  readonly sealed: string;
}

/** The methods between clients, what they take and answer, as types. */
export type PeerMethodMap = {
  /** Tells the last lines of a room. */
  "room.history": { params: HistoryParams; result: HistoryAnswer | SealedAnswer };
};

const LOBBY = { address: "239.255.7.1", port: 20100 } as const;

/** The methods between clients, for the check of parameters and for the document. */
export const PEER_METHODS: Readonly<Record<keyof PeerMethodMap, Method>> = {
  "room.history": {
    name: "room.history",
    doc: "Tells the last lines of the room that the client is in, at most 50.",
    params: {
      room: { type: "object", doc: "`address` and `port` of the room" },
      challenge: {
        type: "string",
        optional: true,
        doc:
          "in a sealed room: 16 random bytes in base64url (22 characters), for which the answer " +
          "is sealed",
      },
    },
    result: "`lines`, the oldest first: `age` (milliseconds since it was said, rounded up), " +
      "`from` (`address` and `port` of the data socket it came from), `text` (the datagram, at most " +
      "1200 bytes; what is no UTF-8 in it is U+FFFD). Fewer lines if they do not fit into 64 KiB. " +
      "In a sealed room only `sealed`: the JSON of that, sealed for the challenge (PEOPLE.md), in base64",
    errors: ["NOT_IN_ROOM", "BUSY", "SEALED"],
    example: {
      params: { room: LOBBY },
      result: {
        lines: [{
          age: 61_200,
          from: { address: "192.168.1.5", port: 40122 },
          text: "Mel: Good morning!",
        }],
      },
    },
  },
};

/** What each word in `data.code` means between clients. */
export const PEER_ERROR_WORDS: Readonly<Record<string, string>> = {
  BUSY: "the client has only just come into the room and asks others itself, or it was asked " +
    "already on this connection; ask another member, or again later",
  NOT_IN_ROOM: "the client is not in that room",
  SEALED: "the room is sealed: ask with a challenge",
};
