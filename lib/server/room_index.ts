/**
 * The rooms of a directory in the order of their names, for reading page by page.
 *
 * @module
 */

import type { Directory } from "../directory/directory.ts";
import type { Room } from "../directory/room.ts";

/** Sorted once per change of the directory, and only if somebody asks. */
export class RoomIndex {
  readonly #directory: Directory;
  #revision: number | undefined;
  #rooms: Room[] = [];

  /**
   * Makes the index of a directory.
   *
   * @param directory Whose rooms.
   */
  constructor(directory: Directory) {
    this.#directory = directory;
  }

  /**
   * Goes through the rooms.
   *
   * @param name Only those whose name comes after this one; it need not exist (any more).
   * @returns The rooms, in the order of their names by UTF-16 units.
   */
  *after(name: string | undefined): Generator<Room> {
    this.#refresh();
    const rooms = this.#rooms;
    for (let at = name === undefined ? 0 : this.#firstAfter(name); at < rooms.length; at++) {
      const room = rooms[at];
      if (room !== undefined) yield room;
    }
  }

  /** Binary search. */
  #firstAfter(name: string): number {
    let [low, high] = [0, this.#rooms.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#rooms[middle]?.name ?? "") <= name) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #refresh(): void {
    if (this.#revision === this.#directory.revision) return;
    this.#revision = this.#directory.revision;
    this.#rooms = [...this.#directory.rooms()].sort((a, b) => a.name < b.name ? -1 : 1);
  }
}
