/**
 * What the server tells of rooms that come and go, as sentences.
 *
 * @module
 */

import { endpointOf, type Room } from "../directory/room.ts";
import type { RoomChange } from "../directory/room_methods.ts";
import { sanitise } from "../text.ts";

/** What {@linkcode RoomNews} works with. */
export interface RoomNewsOptions {
  /** Tells the user something. */
  readonly tell: (sentence: string) => void;
  /** The room the user is in, if any: then only what concerns it is of interest. */
  readonly room: () => Room | undefined;
  /** The user's name. */
  readonly name: () => string;
}

/** Tells of changes of the directory, except those that the user made and got an answer to. */
export class RoomNews {
  readonly #options: RoomNewsOptions;
  #deleting: string | undefined;

  /**
   * Makes it.
   *
   * @param options What it works with.
   */
  constructor(options: RoomNewsOptions) {
    this.#options = options;
  }

  /**
   * Says nothing of the end of a room while the user deletes it.
   *
   * @param name The room's name.
   * @param work Deletes it.
   * @returns What the work returned.
   */
  async whileDeleting<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.#deleting = name;
    try {
      return await work();
    } finally {
      this.#deleting = undefined;
    }
  }

  /**
   * Tells of a change.
   *
   * @param change What happened.
   */
  tell({ kind, room }: RoomChange): void {
    if (kind === "deleted" && room.name === this.#deleting) return;
    const { tell, name } = this.#options;
    const here = this.#options.room();
    const shown = sanitise(room.name);
    if (here === undefined) {
      const by = room.createdBy === undefined ? "" : ` by ${sanitise(room.createdBy)}`;
      if (kind === "deleted") tell(`Room "${shown}" was deleted.`);
      else if (room.createdBy !== name()) tell(`Room "${shown}" was created${by}.`);
    } else if (here.name === room.name) {
      if (kind === "deleted") {
        tell(`Room "${shown}" was deleted from the directory; whoever is in it stays.`);
      } else if (endpointOf(room) === endpointOf(here)) {
        tell(`Room "${shown}" is in the directory again.`);
      } else {
        const where = sanitise(endpointOf(room));
        tell(`Room "${shown}" was created anew at ${where}: leave and enter it to get there.`);
      }
    }
  }
}
