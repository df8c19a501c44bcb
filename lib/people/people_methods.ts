/**
 * The session protocol's methods about people, and its greeting (DESIGN section 5).
 *
 * @module
 */

import type { Method } from "../rpc/method.ts";
import type { Person, PresenceChange } from "./presence.ts";

/** The version of the session protocol. */
export const SESSION_PROTOCOL = 1;

/** What every server can do, as `hello` tells it; `relay` is added where it is on. */
export const FEATURES: readonly string[] = ["rooms", "people"];

/** A person as the session protocol tells it. */
export interface PersonRecord extends Omit<Person, "active" | "room"> {
  /** The name of the room it says it is in. */
  readonly room?: string;
  /** How long it has done nothing, in whole seconds. */
  readonly idle: number;
}

/** What `people.list` answers: one page, since a line holds 64 KiB. */
export interface PeopleList {
  /** The people, in the order they came. */
  readonly people: readonly PersonRecord[];
  /** If there are more: what to ask for them with, as `after`. */
  readonly next?: number;
}

/** Parameters of `people.list`. */
export interface PeopleListParams {
  /** `next` of the page before. */
  readonly after?: number;
}

/** What the `people.changed` notification carries. */
export interface PersonChange extends Omit<PresenceChange, "person"> {
  /** The person, after the change (before it, for `left`). */
  readonly person: PersonRecord;
}

const helloFields = {
  client: { type: "string", doc: "the program and its version, 1-64 characters" },
  protocol: {
    type: "integer",
    dull: true,
    doc: "the version of this protocol that it speaks: 1",
  },
  name: { type: "string", optional: true, doc: "the chat name to hold while the session lasts" },
  resume: {
    type: "string",
    optional: true,
    secret: true,
    doc: "a secret of the client's own, 16-64 characters, the same at each connection: with it, " +
      "the name is taken over from a connection that was lost",
  },
  orSimilar: {
    type: "boolean",
    optional: true,
    dull: true,
    doc: "if somebody has the name, a similar one that is free is held, instead of `NAME_TAKEN`",
  },
  keepAlive: {
    type: "boolean",
    optional: true,
    dull: true,
    doc:
      "the client answers `ping`: after 10 s of silence it is asked, after 25 s it is taken for dead",
  },
} as const;

const renameFields = { name: { type: "string", doc: "the new chat name" } } as const;

const moveFields = {
  room: { type: "string", nullable: true, doc: "the room the client is in now, or null" },
} as const;

/** Parameters of `hello`. */
export interface HelloParams {
  /** The program and its version. */
  readonly client: string;
  /** The version of the protocol that it speaks. */
  readonly protocol: number;
  /** The chat name to hold. */
  readonly name?: string;
  /** A secret of the client's own, to take the name over from a connection that was lost. */
  readonly resume?: string;
  /** Whether a similar name will do if the wanted one is taken. */
  readonly orSimilar?: boolean;
  /** Whether silence is followed by a `ping`, and more silence by the end. */
  readonly keepAlive?: boolean;
}

/** How to reach a server in TLS, and how to know that it is that one. */
export interface HelloTls {
  /** The TCP port. */
  readonly port: number;
  /** The name to ask for in the handshake. */
  readonly name: string;
  /** The certificate to trust, in PEM: the server's own, or its issuer's. */
  readonly certificate: string;
  /** Whether it is made anew at each start of the server, so that it is not worth keeping. */
  readonly ephemeral: boolean;
}

/** What `hello` answers. */
export interface HelloResult {
  /** The server's program and version. */
  readonly server: string;
  /** The version of the protocol that both speak from now on. */
  readonly protocol: number;
  /** How the server sees the client. */
  readonly you: { readonly address: string; readonly port: number; readonly name: string };
  /** What the server can do. */
  readonly features: readonly string[];
  /** How to reach it in TLS, if it can be. */
  readonly tls?: HelloTls;
}

/** The methods that a server answers about people, and what they take and answer, as types. */
export type PeopleMethodMap = {
  /** Begins a session. */
  "hello": { params: HelloParams; result: HelloResult };
  /** Lists who is here. */
  "people.list": { params: PeopleListParams; result: PeopleList };
  /** Asks for `people.changed` notifications from now on. */
  "people.watch": { params: Record<never, never>; result: Record<never, never> };
  /** Ends them. */
  "people.unwatch": { params: Record<never, never>; result: Record<never, never> };
  /** Takes another chat name. */
  "people.rename": { params: { readonly name: string }; result: { readonly name: string } };
  /** Says which room the client is in. */
  "people.move": { params: { readonly room: string | null }; result: Record<never, never> };
};

const MEL = { name: "Mel", address: "192.168.1.5", since: 1793240000000, room: "lobby" } as const;

/** The methods about people, for the check of parameters and for the document. */
export const PEOPLE_METHODS: Readonly<Record<keyof PeopleMethodMap, Method>> = {
  "hello": {
    name: "hello",
    doc: "Begins a session; must be the first request. It may be sent again, for example to take " +
      "another name when the first was taken.",
    params: helloFields,
    result: "`server`, `protocol`, `you` (`address`, `port`, `name`), `features`; `tls` if the " +
      "server is to be reached in TLS: its `port`, the `name` to ask for in the handshake, the " +
      "`certificate` to trust (PEM), and whether it is `ephemeral`: another one after a restart",
    errors: ["NAME_TAKEN", "BAD_NAME", "BAD_PROTOCOL", "BAD_HELLO"],
    example: {
      params: { client: "nc", protocol: 1, name: "Mel" },
      result: {
        server: "crds-server 0.1.0",
        protocol: 1,
        you: { address: "192.168.1.5", port: 40122, name: "Mel" },
        features: [...FEATURES, "relay"],
        tls: {
          port: 50002,
          name: "crds.invalid",
          certificate: "-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n",
          ephemeral: false,
        },
      },
    },
  },
  "people.list": {
    name: "people.list",
    doc: "Lists who is here: people with a session by name, and lab clients and others without a " +
      "name as `anonymous@` and their address. Page by page, in the order they came.",
    params: {
      after: { type: "integer", optional: true, dull: true, doc: "`next` of the page before" },
    },
    result:
      "`people`: `name`, `address`, `since` (ms since 1970), `idle` (s), `room` if they are in " +
      "one, `account` (`true`) if they are logged in; `next` if there are more",
    example: { params: {}, result: { people: [{ ...MEL, idle: 12 }] } },
  },
  "people.watch": {
    name: "people.watch",
    doc: "Asks for a `people.changed` notification of each change from now on.",
    params: {},
    result: "nothing (`{}`)",
    example: { params: {}, result: {} },
  },
  "people.unwatch": {
    name: "people.unwatch",
    doc: "Ends the notifications.",
    params: {},
    result: "nothing (`{}`)",
    example: { params: {}, result: {} },
  },
  "people.rename": {
    name: "people.rename",
    doc: "Takes another chat name. If that fails, the old one is kept.",
    params: renameFields,
    result: "the `name`, as the server has it",
    errors: ["NAME_TAKEN", "BAD_NAME"],
    example: { params: { name: "Melanie" }, result: { name: "Melanie" } },
  },
  "people.move": {
    name: "people.move",
    doc:
      "Says which room the client is in; it counts as a member there, until the room is deleted. To " +
      "say the same again is told to nobody and sets `idle` back: a client does so when its user " +
      "says something, every 10 s at most.",
    params: moveFields,
    result: "nothing (`{}`)",
    example: { params: { room: "lobby" }, result: {} },
  },
};

/** The notifications about people that a server sends. */
export const PEOPLE_NOTIFICATIONS: Readonly<Record<"people.changed", Method>> = {
  "people.changed": {
    name: "people.changed",
    doc:
      "Somebody came, left, or changed name (`formerly` is the old one) or room. Sent to those who " +
      "asked with `people.watch`.",
    params: {
      kind: { type: "string", doc: "`came`, `left` or `changed`" },
      person: {
        type: "object",
        doc: "the person after the change (before it, for `left`), as in `people.list`",
      },
      formerly: { type: "string", optional: true, doc: "the name before, if it is another one" },
      account: {
        type: "string",
        optional: true,
        doc:
          "`on` or `off`, if with it they logged in, or off (then the account is `formerly`, or " +
          "the person's name if there is no `formerly`)",
      },
    },
    example: { params: { kind: "came", person: { ...MEL, idle: 0 } } },
  },
};
