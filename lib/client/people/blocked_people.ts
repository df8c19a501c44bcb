/**
 * Whom one's account blocks: at the server, and in rooms on this screen.
 *
 * @module
 */

import { UserError } from "../../errors.ts";
import { MESSAGES_FEATURE } from "../../people/message_methods.ts";
import { sanitise } from "../../text.ts";
import type { Answers } from "../answers.ts";
import type { Ignored } from "../ignored.ts";
import type { ServerLink } from "../server_link.ts";
import type { SessionCalls } from "../session_calls.ts";
import { blockedName, blockedNames } from "./message_shapes.ts";

/** What {@linkcode BlockedPeople} work with. */
export interface BlockedPeopleOptions {
  /** The connection. */
  readonly link: Pick<ServerLink, "use" | "directory">;
  /** Whose lines are hidden in rooms. */
  readonly ignored: Ignored;
  /** Where outcomes are told. */
  readonly answers: Pick<Answers, "done" | "step">;
  /** Called when somebody was blocked. */
  readonly onBlocked?: (name: string) => void;
}

/** The commands about blocks. All errors are sentences for people. */
export class BlockedPeople {
  readonly #options: BlockedPeopleOptions;

  /**
   * Makes it, without anybody.
   *
   * @param options What they work with.
   */
  constructor(options: BlockedPeopleOptions) {
    this.#options = options;
  }

  /**
   * Blocks somebody.
   *
   * @param name Who.
   * @param signal Gives up.
   */
  async block(name: string, signal: AbortSignal): Promise<void> {
    const calls = await this.#calls(`block "${sanitise(name)}"`, signal);
    const kept = await calls.ask("block.add", { name }, blockedName, { signal });
    const { ignored, answers, onBlocked } = this.#options;
    ignored.blocked = [...ignored.blocked, kept];
    onBlocked?.(kept);
    const shown = sanitise(kept);
    answers.done(`You block ${shown}: "unblock ${shown}" ends it.`, { blocked: kept });
  }

  /**
   * Blocks somebody no longer.
   *
   * @param name Who.
   * @param signal Gives up.
   */
  async unblock(name: string, signal: AbortSignal): Promise<void> {
    const calls = await this.#calls(`unblock "${sanitise(name)}"`, signal);
    const kept = await calls.ask("block.remove", { name }, blockedName, { signal });
    await this.#load(calls, signal);
    this.#options.answers.done(`You do not block ${sanitise(kept)} any more.`, { unblocked: kept });
  }

  /**
   * Prints whom one blocks.
   *
   * @param signal Gives up.
   */
  async list(signal: AbortSignal): Promise<void> {
    const calls = await this.#calls("list whom you block", signal);
    const names = await this.#load(calls, signal);
    const { answers } = this.#options;
    if (names.length === 0) answers.done("You block nobody.", names);
    else answers.step(names.map(sanitise).join("\n"), names);
  }

  /** Somebody logged in, or came back: whom the account blocks is hidden from now on. */
  async loggedIn(): Promise<void> {
    const calls = this.#options.link.directory?.session?.calls;
    if (calls !== undefined) await this.#load(calls);
  }

  /** Somebody logged out: the blocks are the account's. */
  loggedOut(): void {
    this.#options.ignored.blocked = [];
  }

  async #load(calls: SessionCalls, signal?: AbortSignal): Promise<readonly string[]> {
    const names = await calls.ask("block.list", {}, blockedNames, { signal });
    this.#options.ignored.blocked = names;
    return names;
  }

  async #calls(action: string, signal: AbortSignal): Promise<SessionCalls> {
    const { session, where } = await this.#options.link.use(action, signal);
    if (session?.features.has(MESSAGES_FEATURE)) return session.calls;
    const why = "blocks are kept with an account, which needs a connection over TLS";
    throw new UserError(`Cannot ${action}: ${why}, and that to ${where} is none.`);
  }
}
