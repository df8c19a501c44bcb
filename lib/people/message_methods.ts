/**
 * The session protocol's methods for private messages, broadcasts and blocks.
 *
 * @module
 */

import type { Method } from "../rpc/method.ts";

/** What `hello` answers among the features, in a session that can be used for private messages. */
export const MESSAGES_FEATURE = "messages";

/** Parameters of `message.put`. */
export interface PutParams {
  /** Who is to get it. */
  readonly to: string;
  /** What the sender names it. */
  readonly id: string;
  /** What it says. */
  readonly text: string;
  /** Whether the sender could not reach the recipient directly. */
  readonly unreachable?: boolean;
}

/** What `message.put` answers. */
export interface PutResult {
  /** Whether the recipient has it, or gets it at the next login. */
  readonly outcome: "delivered" | "stored";
}

/** Parameters of `message.broadcast`. */
export interface BroadcastParams {
  /** What the sender names it. */
  readonly id: string;
  /** What it says. */
  readonly text: string;
}

/** What `message.broadcast` answers. */
export interface BroadcastResult {
  /** How many got it. */
  readonly delivered: number;
  /** How many of those who are on did not. */
  readonly missed: number;
}

/** Parameters of `message.take`, which a server asks a client. */
export interface TakeParams {
  /** Who says it. */
  readonly from: string;
  /** Whether the sender is logged in. */
  readonly account: boolean;
  /** What the sender named it. */
  readonly id: string;
  /** What it says. */
  readonly text: string;
  /** When it was said, in milliseconds since 1970. */
  readonly at: number;
  /** Whether it is to one person or to everybody. */
  readonly kind: "private" | "broadcast";
}

/** The methods for messages and blocks, and what they take and answer, as types. */
export type MessageMethodMap = {
  /** Asks for messages from now on. */
  "message.ready": { params: Record<never, never>; result: Record<never, never> };
  /** Gives the server a private message. */
  "message.put": { params: PutParams; result: PutResult };
  /** Tells everybody who is on. */
  "message.broadcast": { params: BroadcastParams; result: BroadcastResult };
  /** Blocks somebody. */
  "block.add": { params: { readonly name: string }; result: { readonly name: string } };
  /** Ends a block. */
  "block.remove": { params: { readonly name: string }; result: { readonly name: string } };
  /** Lists the blocks. */
  "block.list": { params: Record<never, never>; result: { readonly names: readonly string[] } };
};

const ID = "0b6c1f9e-6f0a-4a53-9b0c-6a3c1f9e6f0a";

const idField = {
  type: "string",
  dull: true,
  doc: "the message's id, made by the sender: 1-64 letters, digits and hyphens, such as a UUID",
} as const;

const textField = {
  type: "string",
  secret: true,
  doc: "one line of text, 1-2,000 characters (UTF-16 units)",
} as const;

const SENDING = ["NOT_SECURE", "NO_NAME", "BAD_TEXT", "BAD_MESSAGE_ID", "TOO_FAST"];

/** The methods for messages, for the check of parameters and for the document. */
export const MESSAGE_METHODS: Readonly<Record<keyof MessageMethodMap, Method>> = {
  "message.ready": {
    name: "message.ready",
    doc:
      "Says that the client takes messages: from now on it is asked `message.take`, and begins " +
      "to get what is in the inbox of its account. To be sent again after each login, and by a " +
      "client that refused a message.",
    params: {},
    automatic: true,
    result: "nothing (`{}`)",
    errors: ["NOT_SECURE"],
    example: { params: {}, result: {} },
  },
  "message.put": {
    name: "message.put",
    discreet: true,
    doc:
      "Gives the server a private message. Somebody who is on gets it at once; else an account " +
      "gets it at its next login. Whoever lost the answer asks again with the same `id`, and is " +
      "told what became of it; it is not delivered twice.",
    params: {
      // Who writes to whom is nobody's business, also not that of who reads the log.
      to: { type: "string", dull: true, doc: "the recipient's name" },
      id: idField,
      text: textField,
      unreachable: {
        type: "boolean",
        optional: true,
        dull: true,
        doc:
          "the recipient's client could not be reached directly: the server asks it for a sign " +
          "of life, and ends its session if there is none within 2 s",
      },
    },
    result: "`outcome`: `delivered` (the recipient's client acknowledged it) or `stored`",
    errors: [
      ...SENDING,
      "NO_SUCH_PERSON",
      "UNREACHABLE",
      "REFUSED",
      "BLOCKED",
      "INBOX_FULL",
      "STORE_FAILED",
    ],
    example: {
      params: { to: "Ann", id: ID, text: "Lunch?" },
      result: { outcome: "delivered" },
    },
  },
  "message.broadcast": {
    name: "message.broadcast",
    doc: "Tells everybody who is on and takes messages. It is not kept for others.",
    params: { id: idField, text: textField },
    result: "`delivered`: how many got it; `missed`: how many did not, for whatever reason",
    errors: SENDING,
    example: { params: { id: ID, text: "Fire drill!" }, result: { delivered: 1, missed: 0 } },
  },
  "block.add": {
    name: "block.add",
    discreet: true,
    doc:
      "Blocks somebody, for this account: no messages from them, and they do not see who blocks " +
      "them come, leave or be there.",
    params: { name: { type: "string", dull: true, doc: "the name, in any spelling" } },
    result: "the `name`, as it is kept",
    errors: ["NOT_SECURE", "NOT_LOGGED_IN", "BAD_NAME", "BLOCKS_FULL", "STORE_FAILED"],
    example: { params: { name: "Bob" }, result: { name: "Bob" } },
  },
  "block.remove": {
    name: "block.remove",
    discreet: true,
    doc: "Ends a block.",
    params: { name: { type: "string", dull: true, doc: "the name, in any spelling" } },
    result: "the `name`, as it was kept",
    errors: ["NOT_SECURE", "NOT_LOGGED_IN", "NOT_BLOCKED", "STORE_FAILED"],
    example: { params: { name: "Bob" }, result: { name: "Bob" } },
  },
  "block.list": {
    name: "block.list",
    doc: "Lists whom the account blocks: 200 at most.",
    params: {},
    automatic: true,
    result: "`names`, in the order they were blocked",
    errors: ["NOT_SECURE", "NOT_LOGGED_IN"],
    example: { params: {}, result: { names: ["Bob"] } },
  },
};

/** What a server asks a client. */
export const MESSAGE_QUESTIONS: Readonly<Record<"message.take", Method>> = {
  "message.take": {
    name: "message.take",
    doc: "Somebody says something to the user of this client. The answer is the acknowledgement: " +
      "the message is shown, or kept to be shown soon. The next one comes after it. A client drops " +
      "what it has taken already (the same `from` and `id`), and answers.",
    params: {
      from: { type: "string", doc: "who says it" },
      account: {
        type: "boolean",
        doc: "whether the sender is logged in: then nobody else has the name",
      },
      id: { type: "string", doc: "the message's id" },
      text: { type: "string", doc: "what it says: one line" },
      at: { type: "integer", doc: "when, in ms since 1970" },
      kind: { type: "string", doc: "`private` or `broadcast`" },
    },
    result: "nothing (`{}`)",
    example: {
      params: {
        from: "Mel",
        account: true,
        id: ID,
        text: "Lunch?",
        at: 1793240000000,
        kind: "private",
      },
      result: {},
    },
  },
};
