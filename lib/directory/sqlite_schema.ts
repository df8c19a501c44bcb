/**
 * What is in a directory file: its mark and its tables.
 *
 * @module
 */

import type { FileKind } from "../store/file_kind.ts";

/**
 * The file that keeps the directory.
 *
 * - `room.revision` is the directory's revision that created the room: the order of creation.
 * - `change` is the log for watchers that come back; its last row holds the directory's revision.
 */
export const DIRECTORY_FILE: FileKind = {
  name: "directory file",
  // "CRDS" in ASCII.
  applicationId: 0x43524453,
  migrations: [
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
  ],
};
