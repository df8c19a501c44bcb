/**
 * A file, open: the one writer, synchronous, one transaction for a batch of requests.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { reasonOf, UserError } from "../errors.ts";
import type { FileKind } from "./file_kind.ts";
import { faultOfCommit, faultOfDamage, isPassing } from "./sqlite_faults.ts";
import { openDatabase } from "./sqlite_open.ts";
import type {
  RequestMap,
  StorageAnswer,
  StorageOutcome,
  StorageRequest,
} from "./storage_messages.ts";

/**
 * Some tables of a file, and what can be asked of them. A file may have several of these.
 *
 * A write that the tables refuse (a broken constraint, say) returns why before it has changed
 * anything, or throws: then the whole transaction is undone and all its writes fail.
 */
export interface Tables<Requests extends RequestMap> {
  /** What changes something; called within a transaction. A failure stands after `Cannot ...: `. */
  readonly writes: {
    readonly [Kind in keyof Requests]?: (
      params: Requests[Kind]["params"],
      changes: unknown[],
    ) => { readonly value: Requests[Kind]["value"] } | { readonly failure: string };
  };
  /** What only reads; called after the writes of a batch. */
  readonly reads: {
    readonly [Kind in keyof Requests]?: (
      params: Requests[Kind]["params"],
    ) => Requests[Kind]["value"];
  };
  /**
   * A transaction begins.
   *
   * @returns Takes back what the tables remember besides the file, when the transaction has failed.
   */
  begin?(): () => void;
  /** The last writes of a transaction, if it has changed anything to watch. */
  end?(): void;
}

type Write = (params: unknown, changes: unknown[]) => StorageAnswer;
type Read = (params: unknown) => unknown;

/** What a {@linkcode StoreFile} opens. */
export interface StoreFileOptions {
  /** Where the file is. */
  readonly path: string;
  /** What it is. */
  readonly kind: FileKind;
  /** How large it may grow, in SQLite's pages of 4 KiB; undefined for as large as the disk. */
  readonly maxPages?: number | undefined;
}

/**
 * Tables in a file. It blocks while the disk works, so it lives in a thread of its own.
 *
 * After a failed transaction nothing has changed. If the disk was full or the file could not be
 * written, the next batch may succeed; after any other failure, or when the file is not where it
 * was, everything is refused until the server is started again.
 */
export class StoreFile implements Disposable {
  readonly #path: string;
  /** What it is called: `directory file "/x/crds.db"`. */
  readonly #called: string;
  readonly #db: DatabaseSync;
  // deno-lint-ignore no-explicit-any
  readonly #tables: readonly Tables<any>[];
  readonly #writes: ReadonlyMap<string, Write>;
  readonly #reads: ReadonlyMap<string, Read>;
  readonly #sql: { readonly begin: { run(): unknown }; readonly commit: { run(): unknown } };
  readonly #identity: string;
  /** Why everything is refused, once it is. */
  #broken: string | undefined;
  #closed = false;

  /**
   * Opens the file; see {@linkcode openDatabase}.
   *
   * @param options Where and what it is.
   * @param open Prepares its tables; throws if one or a column of one is missing.
   * @throws {UserError} If it cannot be opened.
   */
  constructor(
    { path, kind, maxPages }: StoreFileOptions,
    // deno-lint-ignore no-explicit-any
    open: (db: DatabaseSync) => readonly Tables<any>[],
  ) {
    this.#path = path;
    this.#called = `${kind.name} "${path}"`;
    this.#db = openDatabase(path, kind);
    try {
      if (maxPages !== undefined) this.#db.exec(`PRAGMA max_page_count = ${maxPages}`);
      this.#tables = open(this.#db);
      this.#writes = mapOf<Write>(this.#tables.map(({ writes }) => writes));
      this.#reads = mapOf<Read>(this.#tables.map(({ reads }) => reads));
      this.#sql = {
        begin: this.#db.prepare("BEGIN IMMEDIATE"),
        commit: this.#db.prepare("COMMIT"),
      };
      this.#identity = this.#identify();
    } catch (error) {
      this.#db.close();
      throw new UserError(`Cannot open ${this.#called}: ${faultOfDamage(reasonOf(error))}`);
    }
  }

  /**
   * Carries out a batch: the writes in their order in one transaction, each seeing those before it,
   * then what only reads. When it returns, the changes are on the disk.
   *
   * @param requests The batch.
   * @returns An answer for each, and the changes.
   */
  apply(requests: readonly StorageRequest[]): StorageOutcome {
    const changes: unknown[] = [];
    const answers: StorageAnswer[] = new Array(requests.length);
    const undo = this.#tables.map((tables) => tables.begin?.());
    try {
      this.#write(requests, answers, changes);
    } catch (error) {
      const failure = this.#giveUp(error);
      for (const undoOne of undo) undoOne?.();
      changes.length = 0;
      requests.forEach(({ kind }, at) => {
        if (!this.#reads.has(kind) || this.#broken !== undefined) answers[at] = { failure };
      });
    }
    requests.forEach((request, at) => answers[at] ??= this.#read(request));
    return { answers, changes };
  }

  /** Does the writes of a batch, all or none. */
  #write(
    requests: readonly StorageRequest[],
    answers: StorageAnswer[],
    changes: unknown[],
  ): void {
    this.#refuseIfLost();
    this.#sql.begin.run();
    requests.forEach(({ kind, params }, at) => {
      const write = this.#writes.get(kind);
      if (write !== undefined) answers[at] = write(params, changes);
    });
    if (changes.length > 0) { for (const tables of this.#tables) tables.end?.(); }
    this.#sql.commit.run();
  }

  #read({ kind, params }: StorageRequest): StorageAnswer {
    const read = this.#reads.get(kind);
    if (read === undefined) {
      return { failure: `nothing answers "${kind}" (a fault of crds-server).` };
    }
    try {
      return { value: read(params) };
    } catch (error) {
      return { failure: faultOfCommit(error, this.#called) };
    }
  }

  /** Undoes a transaction that failed, and says why. */
  #giveUp(error: unknown): string {
    if (this.#broken !== undefined) return this.#broken;
    const fault = error instanceof Lost ? error.message : faultOfCommit(error, this.#called);
    if (!isPassing(error)) this.#broken = fault;
    try {
      // SQLite has already rolled back after most of these errors.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
    } catch {
      this.#broken = fault;
    }
    return fault;
  }

  /** A file that was removed or replaced can still be written to, but nobody would find it again. */
  #refuseIfLost(): void {
    if (this.#broken !== undefined) throw new Lost(this.#broken);
    if (this.#identify() === this.#identity) return;
    throw new Lost(
      `somebody removed or replaced the ${this.#called}. ` +
        "Stop the server, put the file back, and start again.",
    );
  }

  /** Tells the file and its log from any others. */
  #identify(): string {
    try {
      const found = ["", "-wal"].map((end) => Deno.statSync(this.#path + end));
      return found.map(({ dev, ino }) => `${dev}:${ino}`).join(" ");
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "gone";
      throw error;
    }
  }

  /** Writes the log into the file, closes it and gives up the lock. May be called twice. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#db.close();
  }
}

/** The file is not what it was. */
class Lost extends Error {}

/** All functions of all tables, by the names of the requests. */
function mapOf<Each>(all: readonly object[]): Map<string, Each> {
  return new Map(all.flatMap((some) => Object.entries(some))) as Map<string, Each>;
}
