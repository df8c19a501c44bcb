/**
 * What the server does for one session about messages: private ones and broadcasts.
 *
 * @module
 */

import type {
  BroadcastParams,
  BroadcastResult,
  MessageMethodMap,
  PutParams,
  PutResult,
} from "../people/message_methods.ts";
import { MESSAGES_FEATURE } from "../people/message_methods.ts";
import {
  ALLOWANCE_TIME,
  BROADCAST_COST,
  faultOfText,
  isMessageId,
  MAX_MESSAGES,
} from "../people/message_rules.ts";
import type { Presence } from "../people/presence.ts";
import { TokenBucket } from "../room/token_bucket.ts";
import { refusal } from "../rpc/rpc_error.ts";
import { Mailbox } from "./mailbox.ts";
import type { PostOffice, Sender } from "./post_office.ts";
import type { SessionContext, SessionPart } from "./session_part.ts";

/** What a {@linkcode SessionMail} works with. */
export interface SessionMailOptions {
  /** The session, and how to reach its client. */
  readonly context: Pick<SessionContext, "session" | "secure" | "now" | "ask" | "close">;
  /** The server's mail. */
  readonly office: PostOffice;
  /** Who is here. */
  readonly presence: Presence;
}

/** What it serves. */
export type MailMethodName = "message.ready" | "message.put" | "message.broadcast";

/** The messages of one session. */
export class SessionMail implements SessionPart {
  readonly #options: SessionMailOptions;
  readonly #box: Mailbox;
  readonly #allowance = new TokenBucket(MAX_MESSAGES * 1000 / ALLOWANCE_TIME, MAX_MESSAGES);
  /** What it serves. */
  readonly handlers: {
    readonly [Name in MailMethodName]: (
      params: MessageMethodMap[Name]["params"],
    ) => MessageMethodMap[Name]["result"] | Promise<MessageMethodMap[Name]["result"]>;
  };

  /**
   * Begins for a session.
   *
   * @param options What it works with.
   */
  constructor(options: SessionMailOptions) {
    this.#options = options;
    this.#box = new Mailbox(options.context);
    this.handlers = {
      "message.ready": () => this.#ready(),
      "message.put": (params) => this.#put(params),
      "message.broadcast": (params) => this.#broadcast(params),
    };
  }

  /** Only what nobody can read on the way is used for messages. */
  get features(): readonly string[] {
    return this.#options.context.secure ? [MESSAGES_FEATURE] : [];
  }

  /** The session has ended: nothing is delivered to it any more. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#box.close();
    this.#options.office.leave(this.#box);
    return Promise.resolve();
  }

  #ready(): Record<never, never> {
    checkSecure(this.#options.context, "take messages");
    this.#box.open();
    this.#options.office.ready(this.#box);
    return {};
  }

  #put(params: PutParams): Promise<PutResult> {
    const sender = this.#sender("send a message", params, 1);
    return this.#options.office.put(sender, params);
  }

  #broadcast(params: BroadcastParams): Promise<BroadcastResult> {
    const sender = this.#sender("tell everybody", params, BROADCAST_COST);
    return this.#options.office.broadcast(sender, params);
  }

  #sender(what: string, { id, text }: BroadcastParams, cost: number): Sender {
    const { context, presence } = this.#options;
    const { session, now } = context;
    checkSecure(context, what);
    const name = presence.personOf(session)?.name;
    if (name === undefined || presence.keyOf(session) === undefined) {
      throw refusal("NO_NAME", `Cannot ${what}: you have no name. Take one first.`);
    }
    if (!isMessageId(id)) {
      throw refusal("BAD_MESSAGE_ID", `Cannot ${what}: "id" has 1-64 letters, digits and hyphens.`);
    }
    const fault = faultOfText(text);
    if (fault !== undefined) throw refusal("BAD_TEXT", `Cannot ${what}: ${fault}.`);
    const time = now();
    if (this.#allowance.take(cost, time)) return { session, name };
    const retryAfter = this.#allowance.readyAt(cost, time) - time;
    const seconds = Math.ceil(retryAfter / 1000);
    const why = `that is too much at once. Try again in ${seconds} s`;
    throw refusal("TOO_FAST", `Cannot ${what}: ${why}.`, { retryAfter });
  }
}

/**
 * Makes sure that nobody on the way can read what is said.
 *
 * @param context The session.
 * @param what What is asked for, to stand after `Cannot `.
 * @throws {RpcError} If it is not over TLS.
 */
export function checkSecure({ secure }: Pick<SessionContext, "secure">, what: string): void {
  if (secure) return;
  const why = "the connection can be read on the way. Connect over TLS";
  throw refusal("NOT_SECURE", `Cannot ${what}: ${why}.`);
}
