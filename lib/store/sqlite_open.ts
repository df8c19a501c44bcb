/**
 * Opening a file: only one that is ours, whole, and not in use.
 *
 * @module
 */

import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UserError } from "../errors.ts";
import type { FileKind } from "./file_kind.ts";
import { faultOfDamage, faultOfOpening, isLocked, sqliteCode } from "./sqlite_faults.ts";
import { faultOfHeader, faultOfVersion, HEADER_BYTES } from "./sqlite_header.ts";
import { migrate, schemaVersion } from "./sqlite_schema.ts";

/** How long to wait for a lock (milliseconds): a server that is just ending gets its time. */
const LOCK_PATIENCE = 500;

/** SQLite's code for a journal that only a writer may roll back: a migration was interrupted. */
const READONLY_ROLLBACK = 776;

/**
 * Opens a file, making it (0600) and its folder (0700) if they are missing, and locks it
 * until it is closed. A file that is refused is not changed by a single byte.
 *
 * It looks at the bytes first, then checks the whole file over a read-only connection, and only
 * then opens it for writing: closing a writer would write its log into a damaged file.
 *
 * @param path Where the file is.
 * @param kind What it is, or becomes if it is new.
 * @returns The connection, in WAL mode with `synchronous=FULL`.
 * @throws {UserError} `Cannot open <kind of file> "<path>": <why>. <what to do>`
 */
export function openDatabase(path: string, kind: FileKind): DatabaseSync {
  try {
    // SQLite gives these prefixes a meaning of their own; here they are names of files.
    const file = /^(:|file:)/.test(path) ? `./${path}` : path;
    if (claim(file, kind)) refuseDamaged(file);
    return openLocked(file, kind);
  } catch (error) {
    const why = error instanceof Refusal ? error.message : faultOfOpening(error);
    throw new UserError(`Cannot open ${kind.name} "${path}": ${why}`);
  }
}

/** Why a file is not opened, in the sentences that follow the colon. */
class Refusal extends Error {}

/**
 * Makes sure that there is a file, and that it is empty or ours.
 *
 * @returns True if there is something in it.
 */
function claim(file: string, kind: FileKind): boolean {
  const found = statOf(file);
  if (found === undefined) {
    const folder = dirname(file);
    if (statOf(folder) === undefined) Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    // SQLite gives its log the same permissions as the file.
    Deno.openSync(file, { write: true, createNew: true, mode: 0o600 }).close();
    return false;
  }
  if (found.isDirectory) throw new Refusal("it is a folder. Name a file with --data.");
  if (!found.isFile) throw new Refusal("it is no regular file. Name another one with --data.");
  if (found.size === 0) return false;
  const fault = faultOfHeader(readHeader(file), kind);
  if (fault !== undefined) throw new Refusal(fault);
  return true;
}

/** Looks at what a path leads to; undefined if there is nothing. */
function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Reads the first bytes of a file. */
function readHeader(file: string): Uint8Array {
  using handle = Deno.openSync(file);
  const header = new Uint8Array(HEADER_BYTES);
  let size = 0;
  while (size < header.length) {
    const read = handle.readSync(header.subarray(size));
    if (read === null) break;
    size += read;
  }
  return header.subarray(0, size);
}

/** Checks the whole file over a connection that cannot change it. */
function refuseDamaged(file: string): void {
  const besides = [`${file}-wal`, `${file}-shm`].filter((path) => statOf(path) === undefined);
  try {
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      db.exec(`PRAGMA busy_timeout = ${LOCK_PATIENCE}`);
      refuseFindings(db);
    } finally {
      db.close();
    }
  } catch (error) {
    if (sqliteCode(error) === READONLY_ROLLBACK) return;
    // A reader leaves these behind; if somebody else is at work here, they are theirs.
    if (!isLocked(error)) besides.forEach(removeIfThere);
    throw error;
  }
}

/** Runs SQLite's own check. */
function refuseFindings(db: DatabaseSync): void {
  const finding = db.prepare("PRAGMA quick_check(1)").get()?.quick_check;
  if (finding === "ok") return;
  throw new Refusal(faultOfDamage(String(finding).replaceAll(/\s+/g, " ")));
}

/** Opens a file for writing, for nobody else. */
function openLocked(file: string, kind: FileKind): DatabaseSync {
  const db = new DatabaseSync(file);
  try {
    // The option `timeout` does nothing in Deno 2.9.
    db.exec(`PRAGMA busy_timeout = ${LOCK_PATIENCE}`);
    // Exclusive before the first access: the index of the log then stays in this process's memory.
    db.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
    const fault = faultOfVersion(schemaVersion(db), kind);
    if (fault !== undefined) throw new Refusal(fault);
    migrate(db, kind);
    const mode = db.prepare("PRAGMA journal_mode = WAL").get()?.journal_mode;
    if (mode !== "wal") {
      throw new Refusal(
        "its file system lacks what SQLite's WAL needs. Name a file on a local disk.",
      );
    }
    // On macOS a sync reaches the disk itself only with these; elsewhere they change nothing.
    db.exec("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON");
    db.exec("BEGIN IMMEDIATE; COMMIT");
    // Left behind by a reader; under our lock nobody else can be using it.
    removeIfThere(`${file}-shm`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Removes a file that may be missing. */
function removeIfThere(path: string): void {
  if (statOf(path) !== undefined) Deno.removeSync(path);
}
