/**
 * Which sessions are logged in to which accounts: one each.
 *
 * @module
 */

import { reasonOf } from "../errors.ts";
import type {
  EndedLoginParams,
  IdleParams,
  LogoutResult,
  RecentPerson,
} from "../people/account_methods.ts";
import type { Accounts } from "../people/accounts.ts";
import type { Login } from "../people/accounts_options.ts";
import type { Presence, Session } from "../people/presence.ts";
import { RecentPeople } from "../people/recent_people.ts";
import { formatNotification } from "../rpc/message.ts";
import { refusal } from "../rpc/rpc_error.ts";
import type { SessionContext } from "./session_part.ts";

/** How long before its end somebody idle is warned, in milliseconds; half of the time if that is less. */
const WARNING = 60_000;

/** How often the token of somebody who stays is made to last, in milliseconds. */
const REFRESH = 3_600_000;

/** What {@linkcode Logins} need of a session. */
export type LoginContext = Pick<SessionContext, "session" | "post" | "close" | "problem">;

/** What {@linkcode Logins} work with. */
export interface LoginsOptions {
  /** The accounts. */
  readonly accounts: Accounts;
  /** Who is here. */
  readonly presence: Presence;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
  /**
   * Whether who is on stays on when the account is logged in to elsewhere.
   *
   * @default {false}
   */
  readonly singleSession?: boolean | undefined;
  /**
   * Milliseconds of doing nothing after which one is logged off; 0 for never.
   *
   * @default {0}
   */
  readonly idleTimeout?: number | undefined;
}

/** A session that is logged in. */
interface Seat {
  readonly context: LoginContext;
  readonly key: string;
  /** When the account was made. */
  readonly since: number;
  readonly token: string;
  refreshed: number;
  /** The last sign of life before a warning. */
  warned: number | undefined;
}

/** The logins of one server. */
export class Logins {
  readonly #options: LoginsOptions;
  readonly #seats = new Map<Session, Seat>();
  readonly #byKey = new Map<string, Seat>();
  readonly #recent = new RecentPeople();
  readonly #watch: Disposable;
  /** Since when this server runs, in milliseconds since 1970. */
  readonly from: number;

  /**
   * Begins without any.
   *
   * @param options What they work with.
   */
  constructor(options: LoginsOptions) {
    this.#options = options;
    this.from = options.now();
    this.#watch = options.presence.watch((change) => this.#recent.note(change, options.now()));
  }

  /** The accounts. */
  get accounts(): Accounts {
    return this.#options.accounts;
  }

  /**
   * Says which account a session is logged in to.
   *
   * @param session The session.
   * @returns The account's key; undefined for a guest.
   */
  accountOf(session: Session): string | undefined {
    return this.#seats.get(session)?.key;
  }

  /**
   * Says since when the account of a session exists.
   *
   * @param session The session.
   * @returns When it was made, in milliseconds since 1970; undefined for a guest.
   */
  accountSince(session: Session): number | undefined {
    return this.#seats.get(session)?.since;
  }

  /**
   * Finds the session that is logged in to an account.
   *
   * @param key The account's key.
   * @returns The session; undefined if nobody is.
   */
  sessionOf(key: string): Session | undefined {
    return this.#byKey.get(key)?.context.session;
  }

  /**
   * Says whether there is an account.
   *
   * @param key Its key.
   * @returns True if there is.
   */
  exists(key: string): boolean {
    return this.#options.accounts.has(key);
  }

  /**
   * Says whether somebody else is here under a name, as a guest.
   *
   * @param session Who asks.
   * @param name The name.
   * @returns True if so.
   */
  isHeldByAnother(session: Session, name: string): boolean {
    const holder = this.#options.presence.holderOf(name);
    return holder !== undefined && holder !== session;
  }

  /**
   * A session has proved whose it is.
   *
   * @param context The session.
   * @param login What it proved.
   * @returns What the session is called from now on.
   * @throws {RpcError} If somebody else is on and goes first, or the session is logged in to another
   *   account or over; then the token has ended, unless it is somebody else's.
   */
  async enter(context: LoginContext, { account, token }: Login): Promise<string> {
    const { accounts, presence, singleSession, now } = this.#options;
    const { session } = context;
    const { key, name, since } = account;
    const cannot = `Cannot log in as "${name}"`;
    const own = this.#seats.get(session);
    const other = this.#byKey.get(key);
    const isElsewhere = other !== undefined && other !== own;
    if (presence.personOf(session) === undefined || !accounts.has(key)) {
      await accounts.logout(token);
      throw refusal("BAD_TOKEN", `${cannot}: the connection or the account is gone.`);
    }
    if (own !== undefined && own.key !== key) {
      await accounts.logout(token);
      throw loggedIn(cannot, presence.personOf(session)!.name);
    }
    if (isElsewhere && other.token !== token && singleSession) {
      await accounts.logout(token);
      const why = "the account is logged in elsewhere, and this server lets that one stay";
      throw refusal("ELSEWHERE", `${cannot}: ${why}. Log out there, or wait until it is off.`);
    }
    if (isElsewhere) this.#displace(other, token);
    this.#sit({ context, key, since, token, refreshed: now(), warned: undefined });
    presence.logIn(session, name, now());
    // Another login of the same session: the last one counts.
    if (own !== undefined && own.token !== token) this.#tell(own, accounts.logout(own.token));
    return name;
  }

  /**
   * A session logs out and goes on as a guest.
   *
   * @param context The session.
   * @returns What it is called from now on; undefined if it was not logged in.
   * @throws {UserError} If the store fails; then it is logged in as before.
   */
  async logout(context: LoginContext): Promise<LogoutResult | undefined> {
    const seat = this.#seats.get(context.session);
    if (seat === undefined) return undefined;
    // The store first: if it fails, nothing has changed.
    await this.#options.accounts.logout(seat.token);
    return this.toGuest(context);
  }

  /**
   * A session goes on as a guest: its account is gone, or its token has ended.
   *
   * @param context The session.
   * @returns What it is called from now on.
   */
  toGuest({ session }: LoginContext): LogoutResult {
    const seat = this.#seats.get(session);
    if (seat !== undefined) return this.#rise(seat);
    return { name: this.#options.presence.personOf(session)?.name ?? "" };
  }

  /**
   * A session is over. Its token lives on: the client may come back.
   *
   * @param context The session.
   */
  leave({ session }: LoginContext): void {
    const seat = this.#seats.get(session);
    if (seat === undefined) return;
    this.#forget(seat);
    this.#refresh(seat);
  }

  /**
   * Tells who was on.
   *
   * @param seconds How far back, in seconds.
   * @returns Those who are on, then the others, the last who left first.
   */
  since(seconds: number): RecentPerson[] {
    const now = this.#options.now();
    return this.#recent.since(now - seconds * 1000, now);
  }

  /** Warns and logs off who does nothing; keeps alive the tokens of those who stay. To be called each second. */
  check(): void {
    const { presence, now, idleTimeout = 0 } = this.#options;
    const time = now();
    for (const seat of this.#seats.values()) {
      if (time - seat.refreshed >= REFRESH) this.#refresh(seat);
      const active = presence.personOf(seat.context.session)?.active;
      if (idleTimeout > 0 && active !== undefined) {
        this.#watchIdle(seat, active, idleTimeout);
      }
    }
  }

  /** Stops listening to who is here. */
  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
  }

  #watchIdle(seat: Seat, active: number, timeout: number): void {
    const idle = this.#options.now() - active;
    if (idle >= timeout) return this.#end(seat, "idle");
    const left = timeout - idle;
    if (left > Math.min(WARNING, timeout / 2) || seat.warned === active) return;
    seat.warned = active;
    const params: IdleParams = { seconds: Math.ceil(left / 1000) };
    seat.context.post(formatNotification("account.idle", params));
  }

  /** Another session has the account from now on. */
  #displace(seat: Seat, token: string): void {
    // The same client, whose connection was lost without a word.
    if (seat.token !== token) return this.#end(seat, "elsewhere");
    this.#forget(seat);
    this.#options.presence.leave(seat.context.session);
    seat.context.close("the same client connected again");
  }

  /** Makes a session a guest's, and tells it. */
  #end(seat: Seat, why: EndedLoginParams["why"]): void {
    const params: EndedLoginParams = { why, ...this.#rise(seat) };
    seat.context.post(formatNotification("account.ended", params));
    this.#tell(seat, this.#options.accounts.logout(seat.token));
  }

  #sit(seat: Seat): void {
    this.#seats.set(seat.context.session, seat);
    this.#byKey.set(seat.key, seat);
  }

  /** Ends a login; the session goes on. */
  #rise(seat: Seat): LogoutResult {
    const { presence, now } = this.#options;
    this.#forget(seat);
    return { name: presence.logOut(seat.context.session, now())?.name ?? "" };
  }

  #forget(seat: Seat): void {
    this.#seats.delete(seat.context.session);
    if (this.#byKey.get(seat.key) === seat) this.#byKey.delete(seat.key);
  }

  #refresh(seat: Seat): void {
    seat.refreshed = this.#options.now();
    this.#tell(seat, this.#options.accounts.refresh(seat.token));
  }

  /** Nobody waits for it; the operator can do something if it fails. */
  #tell({ context }: Seat, work: Promise<void>): void {
    work.catch((error) => context.problem(reasonOf(error)));
  }
}

/**
 * Makes the error of a session that is logged in already.
 *
 * @param cannot The beginning of the sentence.
 * @param name As whom.
 * @returns The error.
 */
export function loggedIn(cannot: string, name: string): Error {
  return refusal("LOGGED_IN", `${cannot}: you are logged in as "${name}". Log out first.`);
}
