/**
 * How old files become new ones.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import type { FileKind } from "./file_kind.ts";

/**
 * Brings a file up to date. It happens in rollback-journal mode, in one transaction: so the mark
 * and the version in the first bytes of the file are never older than its tables, and a program
 * can refuse a file by looking at those bytes alone.
 *
 * @param db A database that this connection has locked for itself, empty or of an older version.
 * @param kind Its mark and its migrations.
 */
export function migrate(
  db: DatabaseSync,
  { applicationId, migrations }: Pick<FileKind, "applicationId" | "migrations">,
): void {
  const version = schemaVersion(db);
  if (version >= migrations.length) return;
  db.exec("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
  for (const migration of migrations.slice(version)) db.exec(migration);
  db.exec(`PRAGMA application_id = ${applicationId}`);
  db.exec(`PRAGMA user_version = ${migrations.length}`);
  db.exec("COMMIT");
}

/**
 * Reads a file's schema version (`PRAGMA user_version`): how many migrations it has gone through.
 *
 * @param db An open database.
 * @returns The version; 0 for an empty file.
 */
export function schemaVersion(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.user_version);
}
