/**
 * Where all that people leave with the server is kept.
 *
 * @module
 */

import type { AccountStore } from "./account_store.ts";
import { MemoryAccountStore } from "./memory_account_store.ts";

/** The stores of one server. Each has its own tables; they are written and closed together. */
export interface PeopleStore extends AsyncDisposable {
  /** Accounts and tokens. */
  readonly accounts: AccountStore;
}

/** A {@linkcode PeopleStore} that forgets everything when the server ends. */
export class MemoryPeopleStore implements PeopleStore {
  /** Accounts and tokens. */
  readonly accounts: AccountStore = new MemoryAccountStore();

  /** Nothing is open. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
