/**
 * What is in a people file: its mark and its tables.
 *
 * @module
 */

import type { FileKind } from "../store/file_kind.ts";

/**
 * The file that keeps what people leave with the server.
 *
 * - `account.key` is the name as `foldName()` has it. What belongs to an account refers to it with
 *   `ON DELETE CASCADE`: who unregisters leaves nothing behind.
 * - `account.number` is the order in which accounts were made.
 */
export const PEOPLE_FILE: FileKind = {
  name: "people file",
  // "CRPL" in ASCII.
  applicationId: 0x4352504c,
  migrations: [
    `
  CREATE TABLE account (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password TEXT NOT NULL,
    since INTEGER NOT NULL,
    last_login INTEGER
  ) STRICT;
  CREATE TABLE token (
    hash TEXT NOT NULL PRIMARY KEY,
    key TEXT NOT NULL REFERENCES account (key) ON DELETE CASCADE,
    expires INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX token_of_account ON token (key);
  `,
  ],
};
