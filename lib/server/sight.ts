/**
 * Who sees whom: people are not told of those who block them.
 *
 * @module
 */

import type { Blocks } from "../people/blocks.ts";
import { foldName } from "../people/names.ts";
import { changeBetween } from "../people/person.ts";
import type { Person, Presence, PresenceChange, Session } from "../people/presence.ts";

/** What {@linkcode Sight} works with. */
export interface SightOptions {
  /** Who blocks whom. */
  readonly blocks: Blocks;
  /** Who is here. */
  readonly presence: Presence;
}

/**
 * Says what a session may know of others. A name that is an account's is nobody else's, so all goes
 * by names. While nobody blocks anybody it costs nothing.
 */
export class Sight {
  readonly #options: SightOptions;

  /**
   * Makes it for one server.
   *
   * @param options What it works with.
   */
  constructor(options: SightOptions) {
    this.#options = options;
  }

  /**
   * Says whether a session may see that somebody is, or was, on.
   *
   * @param viewer The session.
   * @param name Who, in any spelling.
   * @returns False if that person blocks who looks.
   */
  sees(viewer: Session, name: string): boolean {
    const { blocks, presence } = this.#options;
    return blocks.empty || !blocks.has(foldName(name), presence.keyOf(viewer));
  }

  /**
   * Makes of a change what a session is told of it: nothing of those who block it or whom it blocks.
   *
   * @param viewer The session.
   * @param change What happened.
   * @returns The change itself, most times; another one for somebody who takes a name that is
   *   hidden, or leaves one; undefined for nothing.
   */
  changeFor(viewer: Session, change: PresenceChange): PresenceChange | undefined {
    const { blocks, presence } = this.#options;
    const own = blocks.empty ? undefined : presence.keyOf(viewer);
    if (own === undefined) return change;
    const isHidden = (name: string): boolean => {
      const key = foldName(name);
      return blocks.has(key, own) || blocks.has(own, key);
    };
    const { person, formerly = person.name } = change;
    const hidden = isHidden(person.name);
    if (hidden === isHidden(formerly)) return hidden ? undefined : change;
    return hidden ? changeBetween(before(change), undefined) : changeBetween(undefined, person);
  }

  /**
   * Somebody blocks somebody else from now on, or no longer: for the latter, who blocks goes or comes.
   *
   * @param account Who blocks, by the folded name.
   * @param who Who is blocked, by the folded name.
   * @returns The session that is to be told, and of whom; undefined if one of the two is not on.
   */
  between(
    account: string,
    who: string,
  ): { readonly viewer: Session; readonly person: Person } | undefined {
    const { presence } = this.#options;
    const viewer = presence.holderOf(who);
    const session = presence.holderOf(account);
    const person = session === undefined ? undefined : presence.personOf(session);
    return viewer === undefined || person === undefined ? undefined : { viewer, person };
  }
}

/** Somebody as they were before they changed, as far as that was told of. */
function before({ person, formerly = person.name, account }: PresenceChange): Person {
  const { account: isAccount, ...rest } = person;
  const was = account === undefined ? isAccount : account === "off" || undefined;
  return { ...rest, name: formerly, ...(was === undefined ? {} : { account: was }) };
}
