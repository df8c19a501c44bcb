/**
 * Who listens for other clients, and who asks whom: what all sessions of a server share.
 *
 * @module
 */

import type { Presence, Session } from "../people/presence.ts";
import { PrivateAsks } from "../people/private_asks.ts";
import { type Clock, SYSTEM_CLOCK } from "../rpc/ports.ts";
import type { SessionContext } from "./session_part.ts";

/** Who is asked: a session, or a folded name that is never asked, whoever has it. */
export type Asked = Session | string;

/** A session that listens. */
export interface Listening {
  /** The session, and how to reach its client. */
  readonly context: SessionContext;
  /** The TCP port. */
  readonly port: number;
  /** The certificate, in PEM. */
  readonly certificate: string;
  /** The key of the tickets to it. */
  readonly key: Uint8Array;
}

/** What a {@linkcode PeerExchange} works with. */
export interface PeerExchangeOptions {
  /** Who is here. */
  readonly presence: Presence;
  /**
   * Says whether the account of one name has blocked whoever has another one.
   *
   * @default Nobody has.
   */
  readonly isBlocked?: (by: string, who: string) => boolean | Promise<boolean>;
  /**
   * Says whether there is an account of that name.
   *
   * @default There is none.
   */
  readonly hasAccount?: (name: string) => boolean | Promise<boolean>;
  /**
   * Says whether somebody has logged in: then nobody else can have the name.
   *
   * @default What is known of who is here.
   */
  readonly isLoggedIn?: (session: Session) => boolean;
  /**
   * What time limits go by.
   *
   * @default {SYSTEM_CLOCK}
   */
  readonly clock?: Clock;
  /**
   * Chance, in [0, 1).
   *
   * @default {Math.random}
   */
  readonly random?: () => number;
}

/** What the sessions of a server know of each other's ports and questions. */
export class PeerExchange {
  /** Who is here. */
  readonly presence: Presence;
  /** Says whether the account of one name has blocked whoever has another one. */
  readonly isBlocked: (by: string, who: string) => boolean | Promise<boolean>;
  /** Says whether there is an account of that name. */
  readonly hasAccount: (name: string) => boolean | Promise<boolean>;
  /** Says whether somebody has logged in. */
  readonly isLoggedIn: (session: Session) => boolean;
  /** What time limits go by. */
  readonly clock: Clock;
  /** Chance, in [0, 1). */
  readonly random: () => number;
  /** The questions that wait. */
  readonly asks: PrivateAsks<Asked> = new PrivateAsks(() => crypto.randomUUID());
  readonly #listening = new Map<Session, Listening>();

  /**
   * Begins with nobody.
   *
   * @param options What it works with.
   */
  constructor(options: PeerExchangeOptions) {
    this.presence = options.presence;
    this.isBlocked = options.isBlocked ?? (() => false);
    this.hasAccount = options.hasAccount ?? (() => false);
    this.isLoggedIn = options.isLoggedIn ??
      ((session) => this.presence.personOf(session)?.account === true);
    this.clock = options.clock ?? SYSTEM_CLOCK;
    this.random = options.random ?? Math.random;
  }

  /**
   * A session listens, from now on with these particulars.
   *
   * @param listening The particulars.
   */
  listen(listening: Listening): void {
    this.#listening.set(listening.context.session, listening);
  }

  /**
   * Looks a session up.
   *
   * @param session The session.
   * @returns How it listens, if it does.
   */
  listeningOf(session: Session): Listening | undefined {
    return this.#listening.get(session);
  }

  /**
   * A session has ended.
   *
   * @param session The session.
   */
  leave(session: Session): void {
    this.#listening.delete(session);
    this.asks.leave(session);
  }
}
