/**
 * Private messages through the server: who may send, where they go, what becomes of them.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import type { Blocks } from "../people/blocks.ts";
import type { Mail, MailStore } from "../people/mail.ts";
import type {
  BroadcastParams,
  BroadcastResult,
  PutParams,
  PutResult,
  TakeParams,
} from "../people/message_methods.ts";
import { foldName } from "../people/names.ts";
import type { Presence, Session } from "../people/presence.ts";
import { type Clock, SYSTEM_CLOCK } from "../rpc/ports.ts";
import { refusal, type RpcError } from "../rpc/rpc_error.ts";
import { sanitise } from "../text.ts";
import { Deliveries } from "./deliveries.ts";
import { asParams, type Mailbox } from "./mailbox.ts";
import { RecentOutcomes } from "./recent_outcomes.ts";

/** How long a sender waits for the acknowledgement, in milliseconds: then the message is "stored". */
const DELIVERY_PATIENCE = 6_000;

/** What the mail needs to know of accounts. */
export interface MailAccounts {
  /**
   * Says which account a session is logged in to.
   *
   * @param session The session.
   * @returns The folded name of the account; undefined for a guest.
   */
  accountOf(session: Session): string | undefined;
  /**
   * Finds the session that is logged in to an account.
   *
   * @param account The folded name of the account.
   * @returns The session; undefined if nobody is.
   */
  sessionOf(account: string): Session | undefined;
  /**
   * Says whether there is an account.
   *
   * @param account The folded name.
   * @returns True if there is.
   */
  exists(account: string): boolean;
}

/** Who sends. */
export interface Sender {
  /** The session. */
  readonly session: Session;
  /** The name, as it is shown. */
  readonly name: string;
}

/** What a {@linkcode PostOffice} works with. */
export interface PostOfficeOptions {
  /** Where messages are kept. */
  readonly store: MailStore;
  /** Who blocks whom. */
  readonly blocks: Blocks;
  /** Who is here. */
  readonly presence: Presence;
  /** Who is logged in. */
  readonly accounts: MailAccounts;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
  /** Tells the operator of a mishap. */
  readonly problem: (what: string) => void;
  /**
   * What waiting goes by.
   *
   * @default {SYSTEM_CLOCK}
   */
  readonly clock?: Clock;
}

/**
 * The mail of one server. A message to an account is on the disk before anybody is asked to take it,
 * and leaves it when it was acknowledged; so it gets there once, whatever ends in between.
 */
export class PostOffice implements AsyncDisposable {
  readonly #options: PostOfficeOptions;
  readonly #clock: Clock;
  readonly #boxes = new Map<Session, Mailbox>();
  readonly #deliveries: Deliveries;
  /** What guests got, and broadcasts: they are kept nowhere else. */
  readonly #recent = new RecentOutcomes<PutResult | BroadcastResult>();

  /**
   * Makes it for one server.
   *
   * @param options What it works with.
   */
  constructor(options: PostOfficeOptions) {
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#deliveries = new Deliveries({
      store: options.store,
      boxOf: (account) => this.#boxOfAccount(account),
      isWanted: (account, { sender }) => !options.blocks.has(account, sender),
      problem: options.problem,
    });
  }

  /**
   * A session's client takes messages from now on.
   *
   * @param box Its mailbox, open.
   */
  ready(box: Mailbox): void {
    this.#boxes.set(box.session, box);
    const account = this.#options.accounts.accountOf(box.session);
    if (account !== undefined) this.#deliveries.start(account);
  }

  /**
   * A session has ended.
   *
   * @param box Its mailbox.
   */
  leave(box: Mailbox): void {
    this.#boxes.delete(box.session);
  }

  /**
   * Takes a private message.
   *
   * @param sender Who sends it.
   * @param params To whom, and what; checked against the rules of messages.
   * @returns What became of it.
   * @throws {RpcError} If it is refused.
   */
  put(sender: Sender, params: PutParams): Promise<PutResult> {
    const key = `put ${params.id} ${foldName(sender.name)}`;
    return this.#recent.once(key, () => this.#put(sender, params), ({ outcome }) =>
      // What is stored is known to the store, and may be delivered when somebody asks again.
      outcome === "delivered") as Promise<PutResult>;
  }

  /**
   * Tells everybody something.
   *
   * @param sender Who does.
   * @param params What; checked against the rules of messages.
   * @returns How many got it.
   */
  broadcast(sender: Sender, params: BroadcastParams): Promise<BroadcastResult> {
    const key = `all ${params.id} ${foldName(sender.name)}`;
    return this.#recent.once(key, () => this.#broadcast(sender, params)) as Promise<
      BroadcastResult
    >;
  }

  /** Waits for what is being delivered; the sessions must have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#boxes.clear();
    await this.#deliveries[Symbol.asyncDispose]();
  }

  async #put(sender: Sender, { to, id, text, unreachable }: PutParams): Promise<PutResult> {
    const { store, presence, accounts, now } = this.#options;
    const from = foldName(sender.name);
    const cannot = `Cannot send a message to "${sanitise(to.trim())}"`;
    const seen = await kept(cannot, this.#options, () => store.seen(from, id));
    if (seen !== undefined) return { outcome: seen.delivered ? "delivered" : "stored" };
    const account = foldName(to);
    this.#mayWrite(sender, account, cannot);
    const mail: Mail = {
      sender: from,
      id,
      from: sender.name,
      account: accounts.accountOf(sender.session) !== undefined,
      text,
      at: now(),
    };
    if (accounts.exists(account)) {
      return { outcome: await this.#toAccount(account, mail, unreachable === true, cannot) };
    }
    const session = presence.holderOf(account);
    if (session === undefined) throw nobody(cannot);
    if (await this.#toGuest(session, mail, unreachable === true)) return { outcome: "delivered" };
    const why = "they cannot be reached, and have no account to keep it for";
    throw refusal("UNREACHABLE", `${cannot}: ${why}. Try again later.`);
  }

  #mayWrite(sender: Sender, to: string, cannot: string): void {
    const { blocks, accounts } = this.#options;
    const from = foldName(sender.name);
    if (to === from) throw refusal("NO_SUCH_PERSON", `${cannot}: that is you.`);
    if (blocks.has(to, from)) {
      throw refusal("REFUSED", `${cannot}: they do not want messages from you.`);
    }
    if (blocks.has(accounts.accountOf(sender.session), to)) {
      const why = "you block them, so they could not answer";
      throw refusal("BLOCKED", `${cannot}: ${why}. "unblock <name>" ends that.`);
    }
  }

  async #toAccount(
    account: string,
    mail: Mail,
    unreachable: boolean,
    cannot: string,
  ): Promise<PutResult["outcome"]> {
    const put = await kept(cannot, this.#options, () => this.#options.store.put(account, mail));
    if (put.kind === "no-account") throw nobody(cannot);
    if (put.kind === "full") {
      const why = {
        inbox: "their inbox is full",
        sender: "too many messages of yours wait there",
        guests: "too many messages of people without an account wait there. Log in to have a place",
        server: "the server has no place for more messages",
      }[put.of];
      throw refusal("INBOX_FULL", `${cannot}: ${why}. Try again when they have been on.`);
    }
    if (put.kind === "seen") return put.delivered ? "delivered" : "stored";
    // At once: while a sign of life is awaited, another message may start the delivery of both.
    const delivered = this.#deliveries.delivered(account, put.seq);
    if (unreachable) await this.#boxOfAccount(account)?.isAlive();
    this.#deliveries.start(account);
    return await this.#within(delivered) ? "delivered" : "stored";
  }

  async #toGuest(session: Session, mail: Mail, unreachable: boolean): Promise<boolean> {
    const box = this.#boxes.get(session);
    if (box === undefined || (unreachable && !await box.isAlive())) return false;
    return await box.offer(asParams(mail, "private"));
  }

  async #broadcast(sender: Sender, { id, text }: BroadcastParams): Promise<BroadcastResult> {
    const { blocks, presence, accounts, now } = this.#options;
    const from = foldName(sender.name);
    const own = accounts.accountOf(sender.session);
    const params: TakeParams = {
      from: sender.name,
      account: own !== undefined,
      id,
      text,
      at: now(),
      kind: "broadcast",
    };
    const others = [...this.#boxes.values()].filter(({ session }) => session !== sender.session);
    const outcomes = await Promise.all(others.map((box) => {
      const hears = !blocks.has(accounts.accountOf(box.session), from) &&
        !blocks.has(own, presence.keyOf(box.session));
      return hears && box.offer(params);
    }));
    const delivered = outcomes.filter((taken) => taken).length;
    return { delivered, missed: outcomes.length - delivered };
  }

  #boxOfAccount(account: string): Mailbox | undefined {
    const session = this.#options.accounts.sessionOf(account);
    const box = session === undefined ? undefined : this.#boxes.get(session);
    return box?.ready ? box : undefined;
  }

  /** Who waits for long has other things to do; the message is safe. */
  async #within(delivered: Promise<boolean>): Promise<boolean> {
    const late = Promise.withResolvers<false>();
    const callOff = this.#clock.schedule(() => late.resolve(false), DELIVERY_PATIENCE);
    try {
      return await Promise.race([delivered, late.promise]);
    } finally {
      callOff();
    }
  }
}

function nobody(cannot: string): RpcError {
  const why = "nobody of that name is on, and there is no such account";
  return refusal("NO_SUCH_PERSON", `${cannot}: ${why}. "who" lists who is on.`);
}

/** Turns what the store fails with into an answer; the operator is told why. */
async function kept<T>(
  cannot: string,
  { problem }: Pick<PostOfficeOptions, "problem">,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problem(error.message);
    const why = "the server could not store it. Tell the server's operator, then try again";
    throw refusal("STORE_FAILED", `${cannot}: ${why}.`);
  }
}
