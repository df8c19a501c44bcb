/**
 * A store that survives: the rooms in an SQLite file.
 *
 * @module
 */

import { StoreQueue } from "../store/store_queue.ts";
import { sanitise } from "../text.ts";
import { DEFAULT_MAX_ROOMS } from "./memory_store.ts";
import type { Room } from "./room.ts";
import type { DirectoryFileOptions, DirectoryRequests } from "./sqlite_file.ts";
import { DIRECTORY_FILE } from "./sqlite_schema.ts";
import type { CreateOutcome, DirectoryChange, DirectorySnapshot, DirectoryStore } from "./store.ts";

/** Settings of a {@linkcode SqliteStore}. */
export interface SqliteStoreOptions {
  /**
   * How many rooms it holds at most.
   *
   * @default {DEFAULT_MAX_ROOMS}
   */
  readonly maxRooms?: number;
  /** How large the file may grow, in pages of 4 KiB. By default as large as the disk permits. */
  readonly maxPages?: number;
}

/**
 * A {@linkcode DirectoryStore} in an SQLite file; see `StoreQueue` for what it promises.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * {
 *   await using store = await SqliteStore.open(`${folder}/crds.db`);
 *   await store.create({ name: "lab", address: "239.1.2.3", port: 50100 });
 * }
 * {
 *   await using store = await SqliteStore.open(`${folder}/crds.db`);
 *   assertEquals((await store.snapshot()).rooms.length, 1);
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export class SqliteStore implements DirectoryStore {
  readonly #queue: StoreQueue<DirectoryRequests>;
  readonly #listeners: Set<(change: DirectoryChange) => void>;

  private constructor(
    queue: StoreQueue<DirectoryRequests>,
    listeners: Set<(change: DirectoryChange) => void>,
  ) {
    this.#queue = queue;
    this.#listeners = listeners;
  }

  /**
   * Opens a directory file, or makes a new one, with its folder if need be.
   *
   * @param path Where it is.
   * @param options Settings.
   * @returns The store.
   * @throws {UserError} `Cannot open directory file "<path>": <why>. <what to do>` if it is damaged,
   *   of a newer version, of another program, in use by another server, or not accessible. Then it
   *   was not changed.
   */
  static async open(path: string, options: SqliteStoreOptions = {}): Promise<SqliteStore> {
    const { maxRooms = DEFAULT_MAX_ROOMS, maxPages } = options;
    const listeners = new Set<(change: DirectoryChange) => void>();
    const queue = await StoreQueue.open<DirectoryRequests>({
      program: new URL("./sqlite_worker.ts", import.meta.url),
      path,
      kind: DIRECTORY_FILE,
      options: { maxRooms, maxPages } satisfies DirectoryFileOptions,
      onChange(change) {
        for (const listener of listeners) listener(change as DirectoryChange);
      },
    });
    return new SqliteStore(queue, listeners);
  }

  /** Reads everything; see {@linkcode DirectoryStore}. */
  snapshot(): Promise<DirectorySnapshot> {
    return this.#queue.ask("read the directory", "snapshot", null);
  }

  /** Creates a room if name and address/port are free; see {@linkcode DirectoryStore}. */
  create(room: Room): Promise<CreateOutcome> {
    return this.#queue.ask(`create room "${sanitise(room.name)}"`, "create", room);
  }

  /** Deletes a room; see {@linkcode DirectoryStore}. */
  delete(name: string, owners?: readonly string[]): Promise<Room | undefined> {
    return this.#queue.ask(`delete room "${sanitise(name)}"`, "delete", { name, owners });
  }

  /** Reports changes from now on; see {@linkcode DirectoryStore}. */
  watch(listener: (change: DirectoryChange) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Tells what came after a revision; see {@linkcode DirectoryStore}. */
  changesSince(revision: number): Promise<readonly DirectoryChange[] | undefined> {
    return this.#queue.ask("read the directory", "changes", revision);
  }

  /** Finishes what was asked, closes the file and ends the thread. May be called twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue[Symbol.asyncDispose]();
    this.#listeners.clear();
  }
}
