/**
 * What the server does for one session about accounts.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import {
  type AccountMethodMap,
  ACCOUNTS_FEATURE,
  type LoginResult,
  type LogoutResult,
  type SinceParams,
  type SinceResult,
} from "../people/account_methods.ts";
import { AccountError } from "../people/account_error.ts";
import type { Login } from "../people/accounts_options.ts";
import { foldName, PresenceError } from "../people/names.ts";
import type { Presence } from "../people/presence.ts";
import { takePage } from "../rpc/page.ts";
import { refusal, RpcError } from "../rpc/rpc_error.ts";
import { sanitise } from "../text.ts";
import { loggedIn, type Logins } from "./logins.ts";
import type { SessionContext, SessionPart } from "./session_part.ts";

/** What {@linkcode SessionAccounts} work with. */
export interface SessionAccountsOptions {
  /** The session, and how to reach its client. */
  readonly context: Pick<
    SessionContext,
    "session" | "peer" | "secure" | "post" | "close" | "problem"
  >;
  /** Who is logged in. */
  readonly logins: Logins;
  /** Who is here. */
  readonly presence: Presence;
  /**
   * Whether the session may know that somebody is, or was, on.
   *
   * @default It may know of everybody.
   */
  readonly sees?: (name: string) => boolean;
  /**
   * Forgets what else belonged to an account that is deleted.
   *
   * @default There is nothing else.
   */
  readonly forget?: (key: string) => Promise<void>;
}

/** One function per method; parameters have been checked against the method's table. */
export type AccountHandlers = {
  readonly [Name in keyof AccountMethodMap]: (
    params: AccountMethodMap[Name]["params"],
  ) => Promise<AccountMethodMap[Name]["result"]>;
};

/** Serves `account.*` and `people.since` in one session. */
export class SessionAccounts implements SessionPart {
  readonly #options: SessionAccountsOptions;
  /** What is done about its account. */
  #last: Promise<unknown> = Promise.resolve();
  /** What it serves. */
  readonly handlers: AccountHandlers;
  /** That there is a point in it. */
  readonly features: readonly string[];

  /**
   * Serves a session.
   *
   * @param options What it works with.
   */
  constructor(options: SessionAccountsOptions) {
    this.#options = options;
    const { secure } = options.context;
    this.features = secure ? [ACCOUNTS_FEATURE] : [];
    this.handlers = {
      "account.register": (params) => this.#register(params),
      "account.login": (params) => this.#login(params),
      "account.resume": (params) => this.#resume(params),
      "account.logout": () => this.#logout(),
      "account.passwd": (params) => this.#passwd(params),
      "account.unregister": (params) => this.#unregister(params),
      "people.since": (params) => this.#since(params),
    };
  }

  /** The session is over. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#options.logins.leave(this.#options.context);
    return Promise.resolve();
  }

  #register({ name, password }: { name: string; password: string }): Promise<LoginResult> {
    const { logins, presence, context } = this.#options;
    const cannot = `Cannot register "${sanitise(name.trim())}"`;
    return this.#inTurn(cannot, () => {
      this.#refuseIfLoggedIn(cannot);
      // It may have ended while this waited for its turn.
      if (presence.personOf(context.session) === undefined) {
        throw refusal("BAD_TOKEN", `${cannot}: the connection is gone.`);
      }
      const isAccount = logins.exists(foldName(name));
      if (!isAccount && logins.isHeldByAnother(context.session, name)) {
        throw refusal("NAME_TAKEN", `${cannot}: somebody is here under that name. Choose another.`);
      }
      return this.#enter(logins.accounts.register({ name, password, address: context.peer.host }));
    });
  }

  #login({ name, password }: { name: string; password: string }): Promise<LoginResult> {
    const { logins, context } = this.#options;
    const cannot = `Cannot log in as "${sanitise(name.trim())}"`;
    return this.#inTurn(cannot, () => {
      if (logins.accountOf(context.session) !== foldName(name)) this.#refuseIfLoggedIn(cannot);
      return this.#enter(logins.accounts.login({ name, password, address: context.peer.host }));
    });
  }

  #resume({ token }: { token: string }): Promise<LoginResult> {
    const { logins } = this.#options;
    const cannot = "Cannot log in again";
    return this.#inTurn(cannot, () => {
      this.#refuseIfLoggedIn(cannot);
      return this.#enter(logins.accounts.resume(token));
    });
  }

  #logout(): Promise<LogoutResult> {
    const { logins, context } = this.#options;
    const cannot = "Cannot log out";
    return this.#inTurn(cannot, async () => await logins.logout(context) ?? notLoggedIn(cannot));
  }

  #passwd({ password, next }: { password: string; next: string }): Promise<LoginResult> {
    const { logins } = this.#options;
    const cannot = "Cannot change the password";
    return this.#inTurn(
      cannot,
      () => this.#enter(logins.accounts.changePassword(this.#own(cannot, password), next)),
    );
  }

  #unregister({ password }: { password: string }): Promise<LogoutResult> {
    const { logins, context } = this.#options;
    const cannot = "Cannot unregister";
    return this.#inTurn(cannot, async () => {
      const own = this.#own(cannot, password);
      await logins.accounts.unregister(own);
      const ended = logins.toGuest(context);
      await this.#options.forget?.(foldName(own.name));
      return ended;
    });
  }

  #since({ seconds, after = 0 }: SinceParams): Promise<SinceResult> {
    const { logins, sees = () => true } = this.#options;
    return this.#kept("Cannot tell who was on", () => {
      const all = logins.since(seconds).filter(({ name }) => sees(name));
      const { page, more } = takePage(all.slice(Math.max(0, after)));
      const next = more ? { next: Math.max(0, after) + page.length } : {};
      return Promise.resolve({ people: page, from: logins.from, ...next });
    });
  }

  /** What the session itself is logged in to. */
  #own(cannot: string, password: string): { name: string; password: string; address: string } {
    const { presence, context } = this.#options;
    const person = presence.personOf(context.session);
    if (!person?.account) return notLoggedIn(cannot);
    return { name: person.name, password, address: context.peer.host };
  }

  async #enter(proof: Promise<Login>): Promise<LoginResult> {
    const { logins, context } = this.#options;
    const login = await proof;
    if (login.problem !== undefined) context.problem(login.problem);
    return { name: await logins.enter(context, login), token: login.token };
  }

  #refuseIfLoggedIn(cannot: string): void {
    const { presence, context } = this.#options;
    const person = presence.personOf(context.session);
    if (person?.account) throw loggedIn(cannot, person.name);
  }

  /** Does one after another: what a session is allowed depends on what became of the one before. */
  #inTurn<T>(cannot: string, work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.#kept(cannot, work));
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Refuses what may be listened to; turns what is refused, and what the store fails with, into an answer. */
  async #kept<T>(cannot: string, work: () => Promise<T>): Promise<T> {
    const { secure, problem } = this.#options.context;
    if (!secure) {
      const why = "this connection is not encrypted. Use one over TLS (hello tells its port)";
      throw refusal("NOT_SECURE", `${cannot}: ${why}.`);
    }
    try {
      return await work();
    } catch (error) {
      if (error instanceof RpcError) throw error;
      if (error instanceof AccountError) throw refusal(error.code, error.message, error.details);
      if (error instanceof PresenceError) throw refusal(error.code, error.message);
      if (!(error instanceof UserError)) throw error;
      problem(error.message);
      const why = "the server could not store it. Tell the server's operator, then try again";
      throw refusal("STORE_FAILED", `${cannot}: ${why}.`);
    }
  }
}

function notLoggedIn(cannot: string): never {
  throw refusal("NOT_LOGGED_IN", `${cannot}: you are not logged in.`);
}
