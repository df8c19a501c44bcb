/**
 * What is in a directory file: its marks, its tables, and how old files become new ones.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";

/** Marks a file as ours (`PRAGMA application_id`): "CRDS" in ASCII. */
export const APPLICATION_ID = 0x43524453;

/**
 * What turns a file of schema version N into one of version N + 1, at index N. A file is never
 * migrated back, and what stands here is never edited once released: add to the end.
 *
 * - `room.revision` is the directory's revision that created the room: the order of creation.
 * - `change` is the log for watchers that come back; its last row holds the directory's revision.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE room (
    revision INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL,
    port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    topic TEXT,
    created_at INTEGER,
    created_by TEXT,
    UNIQUE (address, port)
  ) STRICT;
  CREATE TABLE change (
    revision INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('created', 'deleted')),
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    port INTEGER NOT NULL,
    topic TEXT,
    created_at INTEGER,
    created_by TEXT
  ) STRICT;
  `,
  `
  ALTER TABLE room ADD COLUMN sealed TEXT;
  ALTER TABLE room ADD COLUMN owner TEXT;
  ALTER TABLE change ADD COLUMN sealed TEXT;
  ALTER TABLE change ADD COLUMN owner TEXT;
  `,
];

/** The schema version that this program writes (`PRAGMA user_version`). */
export const SCHEMA_VERSION: number = MIGRATIONS.length;

/**
 * Brings a file up to date. It happens in rollback-journal mode, in one transaction: so the mark
 * and the version in the first bytes of the file are never older than its tables, and a program
 * can refuse a file by looking at those bytes alone.
 *
 * @param db A database that this connection has locked for itself, empty or of an older version.
 * @param migrations The migrations.
 */
export function migrate(db: DatabaseSync, migrations: readonly string[] = MIGRATIONS): void {
  const version = schemaVersion(db);
  if (version >= migrations.length) return;
  db.exec("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
  for (const migration of migrations.slice(version)) db.exec(migration);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  db.exec(`PRAGMA user_version = ${migrations.length}`);
  db.exec("COMMIT");
}

/**
 * Reads a file's schema version.
 *
 * @param db An open database.
 * @returns The version; 0 for an empty file.
 */
export function schemaVersion(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.user_version);
}
