/**
 * The names of the rooms that the client has seen, for Tab.
 *
 * @module
 */

import type { RoomChange } from "../directory/room_methods.ts";
import type { ListedRoom, RoomDirectory } from "./room_directory.ts";

/** What was listed last, and what has changed since. */
export class KnownRooms {
  readonly #directory: () => Pick<RoomDirectory, "where" | "list"> | undefined;
  #names = new Set<string>();
  /** Whose rooms these are. */
  #where: string | undefined;
  #asking: Promise<readonly string[]> | undefined;

  /**
   * Makes it, without rooms.
   *
   * @param directory The directory one is connected to now.
   */
  constructor(directory: () => Pick<RoomDirectory, "where" | "list"> | undefined) {
    this.#directory = directory;
  }

  /**
   * Names the rooms. Only if none is known, the server is asked.
   *
   * @returns The names; a promise, which does not reject, if the server is asked.
   */
  names(): readonly string[] | Promise<readonly string[]> {
    const directory = this.#directory();
    const isOther = directory !== undefined && directory.where !== this.#where;
    if (isOther) this.#names.clear();
    if (directory === undefined || this.#names.size > 0) return [...this.#names];
    return this.#asking ??= this.#ask(directory);
  }

  /**
   * A listing came.
   *
   * @param rooms All rooms.
   */
  listed(rooms: readonly Pick<ListedRoom, "name">[]): void {
    this.#where = this.#directory()?.where;
    this.#names = new Set(rooms.map(({ name }) => name));
  }

  /**
   * A room came or went. Before the first listing that is no matter: it will be in it.
   *
   * @param change What happened.
   */
  changed({ kind, room }: Pick<RoomChange, "kind"> & { readonly room: { name: string } }): void {
    if (this.#names.size === 0) return;
    if (kind === "created") this.#names.add(room.name);
    else this.#names.delete(room.name);
  }

  async #ask(directory: Pick<RoomDirectory, "list">): Promise<readonly string[]> {
    try {
      this.listed((await directory.list()).rooms);
      return [...this.#names];
    } catch {
      // Whoever asks with a command is told why.
      return [];
    } finally {
      this.#asking = undefined;
    }
  }
}
