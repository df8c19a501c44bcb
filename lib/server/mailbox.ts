/**
 * The end of the mail at one session: its client is asked to take messages, one after the other.
 *
 * @module
 */

import type { Mail } from "../people/mail.ts";
import type { TakeParams } from "../people/message_methods.ts";
import { RpcCode, RpcError, RpcTimeout } from "../rpc/rpc_error.ts";
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

/**
 * What became of a message that a client was to take: it acknowledged it; it cannot take that message
 * (but maybe others), however often it is asked; or it was not asked, is gone or does not want it now.
 */
export type TakeOutcome = "taken" | "refused" | "missed";

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
   * until it says that it is ready again; one that gives no sign of life either is disconnected. One
   * that cannot take this message gets the next one.
   *
   * @param message The message.
   * @param isFor Says, when its turn has come, whether the session may still have it: it may have
   *   logged out meanwhile, and in to another account.
   * @returns What became of it; never rejects.
   */
  take(message: TakeParams, isFor: () => boolean = () => true): Promise<TakeOutcome> {
    this.#waiting++;
    const taken = this.#before.then(() => this.#take(message, isFor));
    this.#before = taken;
    return taken;
  }

  /**
   * Delivers a message that is kept nowhere, if not too many wait already; see `take()`.
   *
   * @param message The message.
   * @returns Whether the client acknowledged it; never rejects.
   */
  async offer(message: TakeParams): Promise<boolean> {
    if (!this.#ready || this.#waiting >= MAX_WAITING) return false;
    return await this.take(message) === "taken";
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

  async #take(message: TakeParams, isFor: () => boolean): Promise<TakeOutcome> {
    try {
      if (!this.#ready || !isFor()) return "missed";
      await this.#context.ask("message.take", message, { timeout: TAKE_TIMEOUT });
      return "taken";
    } catch (error) {
      if (isAboutMessage(error)) return "refused";
      this.#ready = false;
      if (error instanceof RpcTimeout) await this.isAlive();
      return "missed";
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

/** A client that refuses by its own rules means "not now"; one that knows no such method, "none". */
function isAboutMessage(error: unknown): boolean {
  return error instanceof RpcError && error.rpcCode !== RpcCode.refused &&
    error.rpcCode !== RpcCode.methodNotFound;
}
