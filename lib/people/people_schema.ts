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
 * - `mail` has the messages that wait, `mail_seen` the ids of these and of the last that were
 *   delivered; `sender` and `who` are names as `foldName()` has them, with an account or without.
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
    `
  CREATE TABLE mail (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL REFERENCES account (key) ON DELETE CASCADE,
    sender TEXT NOT NULL,
    id TEXT NOT NULL,
    shown TEXT NOT NULL,
    is_account INTEGER NOT NULL CHECK (is_account IN (0, 1)),
    text TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX mail_of_account ON mail (account, sender);
  CREATE TABLE mail_seen (
    sender TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    delivered INTEGER NOT NULL DEFAULT 0 CHECK (delivered IN (0, 1)),
    PRIMARY KEY (sender, id)
  ) STRICT;
  CREATE TABLE block (
    account TEXT NOT NULL REFERENCES account (key) ON DELETE CASCADE,
    who TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (account, who)
  ) STRICT;
  `,
    // Guests are counted at each message of one.
    "CREATE INDEX mail_of_guests ON mail (account) WHERE is_account = 0;",
  ],
};
