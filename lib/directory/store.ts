/**
 * Where rooms are kept: the port between the directory and its storage.
 *
 * @module
 */

import type { Room } from "./room.ts";

/** How many changes a store keeps for watchers that come back: an hour of a busy lab, 100 KB. */
export const MAX_KEPT_CHANGES = 1_000;

/** One change of the directory, whoever made it. */
export interface DirectoryChange {
  /** The directory's revision after the change; each change raises it by one or more. */
  readonly revision: number;
  /** What happened. */
  readonly kind: "created" | "deleted";
  /** The room it happened to. */
  readonly room: Room;
}

/**
 * Says whether somebody may delete a room, where only owners may.
 *
 * @param room The room.
 * @param owners Whose rooms it is about; undefined if everybody may.
 * @returns True if one of them owns it, or nobody does.
 */
export function mayDelete({ owner }: Room, owners: readonly string[] | undefined): boolean {
  return owner === undefined || owners === undefined || owners.includes(owner);
}

/** What a store holds at one revision. */
export interface DirectorySnapshot {
  /** The revision of the last change. */
  readonly revision: number;
  /** The rooms in the order of their creation. */
  readonly rooms: readonly Room[];
}

/** How an attempt to create a room ended. `by` is the room that stands in the way. */
export type CreateOutcome =
  | { readonly kind: "created" }
  | { readonly kind: "name-taken"; readonly by: Room }
  | { readonly kind: "endpoint-taken"; readonly by: Room }
  | { readonly kind: "full"; readonly maxRooms: number };

/**
 * A store of rooms. Every method may take its time; a change is reported to all watchers before
 * the call that made it resolves, and changes made elsewhere are reported as they come.
 */
export interface DirectoryStore extends AsyncDisposable {
  /**
   * Reads everything.
   *
   * @returns All rooms and the revision.
   */
  snapshot(): Promise<DirectorySnapshot>;
  /**
   * Creates a room if its name and its address/port are free, as one step (compare-and-set).
   *
   * @param room A room that keeps the rules.
   * @returns Whether it was created, and if not, why.
   */
  create(room: Room): Promise<CreateOutcome>;
  /**
   * Deletes a room.
   *
   * @param name Its name.
   * @param owners If given, only a room that one of them, or nobody, owns is deleted.
   * @returns The room that was deleted, or undefined if there was none.
   */
  delete(name: string, owners?: readonly string[]): Promise<Room | undefined>;
  /**
   * Reports changes from now on, in order.
   *
   * @param listener Called with each change; must not throw.
   * @returns Stops the reports when disposed.
   */
  watch(listener: (change: DirectoryChange) => void): Disposable;
  /**
   * Tells what a watcher missed that knows the directory up to a revision.
   *
   * @param revision The last revision it saw.
   * @returns The changes after it, in order, or undefined if they cannot be told any more: older than
   *   the last {@linkcode MAX_KEPT_CHANGES}, or of a revision that this store has not reached. Then
   *   only a snapshot helps.
   */
  changesSince(revision: number): Promise<readonly DirectoryChange[] | undefined>;
}
