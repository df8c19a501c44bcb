/**
 * What people leave with the server, in an SQLite file.
 *
 * @module
 */

import { StoreQueue } from "../store/store_queue.ts";
import type { AccountStore } from "./account_store.ts";
import type { MailStore } from "./mail.ts";
import type { PeopleFileOptions, PeopleRequests } from "./people_file.ts";
import { PEOPLE_FILE } from "./people_schema.ts";
import type { PeopleStore } from "./people_store.ts";
import { SqliteAccountStore } from "./sqlite_account_store.ts";
import { SqliteMailStore } from "./sqlite_mail_store.ts";

/**
 * A {@linkcode PeopleStore} in an SQLite file; see `StoreQueue` for what it promises.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * {
 *   await using store = await SqlitePeopleStore.open(`${folder}/crds-people.db`);
 *   await store.accounts.add([{ key: "mel", name: "Mel", password: "...", since: 0 }]);
 * }
 * {
 *   await using store = await SqlitePeopleStore.open(`${folder}/crds-people.db`);
 *   assertEquals((await store.accounts.load()).accounts.length, 1);
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export class SqlitePeopleStore implements PeopleStore {
  readonly #queue: StoreQueue<PeopleRequests>;
  /** Accounts and tokens. */
  readonly accounts: AccountStore;
  /** Inboxes and blocks. */
  readonly mail: MailStore;

  private constructor(queue: StoreQueue<PeopleRequests>) {
    this.#queue = queue;
    this.accounts = new SqliteAccountStore(queue);
    this.mail = new SqliteMailStore(queue);
  }

  /**
   * Opens a people file, or makes a new one, with its folder if need be.
   *
   * @param path Where it is.
   * @param options Settings.
   * @returns The store.
   * @throws {UserError} `Cannot open people file "<path>": <why>. <what to do>`; see `StoreQueue`.
   */
  static async open(path: string, options: PeopleFileOptions = {}): Promise<SqlitePeopleStore> {
    const program = new URL("./people_worker.ts", import.meta.url);
    const queue = await StoreQueue.open<PeopleRequests>({
      program,
      path,
      kind: PEOPLE_FILE,
      options,
    });
    return new SqlitePeopleStore(queue);
  }

  /** Finishes what was asked, closes the file and ends the thread. May be called twice. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#queue[Symbol.asyncDispose]();
  }
}

/**
 * Names the people file that belongs to a directory file.
 *
 * @param data The directory file.
 * @returns The file beside it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(peopleFileOf("/var/lib/crds/crds.db"), "/var/lib/crds/crds-people.db");
 * ```
 */
export function peopleFileOf(data: string): string {
  return `${data.replace(/\.db$/, "")}-people.db`;
}
