/**
 * Opens what people leave with the server, as its settings say.
 *
 * @module
 */

import { Accounts } from "../people/accounts.ts";
import { Blocks } from "../people/blocks.ts";
import { PasswordHasher } from "../people/password_hasher.ts";
import type { PeopleOptions } from "./people_parts.ts";
import type { ServerSettings } from "./settings.ts";
import { openPeople, peopleFile } from "./storage.ts";

/** What people have left, open; to be closed after the server. */
export interface OpenPeople extends AsyncDisposable {
  /** What the server is given. */
  readonly options: PeopleOptions;
  /** The file, or null for memory. */
  readonly file: string | null;
  /** What the operator is told. */
  readonly told: { readonly accounts: number };
}

/**
 * Opens the accounts, the inboxes and the blocks.
 *
 * @param settings What the command line says.
 * @param env Looks an environment variable up, for the default folder.
 * @returns What is needed of them.
 * @throws {UserError} If the file cannot be used: why, and what to do about it.
 */
export async function openAccounts(
  settings: ServerSettings,
  env: (name: string) => string | undefined,
): Promise<OpenPeople> {
  const { lock, maxAccounts, singleSession, idleTimeout } = settings;
  const file = peopleFile(settings, env);
  const store = await openPeople(file);
  try {
    const hasher = new PasswordHasher();
    const limits = { lock, maxAccounts, now: Date.now };
    const accounts = await Accounts.open({ ...limits, store: store.accounts, hasher });
    const blocks = await Blocks.open(store.mail);
    return {
      options: {
        accounts,
        logins: { singleSession, idleTimeout },
        mail: { store: store.mail, blocks },
      },
      file,
      told: { accounts: accounts.size },
      [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    };
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}
