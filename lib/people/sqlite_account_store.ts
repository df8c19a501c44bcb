/**
 * Accounts in a people file.
 *
 * @module
 */

import type { StoreQueue } from "../store/store_queue.ts";
import { sanitise } from "../text.ts";
import type { AccountRequests } from "./account_tables.ts";
import type { Account, AccountSnapshot, AccountStore, Token } from "./account_store.ts";

/** An {@linkcode AccountStore} that asks a file. */
export class SqliteAccountStore implements AccountStore {
  readonly #queue: Pick<StoreQueue<AccountRequests>, "ask">;

  /**
   * Makes the store.
   *
   * @param queue The file.
   */
  constructor(queue: Pick<StoreQueue<AccountRequests>, "ask">) {
    this.#queue = queue;
  }

  /** Reads everything; see {@linkcode AccountStore}. */
  load(): Promise<AccountSnapshot> {
    return this.#queue.ask("read the accounts", "accounts.load", null);
  }

  /** Adds accounts; see {@linkcode AccountStore}. */
  add(accounts: readonly Account[], token?: Token): Promise<readonly string[]> {
    const [first] = accounts;
    const what = accounts.length === 1
      ? `"${sanitise(first!.name)}"`
      : `${accounts.length} accounts`;
    return this.#queue.ask(`register ${what}`, "accounts.add", { accounts, token });
  }

  /** Deletes an account; see {@linkcode AccountStore}. */
  delete(key: string): Promise<boolean> {
    return this.#queue.ask(`unregister "${sanitise(key)}"`, "accounts.delete", key);
  }

  /** Sets a password; see {@linkcode AccountStore}. */
  setPassword(key: string, password: string, token?: Token): Promise<boolean> {
    const action = `change the password of "${sanitise(key)}"`;
    return this.#queue.ask(action, "accounts.password", { key, password, token });
  }

  /** Keeps a token; see {@linkcode AccountStore}. */
  putToken(token: Token, login?: number): Promise<void> {
    return this.#queue.ask(`log in as "${sanitise(token.key)}"`, "tokens.put", { token, login });
  }

  /** Keeps when a token ends; see {@linkcode AccountStore}. */
  refreshToken(token: Token): Promise<void> {
    const action = `keep the login of "${sanitise(token.key)}"`;
    return this.#queue.ask(action, "tokens.refresh", token);
  }

  /** Ends tokens; see {@linkcode AccountStore}. */
  deleteTokens(hashes: readonly string[]): Promise<void> {
    return this.#queue.ask("log out", "tokens.delete", hashes);
  }
}
