/**
 * The session protocol's methods for members that multicast does not reach (DESIGN section 7, relay),
 * as data and as types.
 *
 * @module
 */

import type { Method } from "../rpc/method.ts";

/** The word in `features` of a server that relays. */
export const RELAY_FEATURE = "relay";

/** An IPv4 address and a UDP port, as told on the wire. */
export interface WirePlace {
  /** The IPv4 address. */
  readonly address: string;
  /** The port. */
  readonly port: number;
}

/** What `room.check` takes. */
export interface CheckParams {
  /** The room's name. */
  readonly room: string;
  /** The client's interface; the server heeds it only if the client is on the same machine. */
  readonly interface?: string;
}

/** What `room.check` answers. */
export interface CheckResult {
  /** For how long the server answers probes in the room, in seconds; ask again before. */
  readonly seconds: number;
}

/** What `room.join` takes: as `room.check`. */
export type JoinParams = CheckParams;

/** What `room.join` answers. */
export interface JoinResult {
  /** Names this relay in what follows; unique within the session. */
  readonly relay: number;
  /** Where others see the member's lines come from. */
  readonly local: WirePlace;
}

/** What the `room.send` notification carries, client to server. */
export interface SendParams {
  /** The relay. */
  readonly relay: number;
  /** True for the control port, else the room's port. */
  readonly control?: boolean;
  /** The datagram, at most 1200 bytes, in base64. */
  readonly data: string;
}

/** What the `room.heard` notification carries, server to client. */
export interface HeardParams extends SendParams {
  /** Where it came from. */
  readonly from: WirePlace;
}

/** What the `room.ended` notification carries, server to client. */
export interface EndedParams {
  /** The relay. */
  readonly relay: number;
  /** Why, in a few words. */
  readonly why: string;
}

const ROOM = { type: "string", doc: "the room's name" } as const;
const INTERFACE = {
  type: "string",
  optional: true,
  doc: "the IPv4 address of the client's interface; heeded if both are on one machine",
} as const;
const RELAY = { type: "integer", doc: "the relay, as `room.join` answered" } as const;
const CONTROL = {
  type: "boolean",
  optional: true,
  doc: "true for the control port 23900, else the room's port",
} as const;
const DATA = { type: "string", doc: "the datagram in base64" } as const;
const LO = "127.0.0.1";

/** What a client may call about being in a room. `room.send` is a notification. */
export const ROOM_LINK_METHODS: readonly Method[] = [
  {
    name: "room.check",
    doc: "Asks the server to answer probes on the room's control port for a while, so that the " +
      "client learns whether multicast gets through both ways. Asking again prolongs it.",
    params: { room: ROOM, interface: INTERFACE },
    result: "`seconds`: for how long",
    errors: ["NO_SUCH_ROOM", "RELAY_FAILED", "RELAY_OFF"],
    automatic: true,
    example: { params: { room: "lobby", interface: LO }, result: { seconds: 60 } },
  },
  {
    name: "room.join",
    doc:
      "Makes the server a member's way into the room: it joins the group, sends what the client " +
      "sends with `room.send`, and tells what it hears with `room.heard`.",
    params: { room: ROOM, interface: INTERFACE },
    result: "`relay`: a number; `local`: where others see the member's lines come from",
    errors: ["NO_SUCH_ROOM", "RELAY_FAILED", "RELAY_FULL", "RELAY_OFF"],
    automatic: true,
    example: {
      params: { room: "lobby", interface: LO },
      result: { relay: 1, local: { address: LO, port: 40100 } },
    },
  },
  {
    name: "room.leave",
    doc: "Ends a relay, after what was sent; one that has ended is no error.",
    params: { relay: RELAY },
    result: "nothing (`{}`)",
    automatic: true,
    example: { params: { relay: 1 }, result: {} },
  },
  {
    name: "room.send",
    doc:
      "A notification: sends a datagram of 1 to 1200 bytes. What cannot be sent is dropped without " +
      "a word, as by any network: no base64, too long, of a relay that has ended, a control " +
      "datagram without `control`, or the other way round.",
    params: { relay: RELAY, control: CONTROL, data: DATA },
    automatic: true,
    example: { params: { relay: 1, data: "TWVsOiBoaQ==" } },
  },
];

/** What the server tells a relayed client. */
export const ROOM_LINK_NOTIFICATIONS: readonly Method[] = [
  {
    name: "room.heard",
    doc:
      "A datagram of somebody else arrived in the room: at most 2048 bytes, what is behind is cut. " +
      "Some are dropped while the client does not read fast enough, as by any network. The first " +
      "may come before the response to `room.join`.",
    params: {
      relay: RELAY,
      control: CONTROL,
      from: { type: "object", doc: "`address` and `port` of the sender" },
      data: DATA,
    },
    example: {
      params: { relay: 1, from: { address: LO, port: 40101 }, data: "TWVsOiBoaQ==" },
    },
  },
  {
    name: "room.ended",
    doc: "The relay ended by itself.",
    params: { relay: RELAY, why: { type: "string", doc: "a few words for people" } },
    example: { params: { relay: 1, why: "the network interface is gone" } },
  },
];

/** Parameters and results by method. */
export type RoomLinkMethodMap = {
  /** See {@linkcode ROOM_LINK_METHODS}. */
  "room.check": { params: CheckParams; result: CheckResult };
  /** See {@linkcode ROOM_LINK_METHODS}. */
  "room.join": { params: JoinParams; result: JoinResult };
  /** See {@linkcode ROOM_LINK_METHODS}. */
  "room.leave": { params: { relay: number }; result: Record<never, never> };
  /** See {@linkcode ROOM_LINK_METHODS}; mostly sent as a notification. */
  "room.send": { params: SendParams; result: void };
};
