/**
 * The methods by which clients find and ask each other through the server (docs/PEOPLE.md, "Peers" and
 * "Private sessions"), as data and as types.
 *
 * @module
 */

import type { Method } from "../rpc/method.ts";

/** What `hello` tells where a session may listen for others: it needs TLS. */
export const PEERS_FEATURE = "peers";

/** Milliseconds that a person has to answer whether a private session may begin. */
export const PRIVATE_ANSWER_MS = 60_000;

/** UTF-16 units of a certificate in PEM: those that clients make have 700. */
export const MAX_CERTIFICATE_LENGTH = 2_000;

/** UTF-16 units of a ticket: two names of 32 characters with 4 bytes each need about 700. */
export const MAX_TICKET_LENGTH = 1024;

/** Parameters of `peer.listen`. */
export interface ListenParams {
  /** The TCP port. */
  readonly port: number;
  /** The certificate of who listens there, in PEM. */
  readonly certificate: string;
}

/** What `peer.listen` answers. */
export interface ListenAnswer {
  /** The key of the tickets to this client, in base64url. */
  readonly ticketKey: string;
  /** The time of the server, in milliseconds since 1970: tickets expire by it. */
  readonly now: number;
}

/** The way to somebody. */
export interface PeerTicket {
  /** Their name, as the server knows it. */
  readonly name: string;
  /** The IP address that the server sees them at. */
  readonly address: string;
  /** The TCP port that they listen on. */
  readonly port: number;
  /** The certificate that they show there, in PEM. */
  readonly certificate: string;
  /** What they want to see first: see `lib/people/ticket.ts`. */
  readonly ticket: string;
}

/** What `private.ask` answers when both want the session. */
export interface AskAnswer {
  /** Which session it is. */
  readonly id: string;
  /** The other's name, as the server knows it. */
  readonly name: string;
  /** Whether that is the name of an account. */
  readonly account: boolean;
  /** The way to the other; missing if they come themselves, since they asked first. */
  readonly connect?: Omit<PeerTicket, "name">;
}

/** What the server asks a client with `private.asked`. */
export interface AskedParams {
  /** Which session it would be. */
  readonly id: string;
  /** Who wants it. */
  readonly from: string;
  /** Whether that is the name of an account. */
  readonly account: boolean;
}

/** The methods of the server, and what they take and answer, as types. */
export type PeerServerMethodMap = {
  /** Says where one listens. */
  "peer.listen": { params: ListenParams; result: ListenAnswer };
  /** Asks for the way to somebody. */
  "peer.ticket": { params: { readonly to: string }; result: PeerTicket };
  /** Asks somebody for a private session. */
  "private.ask": { params: { readonly to: string }; result: AskAnswer };
  /** Takes the question back. */
  "private.withdraw": { params: { readonly to: string }; result: Record<never, never> };
};

const ID = "6a5e2a40-3a3c-4a5e-8a5f-5e0d2f1c9b77";

const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n";

const WAY = {
  address: "192.168.1.7",
  port: 41712,
  certificate: CERTIFICATE,
  ticket: "eyJpZCI6IjRlZTJj...fQ.kq3Wc5...",
} as const;

// Who talks to whom is nobody's business, also not that of who reads the log.
const to = { type: "string", dull: true, doc: "the name of a person" } as const;

/** The server's methods, for the check of parameters and for the document. */
export const PEER_SERVER_METHODS: Readonly<Record<keyof PeerServerMethodMap, Method>> = {
  "peer.listen": {
    name: "peer.listen",
    doc: "Says that the client listens for other clients, in TLS, at the address that the server " +
      "sees it at. Said again, it ends what was said before: older tickets are good for nothing. It " +
      "ends with the session.",
    params: {
      port: { type: "integer", dull: true, doc: "the TCP port" },
      certificate: {
        type: "string",
        dull: true,
        doc: "the certificate that it shows there, in PEM; at most 2,000 characters",
      },
    },
    result:
      "`ticketKey`, 32 bytes in base64url: the key of the tickets to this client; `now`, the " +
      "server's time in ms since 1970, by which they expire",
    automatic: true,
    errors: ["NOT_SECURE", "NO_NAME", "BAD_PORT", "BAD_CERTIFICATE", "TOO_FAST"],
    example: {
      params: { port: 41712, certificate: CERTIFICATE },
      result: { ticketKey: "Gm9Jb2x5b3VyZWFkdGhpc2RvbnR5b3VpdGlzbm9rZXk", now: 1793240000000 },
    },
  },
  "peer.ticket": {
    name: "peer.ticket",
    doc:
      "Asks for the way to somebody: where they listen, and a ticket that tells them who comes. " +
      "It is good for 30 s and for one connection. Who is blocked by somebody is told `NOT_ON`, " +
      "whether they are or not.",
    params: { to },
    result: "`name`, `address`, `port`, `certificate` (PEM), `ticket`",
    errors: [
      ...["NOT_SECURE", "NO_NAME", "NO_SUCH_PERSON", "NOT_ON", "NOT_LISTENING"],
      ...["BLOCKED", "TOO_FAST"],
    ],
    example: { params: { to: "ann" }, result: { name: "Ann", ...WAY } },
  },
  "private.ask": {
    name: "private.ask",
    doc: "Asks somebody for a private session, and waits until they have answered: 60 s at most. " +
      "That they say no, that they do not answer, and that they have blocked who asks is the same " +
      "answer, `DECLINED`; the last one also if they are not on or do not listen. If they ask for " +
      "the same at that moment, that is a yes.",
    params: { to },
    result: "`id` of the session, `name` of the other, `account` (whether that is the name of an " +
      "account); `connect` with `address`, `port`, `certificate`, `ticket` as of `peer.ticket`. Without `connect` the other one connects",
    errors: [
      ...["NOT_SECURE", "NO_NAME", "NO_SUCH_PERSON", "NOT_ON", "NOT_LISTENING"],
      ...["DECLINED", "BLOCKED", "TOO_FAST"],
    ],
    example: {
      params: { to: "ann" },
      result: { id: ID, name: "Ann", account: true, connect: WAY },
    },
  },
  "private.withdraw": {
    name: "private.withdraw",
    doc:
      "Takes back what was asked with `private.ask`, which is then answered with `DECLINED`. If " +
      "nothing is asked, it does nothing.",
    params: { to },
    result: "nothing (`{}`)",
    example: { params: { to: "ann" }, result: {} },
  },
};

/** What the server asks a client, for the check of parameters and for the document. */
export const PRIVATE_ASKED: Method = {
  name: "private.asked",
  doc: "Asks a client that listens (`peer.listen`) whether a private session may begin; a person " +
    "answers. No answer for 60 s is a no. If yes, the other side connects, with a ticket that has " +
    "this `id` as `session`.",
  params: {
    id: { type: "string", doc: "which session it would be" },
    from: { type: "string", doc: "who wants it" },
    account: { type: "boolean", doc: "whether that is the name of an account" },
  },
  result: "`accept`, true or false",
  example: { params: { id: ID, from: "Mel", account: true }, result: { accept: true } },
};

/** What the server tells a client. */
export const PRIVATE_WITHDRAWN: Method = {
  name: "private.withdrawn",
  doc:
    "Nobody waits for the answer to `private.asked` any more: who asked thought better of it or " +
    "is gone, or 60 s are over.",
  params: { id: { type: "string", doc: "of `private.asked`" } },
  example: { params: { id: ID } },
};
