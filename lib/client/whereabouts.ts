/**
 * Telling the server which room one is in, so that others find one there.
 *
 * @module
 */

import { endpointOf, type Room } from "../directory/room.ts";
import type { RoomChange } from "../directory/room_methods.ts";
import type { PeopleDirectory } from "./room_directory.ts";

/** Chatting needs no server, so the server is told this often (milliseconds) that one does. */
export const ACTIVITY_INTERVAL = 30_000;

/** What {@linkcode Whereabouts} works with. */
export interface WhereaboutsOptions {
  /** The people of the server one is connected to, if it knows people. */
  readonly people: () => PeopleDirectory | undefined;
  /** The time in milliseconds; only goes forward. */
  readonly now: () => number;
}

/** Where this client is. To tell it is a courtesy, so failures are no matter. */
export class Whereabouts {
  readonly #options: WhereaboutsOptions;
  #room: Room | undefined;
  /** Whether the room of that name is another one now. */
  #elsewhere = false;
  #told = -Infinity;

  /**
   * Makes it, in no room.
   *
   * @param options What it works with.
   */
  constructor(options: WhereaboutsOptions) {
    this.#options = options;
  }

  /**
   * A room was entered or left.
   *
   * @param room The room, or undefined for none.
   */
  moved(room: Room | undefined): void {
    this.#room = room;
    this.#elsewhere = false;
    this.#tell();
  }

  /** A connection stands, which knows nothing yet. */
  connected(): void {
    if (this.#room !== undefined) this.#tell();
  }

  /** The server wants a sign of life: the next one is told at once. */
  urgent(): void {
    this.#told = -Infinity;
  }

  /** Something was said: the server cannot see that. */
  active(): void {
    if (this.#options.now() - this.#told >= ACTIVITY_INTERVAL) this.#tell();
  }

  /**
   * The directory changed: a room that was deleted and is created again begins without members.
   *
   * @param change What happened.
   */
  changed({ kind, room }: RoomChange): void {
    if (this.#room === undefined || kind !== "created" || room.name !== this.#room.name) return;
    this.#elsewhere = endpointOf(room) !== endpointOf(this.#room);
    this.#tell();
  }

  #tell(): void {
    this.#told = this.#options.now();
    const room = this.#elsewhere ? undefined : this.#room?.name;
    this.#options.people()?.move(room).catch(() => {});
  }
}
