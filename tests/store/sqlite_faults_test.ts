import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  faultOfCommit,
  faultOfOpening,
  isConstraint,
  isLocked,
  isPassing,
  sqliteCode,
} from "../../lib/store/sqlite_faults.ts";

/** An error as node:sqlite throws it. */
function sqliteError(message: string, errcode?: number): Error {
  return Object.assign(new Error(message), { code: "ERR_SQLITE_ERROR", errcode });
}

Deno.test("sqliteCode() finds the code, given or behind the message", () => {
  assertEquals(sqliteCode(sqliteError("UNIQUE constraint failed: room.name", 2067)), 2067);
  assertEquals(sqliteCode(sqliteError("database is locked")), 5);
  assertEquals(sqliteCode(sqliteError("unable to open database file: /x")), 14);
  assertEquals(sqliteCode(sqliteError("something new")), undefined);
  assertEquals(sqliteCode(new Error("database is locked")), undefined);
  assertEquals(sqliteCode("database is locked"), undefined);
  assertEquals(isConstraint(sqliteError("UNIQUE constraint failed", 2067)), true);
  assertEquals(isLocked(sqliteError("database is locked", 261)), true);
});

const TRANSACTIONS: [code: number, passing: boolean, why: string][] = [
  [13, true, "the disk is full"], // SQLITE_FULL
  [778, true, "Check disk and permissions, then try again."], // SQLITE_IOERR_WRITE
  [8, true, "cannot be written"], // SQLITE_READONLY
  [5, true, "cannot be written"], // SQLITE_BUSY
  [7, true, "cannot be written"], // SQLITE_NOMEM
  [1034, false, "Check the disk, then start the server again."], // SQLITE_IOERR_FSYNC
  [266, false, "Check the disk"], // SQLITE_IOERR_READ
  [11, false, "Check the disk"], // SQLITE_CORRUPT
];

Deno.test("faultOfCommit() and isPassing() tell what may succeed later from what may not", () => {
  for (const [code, passing, why] of TRANSACTIONS) {
    const error = sqliteError("it broke", code);
    assertEquals(isPassing(error), passing, String(code));
    const fault = faultOfCommit(error, 'directory file "/x/crds.db"');
    assertStringIncludes(fault, why);
    assertStringIncludes(fault, 'the directory file "/x/crds.db"');
  }
  assertEquals(isPassing(new Error("a bug")), false);
});

const OPENINGS: [error: Error, why: string][] = [
  [sqliteError("database is locked", 5), "another server is using it."],
  [sqliteError("database disk image is malformed", 11), "it is damaged (database disk image is"],
  [sqliteError("attempt to write a readonly database"), "it cannot be written. Check who may"],
  [sqliteError("unable to open database file: /x"), "it cannot be written. Check who may"],
  [sqliteError("database or disk is full"), "the disk is full. Make room, or"],
  [
    new Deno.errors.PermissionDenied("os error 13"),
    "the system does not permit it. Check the folder",
  ],
  [
    new Deno.errors.NotCapable('Requires read access to "/x", run again with --allow-read'),
    'the program was not given the permission (Requires read access to "/x"). Start it with',
  ],
  [
    new Deno.errors.NotCapable('Requires all access to "/proc/x.db", run again with --allow-all'),
    "programs may not use files in that folder of the system. Name another file with --data.",
  ],
  [
    new Error("Not a directory (os error 20): open '/x/crds.db'"),
    "Not a directory. Check the folder",
  ],
];

Deno.test("faultOfOpening() says why and what to do", () => {
  for (const [error, why] of OPENINGS) assertStringIncludes(faultOfOpening(error), why);
});
