/**
 * A people file, open: all its tables.
 *
 * @module
 */

import { StoreFile } from "../store/store_file.ts";
import { type AccountRequests, AccountTables } from "./account_tables.ts";
import type { MailLimits } from "./mail.ts";
import { type MailRequests, MailTables } from "./mail_tables.ts";
import { PEOPLE_FILE } from "./people_schema.ts";

/** What can be asked of a people file. */
export type PeopleRequests = AccountRequests & MailRequests;

/** How a people file is opened. */
export interface PeopleFileOptions {
  /** How large it may grow, in SQLite's pages of 4 KiB; undefined for as large as the disk. */
  readonly maxPages?: number | undefined;
  /** What inboxes may hold, where that differs from the defaults. */
  readonly mail?: Partial<MailLimits>;
}

/**
 * Opens a people file.
 *
 * @param path Where it is.
 * @param options Its limits.
 * @returns The file.
 * @throws {UserError} If it cannot be opened.
 */
export function openPeopleFile(path: string, { maxPages, mail }: PeopleFileOptions): StoreFile {
  return new StoreFile(
    { path, kind: PEOPLE_FILE, maxPages },
    (db) => [new AccountTables(db), new MailTables(db, mail)],
  );
}
