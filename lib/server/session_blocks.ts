/**
 * What the server does for one session about whom its account blocks.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { BlockError, type Blocks } from "../people/blocks.ts";
import type { MessageMethodMap } from "../people/message_methods.ts";
import { PresenceError } from "../people/names.ts";
import { refusal } from "../rpc/rpc_error.ts";
import { sanitise } from "../text.ts";
import type { MailAccounts } from "./post_office.ts";
import { checkSecure } from "./session_mail.ts";
import type { SessionContext, SessionPart } from "./session_part.ts";

/** What {@linkcode SessionBlocks} work with. */
export interface SessionBlocksOptions {
  /** The session. */
  readonly context: Pick<SessionContext, "session" | "secure" | "problem">;
  /** Who blocks whom. */
  readonly blocks: Blocks;
  /** Who is logged in. */
  readonly accounts: Pick<MailAccounts, "accountOf">;
}

/** What it serves. */
export type BlockMethodName = "block.add" | "block.remove" | "block.list";

/** The blocks of one session's account. */
export class SessionBlocks implements SessionPart {
  readonly #options: SessionBlocksOptions;
  /** What `hello` tells: nothing, `messages` stands for both. */
  readonly features: readonly string[] = [];
  /** What they serve. */
  readonly handlers: {
    readonly [Name in BlockMethodName]: (
      params: MessageMethodMap[Name]["params"],
    ) => MessageMethodMap[Name]["result"] | Promise<MessageMethodMap[Name]["result"]>;
  };

  /**
   * Begins for a session.
   *
   * @param options What they work with.
   */
  constructor(options: SessionBlocksOptions) {
    this.#options = options;
    const { blocks } = options;
    this.handlers = {
      "block.add": ({ name }) =>
        this.#change(`block "${sanitise(name.trim())}"`, (account) => blocks.add(account, name)),
      "block.remove": ({ name }) =>
        this.#change(
          `unblock "${sanitise(name.trim())}"`,
          (account) => blocks.remove(account, name),
        ),
      "block.list": () => ({ names: blocks.of(this.#account("list your blocks")) }),
    };
  }

  /** There is nothing to end. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  async #change(
    what: string,
    change: (account: string) => Promise<string>,
  ): Promise<{ readonly name: string }> {
    const account = this.#account(what);
    try {
      return { name: await change(account) };
    } catch (error) {
      if (error instanceof BlockError || error instanceof PresenceError) {
        throw refusal(error.code, error.message);
      }
      if (!(error instanceof UserError)) throw error;
      this.#options.context.problem(error.message);
      const why = "the server could not store it. Tell the server's operator, then try again";
      throw refusal("STORE_FAILED", `Cannot ${what}: ${why}.`);
    }
  }

  #account(what: string): string {
    const { context, accounts } = this.#options;
    checkSecure(context, what);
    const account = accounts.accountOf(context.session);
    if (account !== undefined) return account;
    const why =
      'you are not logged in, and blocks belong to an account. In rooms there is "/ignore"';
    throw refusal("NOT_LOGGED_IN", `Cannot ${what}: ${why}.`);
  }
}
