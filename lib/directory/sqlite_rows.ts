/**
 * Rooms and changes as rows of the directory file's tables.
 *
 * @module
 */

import type { Row } from "../store/statements.ts";
import type { Room } from "./room.ts";
import type { DirectoryChange } from "./store.ts";

/** A room's columns. */
export interface RoomRow {
  /** {@linkcode Room.name} */
  readonly name: string;
  /** {@linkcode Room.address} */
  readonly address: string;
  /** {@linkcode Room.port} */
  readonly port: number;
  /** {@linkcode Room.topic} */
  readonly topic: string | null;
  /** {@linkcode Room.createdAt} */
  readonly created_at: number | null;
  /** {@linkcode Room.createdBy} */
  readonly created_by: string | null;
  /** {@linkcode Room.sealed} */
  readonly sealed: string | null;
  /** {@linkcode Room.owner} */
  readonly owner: string | null;
}

/**
 * Turns a room into its columns.
 *
 * @param room A room.
 * @returns Its columns.
 */
export function rowOf(room: Room): RoomRow & Record<string, string | number | null> {
  return {
    name: room.name,
    address: room.address,
    port: room.port,
    topic: room.topic ?? null,
    created_at: room.createdAt ?? null,
    created_by: room.createdBy ?? null,
    sealed: room.sealed ?? null,
    owner: room.owner ?? null,
  };
}

/**
 * Turns columns into a room.
 *
 * @param row The columns, and perhaps others.
 * @returns The room, equal to the one that was stored.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const room = { name: "lab", address: "239.1.2.3", port: 50100, topic: "lab 3" };
 * assertEquals(roomOf(rowOf(room)), room);
 * ```
 */
export function roomOf(row: Row): Room {
  const { name, address, port, topic, created_at, created_by, sealed, owner } =
    row as unknown as RoomRow;
  return {
    name,
    address,
    port,
    ...(topic === null ? {} : { topic }),
    ...(created_at === null ? {} : { createdAt: created_at }),
    ...(created_by === null ? {} : { createdBy: created_by }),
    ...(sealed === null ? {} : { sealed }),
    ...(owner === null ? {} : { owner }),
  };
}

/**
 * Turns columns into a change.
 *
 * @param row The columns of the change and of its room.
 * @returns The change.
 */
export function changeOf(row: Row): DirectoryChange {
  const { revision, kind } = row as unknown as Omit<DirectoryChange, "room">;
  return { revision, kind, room: roomOf(row) };
}
