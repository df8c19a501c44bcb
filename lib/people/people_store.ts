/**
 * Where all that people leave with the server is kept.
 *
 * @module
 */

import type { AccountStore } from "./account_store.ts";
import type { MailLimits, MailStore } from "./mail.ts";
import { MemoryAccountStore } from "./memory_account_store.ts";
import { MemoryMailStore } from "./memory_mail_store.ts";

/** The stores of one server. Each has its own tables; they are written and closed together. */
export interface PeopleStore extends AsyncDisposable {
  /** Accounts and tokens. */
  readonly accounts: AccountStore;
  /** Inboxes and blocks. */
  readonly mail: MailStore;
}

/** A {@linkcode PeopleStore} that forgets everything when the server ends. */
export class MemoryPeopleStore implements PeopleStore {
  /** Accounts and tokens. */
  readonly accounts: AccountStore = new MemoryAccountStore();
  /** Inboxes and blocks. */
  readonly mail: MailStore;

  /**
   * Makes empty stores.
   *
   * @param mail What inboxes may hold, where that differs from the defaults.
   */
  constructor(mail: Partial<MailLimits> = {}) {
    this.mail = new MemoryMailStore(mail);
  }

  /** Nothing is open. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
