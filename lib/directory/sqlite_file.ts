/**
 * A directory file, open: the one writer, synchronous, one transaction for a batch of requests.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Room } from "./room.ts";
import { reasonOf, UserError } from "../errors.ts";
import { faultOfCommit, faultOfDamage, isConstraint, isPassing } from "./sqlite_faults.ts";
import type {
  StorageAnswer,
  StorageOptions,
  StorageOutcome,
  StorageRequest,
} from "./sqlite_messages.ts";
import { openDatabase } from "./sqlite_open.ts";
import { changeOf, roomOf, type Row, rowOf } from "./sqlite_rows.ts";
import { type CreateOutcome, type DirectoryChange, MAX_KEPT_CHANGES, mayDelete } from "./store.ts";

/** The columns that make a room. */
const ROOM = "name, address, port, topic, created_at, created_by, sealed, owner";

/** The same, to be filled in. */
const ROOM_VALUES = ":name, :address, :port, :topic, :created_at, :created_by, :sealed, :owner";

/**
 * The rooms in a file. It blocks while the disk works, so it lives in a thread of its own.
 *
 * After a failed transaction nothing has changed. If the disk was full or the file could not be
 * written, the next batch may succeed; after any other failure, or when the file is not where it
 * was, everything is refused until the server is started again.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const folder = Deno.makeTempDirSync();
 * using file = new DirectoryFile({ path: `${folder}/crds.db`, maxRooms: 9, maxPages: undefined });
 * const room = { name: "lab", address: "239.1.2.3", port: 50100 };
 * const { changes } = file.apply([{ kind: "create", room }, { kind: "delete", name: "lab" }]);
 * assertEquals(changes.map(({ revision, kind }) => [revision, kind]), [[1, "created"], [2, "deleted"]]);
 * Deno.removeSync(folder, { recursive: true });
 * ```
 */
export class DirectoryFile implements Disposable {
  readonly #options: StorageOptions;
  readonly #db: DatabaseSync;
  readonly #sql: Statements;
  readonly #identity: string;
  #revision: number;
  #count: number;
  /** Why everything is refused, once it is. */
  #broken: string | undefined;
  #closed = false;

  /**
   * Opens the file; see {@linkcode openDatabase}.
   *
   * @param options Where it is, and its limits.
   * @throws {UserError} If it cannot be opened.
   */
  constructor(options: StorageOptions) {
    this.#options = options;
    this.#db = openDatabase(options.path);
    try {
      if (options.maxPages !== undefined) {
        this.#db.exec(`PRAGMA max_page_count = ${options.maxPages}`);
      }
      this.#sql = prepareAll(this.#db);
      this.#identity = this.#identify();
      this.#revision = Number(this.#sql.revision.get()?.revision);
      this.#count = Number(this.#sql.count.get()?.count);
    } catch (error) {
      this.#db.close();
      const why = faultOfDamage(reasonOf(error));
      throw new UserError(`Cannot open directory file "${options.path}": ${why}`);
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
    const changes: DirectoryChange[] = [];
    const answers: StorageAnswer[] = new Array(requests.length);
    const before = { revision: this.#revision, count: this.#count };
    try {
      this.#write(requests, answers, changes);
    } catch (error) {
      const failure = this.#giveUp(error);
      this.#revision = before.revision;
      this.#count = before.count;
      changes.length = 0;
      requests.forEach(({ kind }, at) => {
        const isRead = kind === "snapshot" || kind === "changes";
        if (!isRead || this.#broken !== undefined) answers[at] = { failure };
      });
    }
    requests.forEach((request, at) => answers[at] ??= this.#read(request));
    return { answers, changes };
  }

  /** Does the writes of a batch, all or none. */
  #write(
    requests: readonly StorageRequest[],
    answers: StorageAnswer[],
    changes: DirectoryChange[],
  ): void {
    this.#refuseIfLost();
    this.#sql.begin.run();
    requests.forEach((request, at) => {
      if (request.kind === "create") answers[at] = this.#create(request.room, changes);
      if (request.kind === "delete") answers[at] = this.#delete(request, changes);
    });
    if (changes.length > 0) this.#sql.trim.run(this.#revision - MAX_KEPT_CHANGES);
    this.#sql.commit.run();
  }

  #create(room: Room, changes: DirectoryChange[]): StorageAnswer {
    const refusal = this.#refusalOf(room);
    if (refusal !== undefined) return { value: refusal };
    try {
      this.#sql.insert.run({ revision: this.#revision + 1, ...rowOf(room) });
    } catch (error) {
      if (!isConstraint(error)) throw error;
      return { failure: `the directory file refuses it (${(error as Error).message}).` };
    }
    this.#count++;
    this.#log("created", room, changes);
    return { value: { kind: "created" } };
  }

  #refusalOf(room: Room): CreateOutcome | undefined {
    const sameName = this.#sql.byName.get(room.name);
    if (sameName !== undefined) return { kind: "name-taken", by: roomOf(sameName as Row) };
    const sameEndpoint = this.#sql.byEndpoint.get(room.address, room.port);
    if (sameEndpoint !== undefined) {
      return { kind: "endpoint-taken", by: roomOf(sameEndpoint as Row) };
    }
    const { maxRooms } = this.#options;
    return this.#count >= maxRooms ? { kind: "full", maxRooms } : undefined;
  }

  #delete(
    { name, owners }: StorageRequest & { kind: "delete" },
    changes: DirectoryChange[],
  ): StorageAnswer {
    const row = this.#sql.byName.get(name);
    if (row === undefined) return { value: undefined };
    const room = roomOf(row as Row);
    if (!mayDelete(room, owners)) return { value: undefined };
    this.#sql.delete.run(name);
    this.#count--;
    this.#log("deleted", room, changes);
    return { value: room };
  }

  #log(kind: DirectoryChange["kind"], room: Room, changes: DirectoryChange[]): void {
    const revision = ++this.#revision;
    this.#sql.log.run({ revision, kind, ...rowOf(room) });
    changes.push({ revision, kind, room });
  }

  #read(request: StorageRequest): StorageAnswer {
    try {
      if (request.kind === "changes") return { value: this.#changesSince(request.since) };
      const rooms = this.#sql.rooms.all().map((row) => roomOf(row as Row));
      return { value: { revision: this.#revision, rooms } };
    } catch (error) {
      return { failure: faultOfCommit(error, this.#options.path) };
    }
  }

  #changesSince(since: number): DirectoryChange[] | undefined {
    const changes = this.#sql.changes.all(since).map((row) => changeOf(row as Row));
    // Revisions are consecutive: if one is missing, it is no longer in the log.
    return changes.length === this.#revision - since ? changes : undefined;
  }

  /** Undoes a transaction that failed, and says why. */
  #giveUp(error: unknown): string {
    if (this.#broken !== undefined) return this.#broken;
    const fault = error instanceof Lost ? error.message : faultOfCommit(error, this.#options.path);
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
      `somebody removed or replaced the directory file "${this.#options.path}". ` +
        "Stop the server, put the file back, and start again.",
    );
  }

  /** Tells the file and its log from any others. */
  #identify(): string {
    try {
      const found = ["", "-wal"].map((end) => Deno.statSync(this.#options.path + end));
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

/** Every statement that is run more than once. */
const STATEMENTS = {
  begin: "BEGIN IMMEDIATE",
  commit: "COMMIT",
  byName: `SELECT ${ROOM} FROM room WHERE name = ?`,
  byEndpoint: `SELECT ${ROOM} FROM room WHERE address = ? AND port = ?`,
  insert: `INSERT INTO room (revision, ${ROOM})
    VALUES (:revision, ${ROOM_VALUES})`,
  delete: "DELETE FROM room WHERE name = ?",
  log: `INSERT INTO change (revision, kind, ${ROOM})
    VALUES (:revision, :kind, ${ROOM_VALUES})`,
  trim: "DELETE FROM change WHERE revision <= ?",
  rooms: `SELECT ${ROOM} FROM room ORDER BY revision`,
  changes: `SELECT revision, kind, ${ROOM} FROM change WHERE revision > ? ORDER BY revision`,
  revision: "SELECT coalesce(max(revision), 0) AS revision FROM change",
  count: "SELECT count(*) AS count FROM room",
} as const;

/** The statements, ready to run. */
type Statements = Record<keyof typeof STATEMENTS, StatementSync>;

/** Prepares every statement, which fails if a table or a column is missing. */
function prepareAll(db: DatabaseSync): Statements {
  const prepared = Object.entries(STATEMENTS).map(([name, sql]) => [name, db.prepare(sql)]);
  return Object.fromEntries(prepared) as Statements;
}
