/**
 * How many say that they are in a room.
 *
 * @module
 */

import { endpointOf, type Room } from "../directory/room.ts";

/**
 * Says by what a room is known here: a room of the same name elsewhere is another one.
 *
 * @param room The room.
 * @returns Name, address and port; a room's name holds no white space.
 */
export function keyOfRoom(room: Room): string {
  return `${room.name} ${endpointOf(room)}`;
}

/** Counts members by room; a room without any takes no place. */
export class RoomCounts {
  readonly #counts = new Map<string, number>();

  /**
   * Tells how many there are.
   *
   * @param room The room.
   * @returns The number.
   */
  of(room: Room): number {
    return this.#counts.get(keyOfRoom(room)) ?? 0;
  }

  /**
   * Somebody comes or goes.
   *
   * @param room The room; undefined for none.
   * @param by 1 or -1.
   */
  add(room: Room | undefined, by: 1 | -1): void {
    if (room === undefined) return;
    const key = keyOfRoom(room);
    const count = (this.#counts.get(key) ?? 0) + by;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }
}
