/**
 * The end of the mail at one session: its client is asked to take messages, one after the other.
 *
 * @module
 */

import type { Mail } from "../people/mail.ts";
import type { TakeParams } from "../people/message_methods.ts";
import { RpcTimeout } from "../rpc/rpc_error.ts";
import type { SessionContext } from "./session_part.ts";

/** How long a client may take to acknowledge a message, in milliseconds: it prints a line. */
export const TAKE_TIMEOUT = 5_000;

/** How long a client may take to give a sign of life, in milliseconds. */
export const LIFE_TIMEOUT = 2_000;

/** Messages that may wait for one client, beside its inbox: others are missed. */
const MAX_WAITING = 100;

/**
 * Makes of a message what a client is asked to take.
 *
 * @param mail The message.
 * @param kind To whom it is.
 * @returns The parameters.
 */
export function asParams(mail: Mail, kind: TakeParams["kind"]): TakeParams {
  const { from, account, id, text, at } = mail;
  return { from, account, id, text, at, kind };
}

/** What a {@linkcode Mailbox} works with. */
export type MailboxContext = Pick<SessionContext, "session" | "ask" | "close">;

/** Delivers to one client, once it says that it takes messages. */
export class Mailbox {
  readonly #context: MailboxContext;
  #ready = false;
  #waiting = 0;
  /** Resolves when the message before is taken, or not. */
  #before: Promise<unknown> = Promise.resolve();
  #asking: Promise<boolean> | undefined;

  /**
   * Begins with a client that takes nothing.
   *
   * @param context The session, and how to reach its client.
   */
  constructor(context: MailboxContext) {
    this.#context = context;
  }

  /** The session. */
  get session(): MailboxContext["session"] {
    return this.#context.session;
  }

  /** Whether the client takes messages. */
  get ready(): boolean {
    return this.#ready;
  }

  /** The client takes messages from now on. */
  open(): void {
    this.#ready = true;
  }

  /** The session has ended. */
  close(): void {
    this.#ready = false;
  }

  /**
   * Delivers a message, after those before it. A client that does not acknowledge it gets no more
   * until it says that it is ready again; one that gives no sign of life either is disconnected.
   *
   * @param message The message.
   * @returns Whether the client acknowledged it; never rejects.
   */
  take(message: TakeParams): Promise<boolean> {
    this.#waiting++;
    const taken = this.#before.then(() => this.#take(message));
    this.#before = taken;
    return taken;
  }

  /**
   * Delivers a message that is kept nowhere, if not too many wait already; see `take()`.
   *
   * @param message The message.
   * @returns Whether the client acknowledged it; never rejects.
   */
  offer(message: TakeParams): Promise<boolean> {
    if (!this.#ready || this.#waiting >= MAX_WAITING) return Promise.resolve(false);
    return this.take(message);
  }

  /**
   * Asks for a sign of life, and ends the session of a client that gives none.
   *
   * @returns Whether there was one; never rejects.
   */
  isAlive(): Promise<boolean> {
    // However many senders ask, the client is asked once at a time.
    this.#asking ??= this.#isAlive().finally(() => this.#asking = undefined);
    return this.#asking;
  }

  async #take(message: TakeParams): Promise<boolean> {
    try {
      if (!this.#ready) return false;
      await this.#context.ask("message.take", message, { timeout: TAKE_TIMEOUT });
      return true;
    } catch (error) {
      this.#ready = false;
      if (error instanceof RpcTimeout) await this.isAlive();
      return false;
    } finally {
      this.#waiting--;
    }
  }

  async #isAlive(): Promise<boolean> {
    try {
      await this.#context.ask("ping", {}, { timeout: LIFE_TIMEOUT });
      return true;
    } catch (error) {
      if (!(error instanceof RpcTimeout)) return false;
      this.#ready = false;
      this.#context.close(`no sign of life for ${LIFE_TIMEOUT / 1000} s`);
      return false;
    }
  }
}
