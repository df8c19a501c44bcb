/**
 * Which rooms exist: the rules on top of a store, and a view of it that answers at once.
 *
 * @module
 */

import { sanitise } from "../text.ts";
import { DirectoryError } from "./directory_error.ts";
import { endpointOf, type Room } from "./room.ts";
import { allocateEndpoint, EndpointIndex } from "./allocation.ts";
import { checkWish } from "./rules.ts";
import { type DirectoryChange, type DirectoryStore, MAX_KEPT_CHANGES, mayDelete } from "./store.ts";

/** How often another endpoint is tried when somebody elsewhere took the one just allocated. */
const MAX_ALLOCATIONS = 8;

/** What the directory needs of the world. */
export interface DirectoryOptions {
  /**
   * The time in milliseconds since 1970.
   *
   * @default {Date.now}
   */
  readonly now?: () => number;
  /**
   * A random number from 0 up to 1, for allocation.
   *
   * @default {Math.random}
   */
  readonly random?: () => number;
  /**
   * Whether a room may be deleted only by its owner.
   *
   * @default {false}
   */
  readonly ownerDeletes?: boolean;
}

/** What else is said of a room at its creation. */
export interface RoomDetails {
  /** What it is about. */
  readonly topic?: string | undefined;
  /** Who creates it. */
  readonly createdBy?: string | undefined;
  /** The check value of its passphrase, for a sealed one. */
  readonly sealed?: string | undefined;
  /** Whose it is, see `ownerKeys`. */
  readonly owner?: string | undefined;
}

/**
 * The directory of one server. Reading is synchronous, from a view that follows the store's
 * changes; writing goes to the store, and is seen in the view before it resolves.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { MemoryStore } from "./memory_store.ts";
 *
 * await using store = new MemoryStore();
 * using directory = await Directory.open(store);
 * await directory.create("lab", "239.1.2.3", "50100");
 * assertEquals(directory.find("lab")?.port, 50100);
 * ```
 */
export class Directory implements Disposable {
  readonly #store: DirectoryStore;
  readonly #rooms = new Map<string, Room>();
  readonly #taken = new EndpointIndex();
  readonly #listeners = new Set<(change: DirectoryChange) => void>();
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #ownerDeletes: boolean;
  /** The latest changes, and the revision before the first of them. */
  #changes: DirectoryChange[] = [];
  #changesFrom = 0;
  #revision = 0;
  #subscription: Disposable | undefined;

  private constructor(store: DirectoryStore, options: DirectoryOptions) {
    this.#store = store;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
    this.#ownerDeletes = options.ownerDeletes ?? false;
  }

  /**
   * Opens the directory that a store holds.
   *
   * @param store The store; it stays the caller's to dispose.
   * @param options Clock and chance.
   * @returns The directory, up to date.
   */
  static async open(store: DirectoryStore, options: DirectoryOptions = {}): Promise<Directory> {
    const directory = new Directory(store, options);
    const early: DirectoryChange[] = [];
    let report = (change: DirectoryChange): void => void early.push(change);
    directory.#subscription = store.watch((change) => report(change));
    const snapshot = await store.snapshot().catch((error) => {
      directory[Symbol.dispose]();
      throw error;
    });
    for (const room of snapshot.rooms) {
      directory.#rooms.set(room.name, room);
      directory.#taken.add(room);
    }
    directory.#revision = directory.#changesFrom = snapshot.revision;
    await directory.#recall();
    report = (change) => directory.#apply(change);
    early.forEach(report);
    return directory;
  }

  /** The revision of the last change seen: while it stands, so does everything here. */
  get revision(): number {
    return this.#revision;
  }

  /** How many rooms there are. */
  get size(): number {
    return this.#rooms.size;
  }

  /**
   * Goes through all rooms.
   *
   * @returns The rooms, in the order of their creation.
   */
  rooms(): Iterable<Room> {
    return this.#rooms.values();
  }

  /**
   * Looks a room up.
   *
   * @param name A room's name.
   * @returns The room, or undefined if there is none of that name.
   */
  find(name: string): Room | undefined {
    return this.#rooms.get(name);
  }

  /**
   * Says what has changed since a revision.
   *
   * @param revision A revision that somebody knows.
   * @returns The changes after it, in order; undefined if they are not known (any more).
   */
  changesSince(revision: number): readonly DirectoryChange[] | undefined {
    if (revision < this.#changesFrom || revision > this.#revision) return undefined;
    return this.#changes.filter((change) => change.revision > revision);
  }

  /**
   * Reports changes from now on, in order; the view has them already.
   *
   * @param listener Called with each change; must not throw.
   * @returns Stops the reports when disposed.
   */
  watch(listener: (change: DirectoryChange) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /**
   * Creates a room.
   *
   * @param name Its name.
   * @param address Its group address, as text; allocated if undefined (DESIGN section 6).
   * @param port Its port, as decimal text; allocated if undefined.
   * @param details What else is said of it.
   * @returns The room.
   * @throws {DirectoryError} If the request breaks the rules; then nothing has changed.
   */
  async create(
    name: string,
    address?: string,
    port?: string,
    details: RoomDetails = {},
  ): Promise<Room> {
    const { topic, createdBy, sealed, owner } = details;
    checkWish({ name, address, port, topic, sealed });
    const known = {
      ...(topic === undefined ? {} : { topic }),
      createdAt: this.#now(),
      ...(createdBy === undefined ? {} : { createdBy }),
      ...(sealed === undefined ? {} : { sealed }),
      ...(owner === undefined ? {} : { owner }),
    };
    if (address !== undefined && port !== undefined) {
      return await this.#create({ name, address, port: Number(port), ...known });
    }
    for (let attempt = 1;; attempt++) {
      const room = { name, ...this.#allocate(name, address, port), ...known };
      // Reserved while it is being stored, so that two at a time get two different ones.
      this.#taken.add(room);
      try {
        return await this.#create(room);
      } catch (error) {
        const isRace = error instanceof DirectoryError && error.code === "ADDRESS_IN_USE";
        if (!isRace || attempt === MAX_ALLOCATIONS) throw error;
      } finally {
        this.#taken.delete(room);
      }
    }
  }

  #allocate(name: string, address?: string, port?: string): Pick<Room, "address" | "port"> {
    const wish = {
      ...(address === undefined ? {} : { address }),
      ...(port === undefined ? {} : { port: Number(port) }),
    };
    const endpoint = allocateEndpoint(this.#taken, wish, this.#random);
    if (endpoint !== undefined) return endpoint;
    const why =
      "there is no free address and port left for it; name others, or delete a room first";
    throw new DirectoryError("DIRECTORY_FULL", `create room "${name}"`, why);
  }

  async #create(room: Room): Promise<Room> {
    const outcome = await this.#store.create(room);
    const action = `create room "${room.name}"`;
    switch (outcome.kind) {
      case "created":
        return room;
      case "name-taken": {
        const why = `the name is taken (${endpointOf(outcome.by)})`;
        throw new DirectoryError("ROOM_EXISTS", action, why, outcome.by);
      }
      case "endpoint-taken": {
        const why = `${endpointOf(room)} belongs to room "${outcome.by.name}"`;
        throw new DirectoryError("ADDRESS_IN_USE", action, why, outcome.by);
      }
      case "full": {
        const why = `the directory is full (${outcome.maxRooms} rooms); delete one first`;
        throw new DirectoryError("DIRECTORY_FULL", action, why);
      }
    }
  }

  /**
   * Deletes a room.
   *
   * @param name Its name.
   * @param owners Whose rooms whoever asks may delete, see `ownerKeys`.
   * @returns The room that was deleted.
   * @throws {DirectoryError} If there is none of that name, or it is somebody else's and that counts.
   */
  async delete(name: string, owners: readonly string[] = []): Promise<Room> {
    const action = `delete room "${sanitise(name)}"`;
    if (this.#ownerDeletes) this.#checkOwner(action, this.find(name), owners);
    const room = await this.#store.delete(name, this.#ownerDeletes ? owners : undefined);
    if (room !== undefined) return room;
    throw new DirectoryError("NO_SUCH_ROOM", action, "there is no room of that name");
  }

  #checkOwner(action: string, room: Room | undefined, owners: readonly string[]): void {
    if (room === undefined || mayDelete(room, owners)) return;
    const by = room.createdBy === undefined ? "" : ` (${sanitise(room.createdBy)})`;
    const why = `on this server only who made it may${by}; ask them`;
    throw new DirectoryError("NOT_OWNER", action, why, room);
  }

  #apply(change: DirectoryChange): void {
    if (change.revision <= this.#revision) return;
    this.#revision = change.revision;
    const { kind, room } = change;
    if (kind === "created") {
      this.#rooms.set(room.name, room);
      this.#taken.add(room);
    } else if (this.#rooms.delete(room.name)) this.#taken.delete(room);
    this.#remember(change);
    for (const listener of this.#listeners) listener(change);
  }

  /** The store knows what changed before the server was restarted: for watchers that come back. */
  async #recall(): Promise<void> {
    const from = this.#revision - MAX_KEPT_CHANGES;
    for (const revision of [from, 0]) {
      const changes = revision < 0 ? undefined : await this.#store.changesSince(revision);
      if (changes === undefined) continue;
      this.#changes = changes.filter((change) => change.revision <= this.#revision);
      this.#changesFrom = revision;
      return;
    }
  }

  #remember(change: DirectoryChange): void {
    this.#changes.push(change);
    // Cut seldom: moving the rest costs more than keeping twice as many.
    if (this.#changes.length < 2 * MAX_KEPT_CHANGES) return;
    const cut = this.#changes.splice(0, MAX_KEPT_CHANGES);
    this.#changesFrom = cut.at(-1)?.revision ?? this.#changesFrom;
  }

  /** Stops following the store. */
  [Symbol.dispose](): void {
    this.#subscription?.[Symbol.dispose]();
  }
}
