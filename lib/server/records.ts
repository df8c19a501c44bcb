/**
 * Rooms and people as the session protocol tells them.
 *
 * @module
 */

import type { Directory } from "../directory/directory.ts";
import { endpointOf, type Room, toldRoom } from "../directory/room.ts";
import type { RoomChange, RoomRecord } from "../directory/room_methods.ts";
import type { DirectoryChange } from "../directory/store.ts";
import type { PersonChange, PersonRecord } from "../people/people_methods.ts";
import type { Person, Presence, PresenceChange } from "../people/presence.ts";

/** What {@linkcode Records} are made of. */
export interface RecordsOptions {
  /** The rooms. */
  readonly directory: Directory;
  /** Who is here. */
  readonly presence: Presence;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
}

/** Makes the records that all sessions of a server send. */
export class Records {
  readonly #options: RecordsOptions;

  /**
   * Makes it for one server.
   *
   * @param options What the records are made of.
   */
  constructor(options: RecordsOptions) {
    this.#options = options;
  }

  /**
   * Tells of a room.
   *
   * @param room The room.
   * @returns It with the number of its members.
   */
  room(room: Room): RoomRecord {
    return { ...toldRoom(room), members: this.#options.presence.membersOf(room) };
  }

  /**
   * Tells of a change of the directory.
   *
   * @param change The change.
   * @returns The same, with the number of the room's members.
   */
  roomChange({ revision, kind, room }: DirectoryChange): RoomChange {
    return { revision, kind, room: this.room(room) };
  }

  /**
   * Tells of a person.
   *
   * @param person The person.
   * @returns It, with how long it has done nothing. Without its room if that has been deleted and
   *   made anew elsewhere: it is not in the one that has the name now.
   */
  person({ active, room, ...person }: Person): PersonRecord {
    const idle = Math.max(0, Math.floor((this.#options.now() - active) / 1000));
    const shown = room === undefined || this.#isElsewhere(room) ? {} : { room: room.name };
    return { ...person, ...shown, idle };
  }

  /**
   * Tells of somebody's coming, leaving or changing.
   *
   * @param change The change.
   * @returns The same, with the person as `person()` tells of it.
   */
  personChange({ person, ...change }: PresenceChange): PersonChange {
    return { ...change, person: this.person(person) };
  }

  #isElsewhere(room: Room): boolean {
    const current = this.#options.directory.find(room.name);
    return current !== undefined && endpointOf(current) !== endpointOf(room);
  }
}
