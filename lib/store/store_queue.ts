/**
 * The server's face of a file in a storage thread: requests in, batches to the thread, answers out.
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import type { FileKind } from "./file_kind.ts";
import type { RequestMap, StorageAnswer, StorageRequest } from "./storage_messages.ts";
import { StorageThread } from "./storage_thread.ts";

/** The most requests in one transaction: some 20 ms of work, so that nobody waits long for others. */
const MAX_BATCH = 1_000;

/**
 * The files that are open in this process. POSIX file locks tell processes apart, not threads: a
 * second store on the same file would silently undo the first one's lock by looking at the file.
 */
const openHere = new Set<string>();

/** What a {@linkcode StoreQueue} opens. */
export interface StoreQueueOptions {
  /** The module that the thread runs, which calls `serveStorage()`. */
  readonly program: URL;
  /** Where the file is. */
  readonly path: string;
  /** What it is. */
  readonly kind: FileKind;
  /** What the thread is told of the file besides; must survive `structuredClone()`. */
  readonly options?: unknown;
  /** Called with each change that the tables report, before the answers of its batch. */
  readonly onChange?: (change: unknown) => void;
}

/** A request that waits for its transaction. */
interface Call extends StorageRequest {
  /** What is tried, for people: `create room "lobby"`. */
  readonly action: string;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * An SQLite file. What it has answered is on the disk (WAL, `synchronous=FULL`). The disk is waited
 * for in a thread of its own; what is asked meanwhile becomes the next transaction. No two have the
 * same file open, in this process or another.
 *
 * A request fails with a `UserError` if its transaction does, and then nothing has changed: see
 * `StoreFile` for when later ones may succeed.
 */
export class StoreQueue<Requests extends RequestMap> implements AsyncDisposable {
  readonly #options: StoreQueueOptions;
  readonly #thread: StorageThread;
  #queue: Call[] = [];
  /** The work under way: resolves when the queue is empty. */
  #running: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: StoreQueueOptions, thread: StorageThread) {
    this.#options = options;
    this.#thread = thread;
  }

  /**
   * Opens a file, or makes a new one, with its folder if need be.
   *
   * @param options Where and what it is.
   * @returns The file.
   * @throws {UserError} `Cannot open <kind of file> "<path>": <why>. <what to do>` if it is damaged,
   *   of a newer version, of another program, in use by another server, or not accessible. Then it
   *   was not changed.
   */
  static async open<Requests extends RequestMap>(
    options: StoreQueueOptions,
  ): Promise<StoreQueue<Requests>> {
    const { path, kind, program } = options;
    const cannot = `Cannot open ${kind.name} "${path}"`;
    if (openHere.has(path)) {
      throw new UserError(`${cannot}: this server has it open already. Close it first.`);
    }
    openHere.add(path);
    const thread = new StorageThread(program);
    try {
      const reply = await thread.call({ kind: "open", path, options: options.options });
      if (reply.kind === "done" && reply.failure !== undefined) throw new UserError(reply.failure);
      return new StoreQueue<Requests>(options, thread);
    } catch (error) {
      thread[Symbol.dispose]();
      openHere.delete(path);
      if (error instanceof UserError) throw error;
      throw new UserError(`${cannot}: ${reasonOf(error)}. Run without it with --memory.`);
    }
  }

  /**
   * Asks for something.
   *
   * @param action What is tried, for people: `create room "lobby"`. Must be sanitised.
   * @param kind The request.
   * @param params What goes with it.
   * @returns Its value, when what it changed is on the disk.
   * @throws {UserError} `Cannot <action>: <why>. <what to do>`
   */
  ask<Kind extends keyof Requests & string>(
    action: string,
    kind: Kind,
    params: Requests[Kind]["params"],
  ): Promise<Requests[Kind]["value"]> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (this.#closing !== undefined) {
      const file = this.#options.kind.name;
      reject(new UserError(`Cannot ${action}: the ${file} is closed. Start the server again.`));
      return promise;
    }
    this.#queue.push({ action, kind, params, resolve, reject });
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
      const requests = batch.map(({ kind, params }) => ({ kind, params }));
      const reply = await this.#thread.call({ kind: "apply", requests });
      if (reply.kind !== "applied") throw new Error(reply.failure);
      this.#settle(batch, reply.outcome.answers, reply.outcome.changes);
    } catch (error) {
      const { kind, path } = this.#options;
      const failure = `the ${kind.name} "${path}" is out of reach (${reasonOf(error)}). ` +
        "Start the server again.";
      this.#settle(batch, batch.map(() => ({ failure })), []);
    }
  }

  /** Reports changes, then answers. */
  #settle(
    batch: readonly Call[],
    answers: readonly StorageAnswer[],
    changes: readonly unknown[],
  ): void {
    for (const change of changes) this.#options.onChange?.(change);
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
    openHere.delete(this.#options.path);
  }
}
