/**
 * What accounts go by, and what a login is.
 *
 * @module
 */

import type { Account, AccountStore } from "./account_store.ts";
import type { PasswordHasher } from "./password_hasher.ts";

/** How many accounts a server has at most: a campus, in some 5 MB of memory. */
export const DEFAULT_MAX_ACCOUNTS = 10_000;

/** How long the first lock lasts, in milliseconds. */
export const DEFAULT_LOCK = 10_000;

/** What {@linkcode Accounts} work with. */
export interface AccountsOptions {
  /** Where they are kept. */
  readonly store: AccountStore;
  /** Hashes passwords. */
  readonly hasher: Pick<PasswordHasher, "hash" | "verify">;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
  /**
   * How long the first lock lasts, in milliseconds.
   *
   * @default {DEFAULT_LOCK}
   */
  readonly lock?: number | undefined;
  /**
   * How many accounts there may be.
   *
   * @default {DEFAULT_MAX_ACCOUNTS}
   */
  readonly maxAccounts?: number | undefined;
}

/** Somebody has proved to be who they say. */
export interface Login {
  /** The account. */
  readonly account: Account;
  /** The text of a token for the next time; it is kept nowhere here. */
  readonly token: string;
  /** What the store failed with, for the operator, where one is logged in all the same. */
  readonly problem?: string;
}
