/**
 * A store that forgets everything when the server ends.
 *
 * @module
 */

import { endpointOf, type Room } from "./room.ts";
import {
  type CreateOutcome,
  type DirectoryChange,
  type DirectorySnapshot,
  type DirectoryStore,
  MAX_KEPT_CHANGES,
  mayDelete,
} from "./store.ts";

/** How many rooms a directory holds at most: about 400 KB of listing, sent to whoever asks. */
export const DEFAULT_MAX_ROOMS = 10_000;

/** Settings of a {@linkcode MemoryStore}. */
export interface MemoryStoreOptions {
  /**
   * How many rooms it holds at most.
   *
   * @default {DEFAULT_MAX_ROOMS}
   */
  readonly maxRooms?: number;
  /**
   * The revision it starts from. A server that gives the time in milliseconds here never repeats a
   * revision of its earlier lives, so no watcher that comes back is told the wrong changes.
   *
   * @default {0}
   */
  readonly revision?: number;
}

/**
 * A {@linkcode DirectoryStore} in memory.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * await using store = new MemoryStore();
 * const room = { name: "lab", address: "239.1.2.3", port: 50100 };
 * assertEquals(await store.create(room), { kind: "created" });
 * assertEquals((await store.create(room)).kind, "name-taken");
 * ```
 */
export class MemoryStore implements DirectoryStore {
  readonly #maxRooms: number;
  readonly #byName = new Map<string, Room>();
  readonly #byEndpoint = new Map<string, Room>();
  readonly #listeners = new Set<(change: DirectoryChange) => void>();
  /** The last changes, oldest first, with consecutive revisions. */
  readonly #changes: DirectoryChange[] = [];
  #revision: number;

  /**
   * Makes an empty store.
   *
   * @param options Settings.
   */
  constructor(options: MemoryStoreOptions = {}) {
    this.#maxRooms = options.maxRooms ?? DEFAULT_MAX_ROOMS;
    this.#revision = options.revision ?? 0;
  }

  /** Reads everything; see {@linkcode DirectoryStore}. */
  snapshot(): Promise<DirectorySnapshot> {
    return Promise.resolve({ revision: this.#revision, rooms: [...this.#byName.values()] });
  }

  /** Creates a room if name and address/port are free; see {@linkcode DirectoryStore}. */
  create(room: Room): Promise<CreateOutcome> {
    return Promise.resolve(this.#create(room));
  }

  #create(room: Room): CreateOutcome {
    const sameName = this.#byName.get(room.name);
    if (sameName !== undefined) return { kind: "name-taken", by: sameName };
    const sameEndpoint = this.#byEndpoint.get(endpointOf(room));
    if (sameEndpoint !== undefined) return { kind: "endpoint-taken", by: sameEndpoint };
    if (this.#byName.size >= this.#maxRooms) return { kind: "full", maxRooms: this.#maxRooms };
    this.#byName.set(room.name, room);
    this.#byEndpoint.set(endpointOf(room), room);
    this.#report("created", room);
    return { kind: "created" };
  }

  /** Deletes a room; see {@linkcode DirectoryStore}. */
  delete(name: string, owners?: readonly string[]): Promise<Room | undefined> {
    const room = this.#byName.get(name);
    if (room === undefined || !mayDelete(room, owners)) return Promise.resolve(undefined);
    this.#byName.delete(name);
    this.#byEndpoint.delete(endpointOf(room));
    this.#report("deleted", room);
    return Promise.resolve(room);
  }

  /** Reports changes from now on; see {@linkcode DirectoryStore}. */
  watch(listener: (change: DirectoryChange) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Tells what came after a revision; see {@linkcode DirectoryStore}. */
  changesSince(revision: number): Promise<readonly DirectoryChange[] | undefined> {
    const missed = this.#revision - revision;
    if (!(missed >= 0 && missed <= this.#changes.length)) return Promise.resolve(undefined);
    return Promise.resolve(this.#changes.slice(this.#changes.length - missed));
  }

  #report(kind: DirectoryChange["kind"], room: Room): void {
    const change = { revision: ++this.#revision, kind, room };
    this.#changes.push(change);
    if (this.#changes.length > MAX_KEPT_CHANGES) this.#changes.shift();
    for (const listener of this.#listeners) listener(change);
  }

  /** Forgets the watchers. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    return Promise.resolve();
  }
}
