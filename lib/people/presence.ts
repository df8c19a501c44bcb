/**
 * Who is here, without sockets or clocks: sessions, the names they hold, what is told of them.
 *
 * @module
 */

import { endpointOf, type Room } from "../directory/room.ts";
import { ANONYMOUS, checkPersonName, foldName, NameSuggestions, PresenceError } from "./names.ts";

/** One connected client as others see it. */
export interface Person {
  /** The name it holds, or `anonymous@` and its address. */
  readonly name: string;
  /** The IP address it comes from. */
  readonly address: string;
  /** Since when, in milliseconds since 1970. */
  readonly since: number;
  /** When it last did something, in milliseconds since 1970. */
  readonly active: number;
  /** The room it says it is in, as it was then: a room of that name may be another one later. */
  readonly room?: Room;
  /** Whether somebody logged in: then the name is the account's. */
  readonly account?: true;
}

/** One change of who is here; only people with a name are reported. */
export interface PresenceChange {
  /** What happened; a new name or room is `changed`. */
  readonly kind: "came" | "left" | "changed";
  /** The person, after the change (before it, for `left`). */
  readonly person: Person;
  /** The name before the change, if it is another one. */
  readonly formerly?: string;
}

/** A session: what stands for one connection while it lasts. Compared by identity. */
export interface Session {
  /** The address it comes from. */
  readonly address: string;
  /** Called when another connection with the same secret takes the name over. */
  readonly displaced?: () => void;
}

/** How a session claims a name. */
export interface Claim {
  /** With it, the name is taken over from a session that gave the same one. Kept for that. */
  readonly secret?: string | undefined;
  /** Whether a similar name will do if somebody else holds this one. */
  readonly orSimilar?: boolean | undefined;
}

interface Entry {
  /** Which number of all that came. */
  readonly number: number;
  person: Person;
  /** The folded name it holds, if it holds one. */
  key: string | undefined;
  secret: string | undefined;
}

/**
 * The people of one server. A name is held by one session at a time, however it is spelt (see
 * `foldName()`); who lost a connection that the server still takes for alive gets the name back with the secret of
 * the lost session.
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
  readonly #byName = new Map<string, Session>();
  readonly #suggestions = new NameSuggestions((key) => this.#byName.has(key));
  readonly #listeners = new Set<(change: PresenceChange) => void>();
  /** By `keyOf()` of the room. */
  readonly #members = new Map<string, number>();
  #arrivals = 0;

  /** How many sessions there are. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * A session begins, or begins anew with a name.
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
    const claimed = name === undefined ? undefined : this.#claim(session, name, options);
    const before = this.#entries.get(session);
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
   * A session says which room it is in. To say it again is a sign of life and nothing more.
   *
   * @param session The session; unknown ones are ignored.
   * @param room The room, or undefined for none.
   * @param now The time in milliseconds since 1970.
   */
  move(session: Session, room: Room | undefined, now: number): void {
    const entry = this.#entries.get(session);
    if (entry === undefined) return;
    if (isSame(entry.person.room, room)) return this.touch(session, now);
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
    if (entry.key !== undefined) this.#byName.delete(entry.key);
    this.#count(entry.person.room, -1);
    if (entry.key !== undefined) this.#tell({ kind: "left", person: entry.person });
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
    return this.#byName.get(foldName(name));
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
    return this.#members.get(keyOf(room)) ?? 0;
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

  /** Checks a name and who holds it; displaces the holder if that is an earlier self. */
  #claim(
    session: Session,
    wanted: string,
    { secret, orSimilar }: Claim,
  ): { name: string; key: string } {
    const name = checkPersonName(wanted);
    const key = foldName(name);
    const holder = this.#byName.get(key);
    if (holder === undefined || holder === session) return { name, key };
    const known = this.#entries.get(holder)?.secret;
    if (secret === undefined || known !== secret) {
      const suggestion = this.#suggestions.next(name);
      if (orSimilar) return { name: suggestion, key: foldName(suggestion) };
      throw new PresenceError(
        "NAME_TAKEN",
        `Cannot use the name "${name}": somebody has it. "${suggestion}" is free.`,
        suggestion,
      );
    }
    this.leave(holder);
    holder.displaced?.();
    return { name, key };
  }

  #put(session: Session, entry: Entry): void {
    const before = this.#entries.get(session);
    if (before?.key !== undefined) this.#byName.delete(before.key);
    if (entry.key !== undefined) this.#byName.set(entry.key, session);
    this.#entries.set(session, entry);
    this.#count(before?.person.room, -1);
    this.#count(entry.person.room, 1);
    const { person } = entry;
    // Clients without a name are listed and not announced: some come for one question only.
    if (entry.key === undefined) {
      if (before?.key !== undefined) this.#tell({ kind: "left", person: before.person });
      return;
    }
    if (before?.key === undefined) return this.#tell({ kind: "came", person });
    const formerly = before.person.name;
    if (formerly === person.name && isSame(before.person.room, person.room)) return;
    this.#tell({ kind: "changed", person, ...(formerly === person.name ? {} : { formerly }) });
  }

  #count(room: Room | undefined, by: 1 | -1): void {
    if (room === undefined) return;
    const key = keyOf(room);
    const count = (this.#members.get(key) ?? 0) + by;
    if (count === 0) this.#members.delete(key);
    else this.#members.set(key, count);
  }

  #tell(change: PresenceChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** A room's name holds no white space. */
function keyOf(room: Room): string {
  return `${room.name} ${endpointOf(room)}`;
}

function isSame(a: Room | undefined, b: Room | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a === b || keyOf(a) === keyOf(b);
}
