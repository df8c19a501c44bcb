/**
 * The tables of a directory file, and what can be asked of them.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { isConstraint } from "../store/sqlite_faults.ts";
import { prepareAll, type Row } from "../store/statements.ts";
import { StoreFile, type Tables } from "../store/store_file.ts";
import type { Room } from "./room.ts";
import { changeOf, roomOf, rowOf } from "./sqlite_rows.ts";
import { DIRECTORY_FILE } from "./sqlite_schema.ts";
import {
  type CreateOutcome,
  type DirectoryChange,
  type DirectorySnapshot,
  MAX_KEPT_CHANGES,
  mayDelete,
} from "./store.ts";

/** Which room is to be deleted, and by whom. */
export interface DeleteParams {
  /** The room's name. */
  readonly name: string;
  /** Whose rooms may be deleted; undefined for everybody's. */
  readonly owners: readonly string[] | undefined;
}

/** What can be asked of a directory file. */
export type DirectoryRequests = {
  /** Creates a room if its name and its address/port are free. */
  create: { params: Room; value: CreateOutcome };
  /** Deletes the room of a name, if one of these may. */
  delete: { params: DeleteParams; value: Room | undefined };
  /** Reads everything. */
  snapshot: { params: null; value: DirectorySnapshot };
  /** Reads the changes after a revision, if they are all known. */
  changes: { params: number; value: readonly DirectoryChange[] | undefined };
};

/** How a directory file is opened. */
export interface DirectoryFileOptions {
  /** How many rooms it holds at most. */
  readonly maxRooms: number;
  /** How large it may grow, in SQLite's pages of 4 KiB; undefined for as large as the disk. */
  readonly maxPages: number | undefined;
}

/**
 * Opens a directory file.
 *
 * @param path Where it is.
 * @param options Its limits.
 * @returns The file.
 * @throws {UserError} If it cannot be opened.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const folder = Deno.makeTempDirSync();
 * using file = openDirectoryFile(`${folder}/crds.db`, { maxRooms: 9, maxPages: undefined });
 * const room = { name: "lab", address: "239.1.2.3", port: 50100 };
 * const { answers } = file.apply([{ kind: "create", params: room }]);
 * assertEquals(answers, [{ value: { kind: "created" } }]);
 * Deno.removeSync(folder, { recursive: true });
 * ```
 */
export function openDirectoryFile(
  path: string,
  { maxRooms, maxPages }: DirectoryFileOptions,
): StoreFile {
  return new StoreFile(
    { path, kind: DIRECTORY_FILE, maxPages },
    (db) => [new RoomTables(db, maxRooms)],
  );
}

/** The columns that make a room. */
const ROOM = "name, address, port, topic, created_at, created_by, sealed, owner";

/** The same, to be filled in. */
const ROOM_VALUES = ":name, :address, :port, :topic, :created_at, :created_by, :sealed, :owner";

/** Every statement that is run more than once. */
const STATEMENTS = {
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

/** The rooms and the log of their changes. */
class RoomTables implements Tables<DirectoryRequests> {
  readonly #maxRooms: number;
  readonly #sql: Record<keyof typeof STATEMENTS, StatementSync>;
  #revision: number;
  #count: number;

  readonly writes: Tables<DirectoryRequests>["writes"] = {
    create: (room, changes) => this.#create(room, changes),
    delete: (params, changes) => ({ value: this.#delete(params, changes) }),
  };

  readonly reads: Tables<DirectoryRequests>["reads"] = {
    snapshot: () => {
      const rooms = this.#sql.rooms.all().map((row) => roomOf(row as Row));
      return { revision: this.#revision, rooms };
    },
    changes: (since) => this.#changesSince(since),
  };

  constructor(db: DatabaseSync, maxRooms: number) {
    this.#maxRooms = maxRooms;
    this.#sql = prepareAll(db, STATEMENTS);
    this.#revision = Number(this.#sql.revision.get()?.revision);
    this.#count = Number(this.#sql.count.get()?.count);
  }

  begin(): () => void {
    const before = { revision: this.#revision, count: this.#count };
    return () => {
      this.#revision = before.revision;
      this.#count = before.count;
    };
  }

  end(): void {
    this.#sql.trim.run(this.#revision - MAX_KEPT_CHANGES);
  }

  #create(
    room: Room,
    changes: unknown[],
  ): { readonly value: CreateOutcome } | { readonly failure: string } {
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
    return this.#count >= this.#maxRooms ? { kind: "full", maxRooms: this.#maxRooms } : undefined;
  }

  #delete({ name, owners }: DeleteParams, changes: unknown[]): Room | undefined {
    const row = this.#sql.byName.get(name);
    if (row === undefined) return undefined;
    const room = roomOf(row as Row);
    if (!mayDelete(room, owners)) return undefined;
    this.#sql.delete.run(name);
    this.#count--;
    this.#log("deleted", room, changes);
    return room;
  }

  #log(kind: DirectoryChange["kind"], room: Room, changes: unknown[]): void {
    const revision = ++this.#revision;
    this.#sql.log.run({ revision, kind, ...rowOf(room) });
    changes.push({ revision, kind, room } satisfies DirectoryChange);
  }

  #changesSince(since: number): DirectoryChange[] | undefined {
    const changes = this.#sql.changes.all(since).map((row) => changeOf(row as Row));
    // Revisions are consecutive: if one is missing, it is no longer in the log.
    return changes.length === this.#revision - since ? changes : undefined;
  }
}
