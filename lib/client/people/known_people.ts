/**
 * The names of those who are on, for Tab and for names with spaces.
 *
 * @module
 */

import { ANONYMOUS } from "../../people/names.ts";
import type { RoomDirectory } from "../room_directory.ts";
import type { ServerLink } from "../server_link.ts";

/** How long a list is good for Tab, in milliseconds: it may be pressed often. */
const FRESH = 2_000;

/** How long Tab waits for the names, in milliseconds. */
const TAB_PATIENCE = 2_000;

/** What {@linkcode KnownPeople} work with. */
export interface KnownPeopleOptions {
  /** The connection. */
  readonly link: Pick<ServerLink, "use" | "directory">;
  /** The names of the others in the room one is in. */
  readonly members: () => readonly string[];
  /** The time in milliseconds. */
  readonly now: () => number;
}

/** Asks the server who is on. */
export class KnownPeople {
  readonly #options: KnownPeopleOptions;
  #names: readonly string[] = [];
  #from: RoomDirectory | undefined;
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

  /** The names that the server told last, whoever asked. */
  get told(): readonly string[] {
    return this.#names;
  }

  /**
   * Names those who are on, and in the room, for Tab: as they were at most two seconds ago.
   *
   * @returns The names; a promise, which does not reject, if the server is asked.
   */
  names(): readonly string[] | Promise<readonly string[]> {
    const { link, members, now } = this.#options;
    const { directory } = link;
    if (directory?.people === undefined) return members();
    if (directory === this.#from && now() - this.#at < FRESH) return this.#all();
    this.#asking ??= this.#ask(directory, AbortSignal.timeout(TAB_PATIENCE))
      // Whoever asks with a command is told why.
      .catch(() => {})
      .then(() => {
        this.#asking = undefined;
        return this.#all();
      });
    return this.#asking;
  }

  /**
   * Names those who are on, and in the room, as they are now: a message must not go to another one
   * since a name was not known.
   *
   * @param action What for, to stand after `Cannot `.
   * @param signal Gives up.
   * @returns The names.
   * @throws {UserError} If the server cannot be asked.
   */
  async fresh(action: string, signal: AbortSignal): Promise<readonly string[]> {
    await this.#ask(await this.#options.link.use(action, signal), signal);
    return this.#all();
  }

  async #ask(directory: RoomDirectory, signal: AbortSignal): Promise<void> {
    const list = await directory.people?.list(signal) ?? [];
    this.#names = list.map(({ name }) => name).filter((name) => !name.startsWith(ANONYMOUS));
    this.#from = directory;
    this.#at = this.#options.now();
  }

  #all(): readonly string[] {
    return [...new Set([...this.#names, ...this.#options.members()])];
  }
}
