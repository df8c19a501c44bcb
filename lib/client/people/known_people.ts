/**
 * The names of those who are on, for Tab and for names with spaces.
 *
 * @module
 */

import { ANONYMOUS } from "../../people/names.ts";
import type { RoomDirectory } from "../room_directory.ts";

/** How long a list is good for, in milliseconds: Tab may be pressed often. */
const FRESH = 2_000;

/** How long a command waits for the names, in milliseconds: they are a help and no more. */
export const NAMES_PATIENCE = 2_000;

/** What {@linkcode KnownPeople} work with. */
export interface KnownPeopleOptions {
  /** The directory one is connected to now. */
  readonly directory: () => Pick<RoomDirectory, "people"> | undefined;
  /** The names of the others in the room one is in. */
  readonly members: () => readonly string[];
  /** The time in milliseconds. */
  readonly now: () => number;
}

/** Asks the server who is on, not too often. */
export class KnownPeople {
  readonly #options: KnownPeopleOptions;
  #names: readonly string[] = [];
  #from: Pick<RoomDirectory, "people"> | undefined;
  #at = -Infinity;
  #asking: Promise<readonly string[]> | undefined;

  /**
   * Begins with nobody.
   *
   * @param options What they work with.
   */
  constructor(options: KnownPeopleOptions) {
    this.#options = options;
  }

  /**
   * Names those who are on, and in the room.
   *
   * @returns The names; a promise, which does not reject, if the server is asked.
   */
  names(): readonly string[] | Promise<readonly string[]> {
    const { directory, members, now } = this.#options;
    const current = directory();
    const people = current?.people;
    if (people === undefined) return members();
    if (current === this.#from && now() - this.#at < FRESH) return this.#all();
    this.#asking ??= people.list(AbortSignal.timeout(NAMES_PATIENCE)).then((list) => {
      this.#names = list.map(({ name }) => name).filter((name) => !name.startsWith(ANONYMOUS));
      this.#from = current;
      this.#at = now();
    }, () => {
      // Whoever asks with a command is told why.
    }).then(() => {
      this.#asking = undefined;
      return this.#all();
    });
    return this.#asking;
  }

  #all(): readonly string[] {
    return [...new Set([...this.#names, ...this.#options.members()])];
  }
}
