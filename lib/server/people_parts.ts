/**
 * What a server has for its people: who is here, who is logged in, mail, blocks, the way to each other.
 *
 * @module
 */

import type { Accounts } from "../people/accounts.ts";
import { Blocks } from "../people/blocks.ts";
import type { MailStore } from "../people/mail.ts";
import { MemoryMailStore } from "../people/memory_mail_store.ts";
import { foldName } from "../people/names.ts";
import { Presence } from "../people/presence.ts";
import { Logins, type LoginsOptions } from "./logins.ts";
import { PeerExchange } from "./peer_exchange.ts";
import { type MailAccounts, PostOffice } from "./post_office.ts";
import { SessionAccounts } from "./session_accounts.ts";
import { SessionBlocks } from "./session_blocks.ts";
import { SessionMail } from "./session_mail.ts";
import type { SessionContext, SessionPart } from "./session_part.ts";
import { SessionPeers } from "./session_peers.ts";
import { Sight } from "./sight.ts";

/** What people may have. */
export interface PeopleOptions {
  /**
   * The accounts.
   *
   * @default There are none: everybody is a guest.
   */
  readonly accounts?: Accounts;
  /** How logins end. */
  readonly logins?: Pick<LoginsOptions, "singleSession" | "idleTimeout">;
  /**
   * Where messages and blocks are kept.
   *
   * @default In memory.
   */
  readonly mail?: { readonly store: MailStore; readonly blocks: Blocks };
}

/** The parts that all sessions of a server share for their people. */
export class PeopleParts implements AsyncDisposable {
  /** Who is here. */
  readonly presence: Presence;
  /** Who blocks whom. */
  readonly blocks: Blocks;
  /** Who sees whom. */
  readonly sight: Sight;
  readonly #mail: MailStore;
  readonly #accounts: MailAccounts;
  readonly #logins: Logins | undefined;
  readonly #office: PostOffice;
  readonly #peers: PeerExchange;

  /**
   * Makes them, with nobody here.
   *
   * @param options What people may have.
   * @param problem Tells the operator of a mishap.
   */
  constructor(options: PeopleOptions, problem: (what: string) => void) {
    const { accounts } = options;
    const now = Date.now;
    const exists = (key: string): boolean => accounts?.has(key) ?? false;
    const presence = this.presence = new Presence({ isReserved: exists });
    const { store, blocks } = options.mail ?? memoryMail();
    this.#mail = store;
    this.blocks = blocks;
    this.sight = new Sight({ blocks, presence });
    this.#logins = accounts && new Logins({ ...options.logins, accounts, presence, now });
    this.#accounts = {
      accountOf: (session) => this.#logins?.accountOf(session),
      sessionOf: (account) => this.#logins?.sessionOf(account),
      exists,
    };
    this.#office = new PostOffice({
      ...{ store, blocks, presence, problem, now },
      accounts: this.#accounts,
    });
    this.#peers = new PeerExchange({
      presence,
      isBlocked: (by, who) => blocks.has(foldName(by), foldName(who)),
      hasAccount: (name) => exists(foldName(name)),
    });
  }

  /**
   * Makes what serves a session.
   *
   * @param context The session.
   * @returns Its parts.
   */
  partsOf(context: SessionContext): SessionPart[] {
    const { presence, blocks } = this;
    const accounts = this.#accounts;
    return [
      ...this.#accountsOf(context),
      new SessionPeers(context, this.#peers),
      new SessionMail({ context, office: this.#office, presence }),
      new SessionBlocks({ context, blocks, accounts }),
    ];
  }

  /** Looks whose time is over. To be called each second. */
  check(): void {
    this.#logins?.check();
  }

  /** Waits for what is being delivered; the sessions must have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#office[Symbol.asyncDispose]();
    this.#logins?.[Symbol.dispose]();
  }

  #accountsOf(context: SessionContext): SessionPart[] {
    const logins = this.#logins;
    if (logins === undefined) return [];
    const { presence, sight } = this;
    const sees = (name: string): boolean => sight.sees(context.session, name);
    const forget = async (key: string): Promise<void> => {
      this.blocks.forget(key);
      await this.#mail.forget(key);
    };
    return [new SessionAccounts({ context, logins, presence, sees, forget })];
  }
}

/** Where messages and blocks are when nobody says where. */
function memoryMail(): NonNullable<PeopleOptions["mail"]> {
  const store = new MemoryMailStore();
  return { store, blocks: new Blocks(store) };
}
