/**
 * A store that survives: the rooms in an SQLite file.
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import { sanitise } from "../text.ts";
import { DEFAULT_MAX_ROOMS } from "./memory_store.ts";
import type { Room } from "./room.ts";
import type { StorageRequest, StorageValue } from "./sqlite_messages.ts";
import { StorageThread } from "./sqlite_thread.ts";
import type { CreateOutcome, DirectoryChange, DirectorySnapshot, DirectoryStore } from "./store.ts";

/** The most requests in one transaction: some 20 ms of work, so that nobody waits long for others. */
const MAX_BATCH = 1_000;

/**
 * The files that are open in this process. POSIX file locks tell processes apart, not threads: a
 * second store on the same file would silently undo the first one's lock by looking at the file.
 */
const openHere = new Set<string>();

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

/** A call that waits for its transaction. */
interface Call {
  readonly request: StorageRequest;
  /** What is tried, for people: `create room "lobby"`. */
  readonly action: string;
  resolve(value: StorageValue): void;
  reject(error: Error): void;
}

/**
 * A {@linkcode DirectoryStore} in an SQLite file. What it has answered is on the disk (WAL,
 * `synchronous=FULL`). The disk is waited for in a thread of its own; what is asked meanwhile
 * becomes the next transaction. No two stores have the same file open, in this process or another.
 *
 * A call fails with a `UserError` if its transaction does, and then nothing has changed: see
 * `DirectoryFile` for when later calls may succeed.
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
  readonly #path: string;
  readonly #thread: StorageThread;
  readonly #listeners = new Set<(change: DirectoryChange) => void>();
  #queue: Call[] = [];
  /** The work under way: resolves when the queue is empty. */
  #running: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(path: string, thread: StorageThread) {
    this.#path = path;
    this.#thread = thread;
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
    if (openHere.has(path)) {
      throw new UserError(
        `Cannot open directory file "${path}": this server has it open already. Close it first.`,
      );
    }
    openHere.add(path);
    const thread = new StorageThread();
    try {
      const reply = await thread.call({ kind: "open", options: { path, maxRooms, maxPages } });
      if (reply.kind === "done" && reply.failure !== undefined) throw new UserError(reply.failure);
      return new SqliteStore(path, thread);
    } catch (error) {
      thread[Symbol.dispose]();
      openHere.delete(path);
      if (error instanceof UserError) throw error;
      throw new UserError(
        `Cannot open directory file "${path}": ${reasonOf(error)}. Run without it with --memory.`,
      );
    }
  }

  /** Reads everything; see {@linkcode DirectoryStore}. */
  snapshot(): Promise<DirectorySnapshot> {
    return this.#ask("read the directory", { kind: "snapshot" });
  }

  /** Creates a room if name and address/port are free; see {@linkcode DirectoryStore}. */
  create(room: Room): Promise<CreateOutcome> {
    return this.#ask(`create room "${sanitise(room.name)}"`, { kind: "create", room });
  }

  /** Deletes a room; see {@linkcode DirectoryStore}. */
  delete(name: string, owners?: readonly string[]): Promise<Room | undefined> {
    return this.#ask(`delete room "${sanitise(name)}"`, { kind: "delete", name, owners });
  }

  /** Reports changes from now on; see {@linkcode DirectoryStore}. */
  watch(listener: (change: DirectoryChange) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Tells what came after a revision; see {@linkcode DirectoryStore}. */
  changesSince(revision: number): Promise<readonly DirectoryChange[] | undefined> {
    return this.#ask("read the directory", { kind: "changes", since: revision });
  }

  /** Queues a call; its kind of request decides the type of its value. */
  #ask<T extends StorageValue>(action: string, request: StorageRequest): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (this.#closing !== undefined) {
      reject(new UserError(`Cannot ${action}: the directory is closed. Start the server again.`));
      return promise;
    }
    this.#queue.push({ action, request, resolve: (value) => resolve(value as T), reject });
    this.#running ??= this.#run();
    return promise;
  }

  /** Sends batch after batch to the thread, until nothing is queued. */
  async #run(): Promise<void> {
    // Whoever else asks in this turn of the event loop gets into the same transaction.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, MAX_BATCH);
      this.#queue = this.#queue.slice(MAX_BATCH);
      await this.#apply(batch);
    }
    this.#running = undefined;
  }

  async #apply(batch: readonly Call[]): Promise<void> {
    try {
      const requests = batch.map(({ request }) => request);
      const reply = await this.#thread.call({ kind: "apply", requests });
      if (reply.kind !== "applied") throw new Error(reply.failure);
      this.#settle(batch, reply.outcome.answers, reply.outcome.changes);
    } catch (error) {
      const failure = `the directory file "${this.#path}" is out of reach (${reasonOf(error)}). ` +
        "Start the server again.";
      this.#settle(batch, batch.map(() => ({ failure })), []);
    }
  }

  /** Reports changes, then answers. */
  #settle(
    batch: readonly Call[],
    answers: readonly ({ readonly value: StorageValue } | { readonly failure: string })[],
    changes: readonly DirectoryChange[],
  ): void {
    for (const change of changes) {
      for (const listener of this.#listeners) listener(change);
    }
    batch.forEach((call, at) => {
      const answer = answers[at]!;
      if ("value" in answer) call.resolve(answer.value);
      else call.reject(new UserError(`Cannot ${call.action}: ${answer.failure}`));
    });
  }

  /** Finishes what was asked, closes the file and ends the thread. May be called twice. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    await this.#running;
    try {
      await this.#thread.call({ kind: "close" });
    } catch {
      // A thread that died has lost nothing that was answered.
    }
    this.#thread[Symbol.dispose]();
    this.#listeners.clear();
    openHere.delete(this.#path);
  }
}
