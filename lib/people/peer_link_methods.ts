/**
 * The methods that clients ask each other over their own connection, in TLS (docs/PEOPLE.md, "Peers"), as
 * data and as types.
 *
 * @module
 */

import type { Method } from "../rpc/method.ts";

/** Parameters of `peer.hello`. */
export interface PeerHelloParams {
  /** Says who comes. */
  readonly ticket: string;
}

/** Parameters of `message.take` between clients: who says it is in the ticket. */
export interface DirectMessageParams {
  /** What the sender named it. */
  readonly id: string;
  /** What it says. */
  readonly text: string;
  /** When it was said, in milliseconds since 1970, by the clock of the sender. */
  readonly at: number;
}

/** The methods between clients, what they take and answer, as types. */
export type PeerLinkMethodMap = {
  /** Begins. */
  "peer.hello": { params: PeerHelloParams; result: Record<never, never> };
  /** A private message. */
  "message.take": { params: DirectMessageParams; result: Record<never, never> };
  /** A line of a private session. */
  "private.say": { params: { readonly text: string }; result: Record<never, never> };
  /** The end of a private session. */
  "private.stop": { params: Record<never, never>; result: Record<never, never> };
};

const ID = "0b6c1f9e-6f0a-4a53-9b0c-6a3c1f9e6f0a";

/** The methods between clients, for the check of parameters and for the document. */
export const PEER_LINK_METHODS: Readonly<Record<keyof PeerLinkMethodMap, Method>> = {
  "peer.hello": {
    name: "peer.hello",
    doc: "Says who comes. It must be the first request; a connection without it ends after 5 s, " +
      "and one whose ticket is refused ends at once.",
    params: {
      ticket: {
        type: "string",
        secret: true,
        doc: "from the server: `peer.ticket`, `private.ask`",
      },
    },
    result: "nothing (`{}`)",
    errors: ["BAD_TICKET", "EXPIRED", "USED", "NOT_FOR_ME", "NOT_AGREED", "REFUSED", "BUSY"],
    example: { params: { ticket: "eyJpZCI6IjRlZTJj...fQ.kq3Wc5..." }, result: {} },
  },
  "message.take": {
    name: "message.take",
    doc:
      "A private message. The answer is the acknowledgement. A connection takes messages for a " +
      "minute; then it needs another ticket, since a name may have another owner by then.",
    params: {
      id: { type: "string", doc: "the message's id, the same on every way" },
      text: { type: "string", doc: "one line of text, 1-2,000 characters (UTF-16 units)" },
      at: { type: "integer", doc: "when, in ms since 1970, by the sender's clock" },
    },
    result: "nothing (`{}`)",
    errors: ["HELLO_FIRST", "NOT_FOR_ME", "REFUSED", "BAD_TEXT", "BAD_MESSAGE_ID", "TOO_FAST"],
    example: { params: { id: ID, text: "Lunch?", at: 1793240000000 }, result: {} },
  },
  "private.say": {
    name: "private.say",
    doc: "A line of a private session, in either direction. The answer is the acknowledgement.",
    params: { text: { type: "string", doc: "one line of text, 1-2,000 characters" } },
    result: "nothing (`{}`)",
    errors: ["HELLO_FIRST", "NOT_AGREED", "BAD_TEXT", "TOO_FAST"],
    example: { params: { text: "Just between us" }, result: {} },
  },
  "private.stop": {
    name: "private.stop",
    doc:
      "Ends a private session, in either direction. Whoever asks closes the connection after the " +
      "answer.",
    params: {},
    result: "nothing (`{}`)",
    errors: ["HELLO_FIRST", "NOT_AGREED"],
    example: { params: {}, result: {} },
  },
};

/** What each word in `data.code` means between clients in TLS. */
export const PEER_LINK_ERROR_WORDS: Readonly<Record<string, string>> = {
  BAD_MESSAGE_ID: "the message's `id` is not 1-64 letters, digits and hyphens",
  BAD_TEXT: "the text is empty, longer than 2,000 characters, or not one line",
  BAD_TICKET: "the ticket is forged, for another client, or damaged",
  BUSY: "too many tickets were used at once; ask for another one later",
  EXPIRED: "the ticket is older than 30 s",
  HELLO_FIRST: "nothing was said of who comes: `peer.hello`",
  NOT_AGREED: "nobody here has agreed to such a private session",
  NOT_FOR_ME: "the client does not have that name any more",
  REFUSED: "the user does not want to hear from who comes",
  TOO_FAST: "200 lines in a minute are the most",
  USED: "the ticket was used already",
};
