/**
 * Statements that are run more than once.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";

/** What a query yields: objects without a prototype, which must not leave the store as they are. */
export type Row = Record<string, unknown>;

/**
 * Prepares statements, which fails if a table or a column is missing.
 *
 * @param db The open file.
 * @param texts The statements, by name.
 * @returns The statements, ready to run.
 */
export function prepareAll<Name extends string>(
  db: DatabaseSync,
  texts: Readonly<Record<Name, string>>,
): Record<Name, StatementSync> {
  const prepared = Object.entries<string>(texts).map(([name, sql]) => [name, db.prepare(sql)]);
  return Object.fromEntries(prepared) as Record<Name, StatementSync>;
}
