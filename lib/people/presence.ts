/**
 * Who is here, without sockets or clocks: sessions, the names they hold, what is told of them.
 *
 * @module
 */

import type { Room } from "../directory/room.ts";
import { ANONYMOUS, checkPersonName, foldName, PresenceError } from "./names.ts";
import {
  changeBetween,
  type Claim,
  isSameRoom,
  type Person,
  type PresenceChange,
  type Session,
} from "./person.ts";
import { type ClaimedName, HeldNames } from "./held_names.ts";
import { RoomCounts } from "./room_counts.ts";

export type { Claim, Person, PresenceChange, Session } from "./person.ts";

interface Entry {
  /** Which number of all that came. */
  readonly number: number;
  person: Person;
  /** The folded name it holds, if it holds one. */
  key: string | undefined;
  secret: string | undefined;
  /** What it was called before it logged in, and will be again. */
  guest?: string | undefined;
}

/** What {@linkcode Presence} goes by. */
export interface PresenceOptions {
  /**
   * Says whether a name, as `foldName()` has it, is for nobody who has not logged in to it.
   *
   * @default None is.
   */
  readonly isReserved?: (key: string) => boolean;
}

/**
 * The people of one server. A name is held by one session at a time, however it is spelt (see
 * `foldName()`); who lost a connection that the server still takes for alive gets the name back with the secret of
 * the lost session - but not that of an account, which only a login gives.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { PresenceError } from "./names.ts";
 *
 * const presence = new Presence();
 * presence.enter({ address: "10.0.0.5" }, { name: "Mel", now: 0 });
 * const other = { address: "10.0.0.6" };
 * const error = assertThrows(() => presence.enter(other, { name: "mel", now: 1 }), PresenceError);
 * assertEquals((error as PresenceError).suggestion, "mel2");
 * ```
 */
export class Presence {
  readonly #entries = new Map<Session, Entry>();
  readonly #names: HeldNames<Session>;
  readonly #listeners = new Set<(change: PresenceChange) => void>();
  readonly #members = new RoomCounts();
  #arrivals = 0;

  /**
   * Begins with nobody.
   *
   * @param options What it goes by.
   */
  constructor(options: PresenceOptions = {}) {
    this.#names = new HeldNames(options.isReserved ?? (() => false));
  }

  /** How many sessions there are. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * A session begins, or begins anew with a name. One that is logged in keeps the account's name.
   *
   * @param session The session.
   * @param options Its name if it has one, how it claims it, and the time in milliseconds since 1970.
   * @returns The person.
   * @throws {PresenceError} If the name is no legal one or somebody else holds it; nothing changes.
   */
  enter(
    session: Session,
    options: Claim & { name?: string | undefined; now: number },
  ): Person {
    const { name, secret, now } = options;
    const before = this.#entries.get(session);
    if (before?.person.account) {
      if (name !== undefined) refuseOther(before, name);
      this.touch(session, now);
      before.secret = secret;
      return before.person;
    }
    const claimed = name === undefined ? undefined : this.#claim(session, name, options);
    const person: Person = {
      ...(before?.person ?? { address: session.address, since: now }),
      name: claimed?.name ?? ANONYMOUS + session.address,
      active: now,
    };
    const number = before?.number ?? ++this.#arrivals;
    this.#put(session, { number, person, key: claimed?.key, secret });
    return person;
  }

  /**
   * A session takes another name.
   *
   * @param session The session; must have entered.
   * @param name The new name.
   * @param now The time in milliseconds since 1970.
   * @returns The person.
   * @throws {PresenceError} If the name is no legal one or somebody else holds it; nothing changes.
   */
  rename(session: Session, name: string, now: number): Person {
    return this.enter(session, { name, secret: this.#entries.get(session)?.secret, now });
  }

  /**
   * A session has logged in: it has the account's name, whatever it was called.
   *
   * @param session The session; must have entered.
   * @param name The account's name. Nobody else may hold it.
   * @param now The time in milliseconds since 1970.
   * @returns The person.
   */
  logIn(session: Session, name: string, now: number): Person {
    const before = this.#entries.get(session)!;
    const guest = before.person.account ? before.guest : before.key && before.person.name;
    const person: Person = { ...before.person, name, active: now, account: true };
    this.#put(session, { ...before, key: foldName(name), person, guest });
    return person;
  }

  /**
   * A session has an account no longer: it is called as before, or similarly if that is taken.
   *
   * @param session The session; one that has not logged in stays as it is.
   * @param now The time in milliseconds since 1970.
   * @returns The person; undefined if the session has left.
   */
  logOut(session: Session, now: number): Person | undefined {
    const before = this.#entries.get(session);
    if (!before?.person.account) return before?.person;
    const { account: _gone, ...rest } = before.person;
    const claim = this.#claim(session, before.guest ?? rest.name, { orSimilar: true });
    const person: Person = { ...rest, name: claim.name, active: now };
    this.#put(session, { ...before, key: claim.key, person, guest: undefined });
    return person;
  }

  /**
   * A session says which room it is in. To say it again is a sign of life and nothing more.
   *
   * @param session The session; unknown ones are ignored.
   * @param room The room, or undefined for none.
   * @param now The time in milliseconds since 1970.
   */
  move(session: Session, room: Room | undefined, now: number): void {
    const entry = this.#entries.get(session);
    if (entry === undefined) return;
    if (isSameRoom(entry.person.room, room)) return this.touch(session, now);
    const { room: _left, ...rest } = entry.person;
    const person = { ...rest, active: now, ...(room === undefined ? {} : { room }) };
    this.#put(session, { ...entry, person });
  }

  /**
   * A session did something.
   *
   * @param session The session; unknown ones are ignored.
   * @param now The time in milliseconds since 1970.
   */
  touch(session: Session, now: number): void {
    const entry = this.#entries.get(session);
    // In place and told to nobody: it happens at every request.
    if (entry !== undefined) (entry.person as { active: number }).active = now;
  }

  /**
   * A session ended; its name is free.
   *
   * @param session The session; unknown ones are ignored, so it may be called twice.
   */
  leave(session: Session): void {
    const entry = this.#entries.get(session);
    if (entry === undefined) return;
    this.#entries.delete(session);
    this.#names.change(entry.key, undefined, session);
    this.#members.add(entry.person.room, -1);
    this.#tell(entry, undefined);
  }

  /**
   * Lists the people, in the order they came.
   *
   * @returns Everybody.
   */
  people(): Person[] {
    return Array.from(this.#entries.values(), ({ person }) => person);
  }

  /**
   * Goes through the people, in the order they came.
   *
   * @param number Only those who came after this number.
   * @returns Each with its number.
   */
  *peopleAfter(number: number): Iterable<readonly [number: number, person: Person]> {
    for (const entry of this.#entries.values()) {
      if (entry.number > number) yield [entry.number, entry.person];
    }
  }

  /**
   * Looks a session up.
   *
   * @param session The session.
   * @returns How others see it; undefined if it has not entered or has left.
   */
  personOf(session: Session): Person | undefined {
    return this.#entries.get(session)?.person;
  }

  /**
   * Finds who has a name.
   *
   * @param name The name, in any spelling that is the same name.
   * @returns The session that holds it; undefined if nobody does.
   */
  holderOf(name: string): Session | undefined {
    return this.#names.holderOf(foldName(name));
  }

  /**
   * Says by what a session is known.
   *
   * @param session The session.
   * @returns The name it holds, as `foldName()` has it; undefined if it holds none.
   */
  keyOf(session: Session): string | undefined {
    return this.#entries.get(session)?.key;
  }

  /**
   * Counts those who say that they are in a room. A room that is made anew elsewhere under the same
   * name begins without members: those of the old one do not hear what is said in it.
   *
   * @param room The room: its name, its address and its port count.
   * @returns How many the server knows of; others may be there without a session.
   */
  membersOf(room: Room): number {
    return this.#members.of(room);
  }

  /**
   * Reports changes from now on, in order.
   *
   * @param listener Called with each change; must not throw.
   * @returns Stops the reports when disposed.
   */
  watch(listener: (change: PresenceChange) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Finds a name to have; displaces the holder if that is an earlier self. */
  #claim(session: Session, wanted: string, { secret, orSimilar }: Claim): ClaimedName<Session> {
    const claimed = this.#names.claim(wanted, {
      by: session,
      // A guest who has a name keeps it while registering it; who logs out does not.
      keepsReserved: !this.#entries.get(session)?.person.account,
      orSimilar,
      isSelf: (holder) => secret !== undefined && this.#entries.get(holder)?.secret === secret,
    });
    if (claimed.from !== undefined) {
      this.leave(claimed.from);
      claimed.from.displaced?.();
    }
    return claimed;
  }

  #put(session: Session, entry: Entry): void {
    const before = this.#entries.get(session);
    this.#names.change(before?.key, entry.key, session);
    this.#entries.set(session, entry);
    this.#members.add(before?.person.room, -1);
    this.#members.add(entry.person.room, 1);
    this.#tell(before, entry);
  }

  #tell(before: Entry | undefined, after: Entry | undefined): void {
    const change = changeBetween(namedIn(before), namedIn(after));
    if (change === undefined) return;
    for (const listener of this.#listeners) listener(change);
  }
}

/** Whoever has an account is called by its name. */
function refuseOther({ key, person }: Entry, wanted: string): void {
  const name = checkPersonName(wanted);
  if (foldName(name) === key) return;
  const why = `you are logged in as "${person.name}". Log out first`;
  throw new PresenceError("LOGGED_IN", `Cannot use the name "${name}": ${why}.`);
}

/** Clients without a name are listed and not announced: some come for one question only. */
function namedIn(entry: Entry | undefined): Person | undefined {
  return entry?.key === undefined ? undefined : entry.person;
}
