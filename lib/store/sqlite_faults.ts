/**
 * What SQLite and the system complain about, in sentences.
 *
 * @module
 */

import { reasonOf } from "../errors.ts";

/** SQLite's result codes that are told apart (https://sqlite.org/rescode.html). */
const BUSY = 5;
const NOMEM = 7;
const READONLY = 8;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const CONSTRAINT = 19;
const NOTADB = 26;
/** The extended code of a write (not a sync) that failed: a quota, or a limit of the file's size. */
const IOERR_WRITE = 778;

/** The codes behind the messages: `exec()` and opening tell no code in Deno 2.9. */
const CODES: readonly (readonly [message: string, code: number])[] = [
  ["database is locked", BUSY],
  ["attempt to write a readonly database", READONLY],
  ["database disk image is malformed", CORRUPT],
  ["database or disk is full", FULL],
  ["unable to open database file", CANTOPEN],
  ["file is not a database", NOTADB],
];

/**
 * Finds SQLite's result code in an error.
 *
 * @param error Anything that was thrown.
 * @returns The extended result code, or undefined if SQLite has not thrown it.
 */
export function sqliteCode(error: unknown): number | undefined {
  const { code, errcode } = error as { code?: string; errcode?: number };
  if (!(error instanceof Error) || code !== "ERR_SQLITE_ERROR") return undefined;
  return errcode ?? CODES.find(([message]) => error.message.startsWith(message))?.[1];
}

/**
 * Says whether an error means that a row broke a constraint of the tables.
 *
 * @param error Anything that was thrown.
 * @returns True if so; then the statement changed nothing, and the transaction goes on.
 */
export function isConstraint(error: unknown): boolean {
  return primary(sqliteCode(error)) === CONSTRAINT;
}

/**
 * Says whether an error means that somebody else has the file locked.
 *
 * @param error Anything that was thrown.
 * @returns True if so.
 */
export function isLocked(error: unknown): boolean {
  return primary(sqliteCode(error)) === BUSY;
}

/**
 * Says whether a failed transaction leaves the file as it was, so that the next may succeed. After
 * a failed sync nobody knows what is on the disk, and a second sync would lie about it.
 *
 * @param error What was thrown.
 * @returns True if one may go on.
 */
export function isPassing(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === IOERR_WRITE || [BUSY, NOMEM, READONLY, FULL].includes(primary(code) ?? -1);
}

/**
 * Says why a transaction failed and what to do.
 *
 * @param error What was thrown.
 * @param file What the file is called: `directory file "/x/crds.db"`.
 * @returns Two sentences, the first fit to stand after `Cannot create room "x": `.
 */
export function faultOfCommit(error: unknown, file: string): string {
  if (!isPassing(error)) {
    return `the ${file} failed (${reasonOf(error)}). Check the disk, then start the server again.`;
  }
  if (primary(sqliteCode(error)) === FULL) {
    return `the disk is full, the ${file} cannot grow. Make room, then try again.`;
  }
  return `the ${file} cannot be written (${
    reasonOf(error)
  }). Check disk and permissions, then try again.`;
}

/**
 * Says why a file could not be opened and what to do.
 *
 * @param error What was thrown.
 * @returns Two sentences, the first fit to stand after `Cannot open directory file "x": `.
 */
export function faultOfOpening(error: unknown): string {
  switch (primary(sqliteCode(error))) {
    case BUSY:
      return "another server is using it. Stop that one first, or name another file with --data.";
    case CORRUPT:
    case NOTADB:
      return faultOfDamage(reasonOf(error));
    case CANTOPEN:
    case READONLY:
      return "it cannot be written. Check who may write to the file and its folder.";
    case FULL:
      return "the disk is full. Make room, or name a file elsewhere with --data.";
  }
  if (error instanceof Deno.errors.NotCapable) {
    // Deno keeps /proc, /sys, /dev and their like from programs that may not do everything.
    if (error.message.startsWith("Requires all access")) {
      return "programs may not use files in that folder of the system. Name another file with --data.";
    }
    return `${reasonOf(error)} (${error.message.replace(/, run again.*/, "")}). ` +
      "Start it with --allow-read and --allow-write for the folder, or with --memory.";
  }
  // Deno adds the system call and the path, which the sentence has already.
  const why = reasonOf(error).replace(/: \w+ '.*'$/, "");
  return `${why}. Check the folder and its permissions, or name another file with --data.`;
}

/**
 * Says that a file is damaged and what to do.
 *
 * @param finding What was found.
 * @returns Two sentences, the first fit to stand after `Cannot open directory file "x": `.
 */
export function faultOfDamage(finding: string): string {
  return `it is damaged (${finding}). Put a backup in its place, or move it away to start empty.`;
}

/** The lower byte of a result code: the kind of error. */
function primary(code: number | undefined): number | undefined {
  return code === undefined ? undefined : code & 0xff;
}
