/**
 * The session protocol's methods about rooms (DESIGN section 5), as data and as types.
 *
 * @module
 */

import type { Method } from "../rpc/method.ts";
import type { ToldRoom } from "./room.ts";

/** A room as the session protocol tells it. */
export interface RoomRecord extends ToldRoom {
  /** How many people the server knows to be in the room. */
  readonly members: number;
}

/** What `rooms.list` answers: one page, since a line holds 64 KiB. */
export interface RoomList {
  /** The directory's revision that the page stands for. */
  readonly revision: number;
  /** The rooms, in the order of their names. */
  readonly rooms: readonly RoomRecord[];
  /** If there are more rooms: what to ask for them with, as `after`. */
  readonly next?: string;
}

/** What the `rooms.changed` notification carries. */
export interface RoomChange {
  /** The directory's revision after the change. */
  readonly revision: number;
  /** What happened. */
  readonly kind: "created" | "deleted";
  /** The room it happened to. */
  readonly room: RoomRecord;
}

/** What `rooms.watch` answers. */
export interface RoomWatch {
  /** The directory's revision; notifications of later changes follow. */
  readonly revision: number;
  /** The changes since the revision that was given; absent if they are not known any more. */
  readonly changes?: readonly RoomChange[];
}

/** What `rooms.create`, `rooms.delete` and `rooms.find` answer. */
export interface RoomAnswer {
  /** The room. */
  readonly room: RoomRecord;
}

const NAME = { type: "string", doc: "the room's name" } as const;

const createFields = {
  name: NAME,
  address: {
    type: "string",
    optional: true,
    doc: "a group address in 239.0.0.0/8; without it the server allocates one",
  },
  port: {
    type: "integer",
    optional: true,
    doc: "a UDP port, 1-65535; without it the server allocates one",
  },
  topic: { type: "string", optional: true, doc: "what the room is about, 1-120 characters" },
  sealed: {
    type: "string",
    optional: true,
    dull: true,
    doc:
      "for a sealed room (PEOPLE.md): the check value of its passphrase, 16 bytes in base64url " +
      "(22 characters). All who list rooms see it",
  },
} as const;

const nameFields = { name: NAME } as const;

const listFields = {
  after: { type: "string", optional: true, dull: true, doc: "`next` of the page before" },
} as const;

const watchFields = {
  since: {
    type: "integer",
    optional: true,
    dull: true,
    doc: "the last revision that the client knows",
  },
} as const;

/** Parameters of `rooms.create`. */
export interface CreateParams extends NameParams {
  /** A group address in 239.0.0.0/8; allocated if not given. */
  readonly address?: string;
  /** A UDP port; allocated if not given. */
  readonly port?: number;
  /** What the room is about. */
  readonly topic?: string;
  /** The check value of the passphrase, for a sealed room. */
  readonly sealed?: string;
}

/** Parameters of `rooms.delete` and `rooms.find`. */
export interface NameParams {
  /** The room's name. */
  readonly name: string;
}

/** Parameters of `rooms.list`. */
export interface ListParams {
  /** `next` of the page before. */
  readonly after?: string;
}

/** Parameters of `rooms.watch`. */
export interface WatchParams {
  /** The last revision that the client knows. */
  readonly since?: number;
}

const LOBBY = {
  name: "lobby",
  address: "239.255.7.1",
  port: 20100,
  createdAt: 1793240000000,
  createdBy: "Mel",
  members: 2,
} as const;

/** The methods that a server answers about rooms, and what they take and answer, as types. */
export type RoomMethodMap = {
  /** Lists all rooms. */
  "rooms.list": { params: ListParams; result: RoomList };
  /** Creates a room. */
  "rooms.create": { params: CreateParams; result: RoomAnswer };
  /** Deletes a room. */
  "rooms.delete": { params: NameParams; result: RoomAnswer };
  /** Looks one room up. */
  "rooms.find": { params: NameParams; result: RoomAnswer };
  /** Asks for `rooms.changed` notifications from now on. */
  "rooms.watch": { params: WatchParams; result: RoomWatch };
  /** Ends them. */
  "rooms.unwatch": { params: Record<never, never>; result: Record<never, never> };
};

/** The methods about rooms, for the check of parameters and for the document. */
export const ROOM_METHODS: Readonly<Record<keyof RoomMethodMap, Method>> = {
  "rooms.list": {
    name: "rooms.list",
    doc: "Lists the rooms, in the order of their names (by UTF-16 units), page by page.",
    params: listFields,
    result: "`revision` of the directory, `rooms`; `next` if there are more",
    example: { params: {}, result: { revision: 1793240000001, rooms: [LOBBY] } },
  },
  "rooms.create": {
    name: "rooms.create",
    doc: "Creates a room. What is not given is allocated: a random free address in " +
      "239.255.1.0-239.255.254.255 and a port in 20000-29999 that no other room has.",
    params: createFields,
    result: "the `room`",
    errors: [
      "BAD_NAME",
      "BAD_ADDRESS",
      "BAD_PORT",
      "BAD_TOPIC",
      "BAD_SEAL",
      "ROOM_EXISTS",
      "ADDRESS_IN_USE",
      "DIRECTORY_FULL",
      "STORE_FAILED",
    ],
    example: {
      params: { name: "lobby", address: "239.255.7.1", port: 20100 },
      result: { room: LOBBY },
    },
  },
  "rooms.delete": {
    name: "rooms.delete",
    doc: "Deletes a room from the directory. Its members stay in it; nobody else finds it. On a " +
      "server with `--owner-deletes` only who made it may: the same account (not a later one of its " +
      "name), or a guest of the same name at the same address.",
    params: nameFields,
    result: "the `room` that is gone",
    errors: ["NO_SUCH_ROOM", "NOT_OWNER", "STORE_FAILED"],
    example: { params: { name: "lobby" }, result: { room: LOBBY } },
  },
  "rooms.find": {
    name: "rooms.find",
    doc: "Looks one room up.",
    params: nameFields,
    result: "the `room`",
    errors: ["NO_SUCH_ROOM"],
    example: { params: { name: "lobby" }, result: { room: LOBBY } },
  },
  "rooms.watch": {
    name: "rooms.watch",
    doc:
      "Asks for a `rooms.changed` notification of each change from now on, in order. With `since`, " +
      "the answer has the changes that were missed; if it has no `changes`, they are not known any " +
      "more (or too many), and the client asks for the list.",
    params: watchFields,
    result: "`revision`; `changes` since the given one if they are known",
    example: { params: { since: 1793240000001 }, result: { revision: 1793240000001, changes: [] } },
  },
  "rooms.unwatch": {
    name: "rooms.unwatch",
    doc: "Ends the notifications.",
    params: {},
    result: "nothing (`{}`)",
    example: { params: {}, result: {} },
  },
};

/** The notifications about rooms that a server sends. */
export const ROOM_NOTIFICATIONS: Readonly<Record<"rooms.changed", Method>> = {
  "rooms.changed": {
    name: "rooms.changed",
    doc: "A room was created or deleted, by whomever. Sent to those who asked with `rooms.watch`.",
    params: {
      revision: { type: "integer", doc: "the directory's revision after the change" },
      kind: { type: "string", doc: "`created` or `deleted`" },
      room: { type: "object", doc: "the room, as in `rooms.find`" },
    },
    example: { params: { revision: 1793240000002, kind: "deleted", room: LOBBY } },
  },
};
