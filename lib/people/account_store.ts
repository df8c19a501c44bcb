/**
 * Where accounts are kept: the port between their rules and their storage.
 *
 * @module
 */

/** An account. */
export interface Account {
  /** Its name as `foldName()` has it: by this it is known. */
  readonly key: string;
  /** Its name as it is shown. */
  readonly name: string;
  /** What is kept of its password, see `formatHash()`. */
  readonly password: string;
  /** Since when it exists, in milliseconds since 1970. */
  readonly since: number;
  /** When somebody last logged in, in milliseconds since 1970. */
  readonly lastLogin?: number;
}

/** With the text behind it a client logs in again without a password. */
export interface Token {
  /** The SHA-256 of the text, in base64url: the text itself is kept nowhere. */
  readonly hash: string;
  /** The {@linkcode Account.key} of its account. */
  readonly key: string;
  /** When it ends, in milliseconds since 1970. */
  readonly expires: number;
}

/** All that is kept of accounts. */
export interface AccountSnapshot {
  /** The accounts, in the order they were made. */
  readonly accounts: readonly Account[];
  /** The tokens, in the order they end. */
  readonly tokens: readonly Token[];
}

/**
 * A store of accounts. Every method may take its time, and what it changed is as durable as the
 * store when it resolves.
 */
export interface AccountStore {
  /**
   * Reads everything.
   *
   * @returns All accounts and tokens.
   */
  load(): Promise<AccountSnapshot>;
  /**
   * Adds accounts whose names are free, in one step.
   *
   * @param accounts Accounts that keep the rules, each with another key.
   * @param token A token for one of them, kept in the same step if that one was added.
   * @returns The keys that were taken; those were not added.
   */
  add(accounts: readonly Account[], token?: Token): Promise<readonly string[]>;
  /**
   * Deletes an account and all that belongs to it.
   *
   * @param key Its key.
   * @returns Whether there was one.
   */
  delete(key: string): Promise<boolean>;
  /**
   * Gives an account another password and ends its tokens, in one step.
   *
   * @param key Its key.
   * @param password What is kept of the password.
   * @param token The token that there is from then on, kept in the same step.
   * @returns Whether there is such an account.
   */
  setPassword(key: string, password: string, token?: Token): Promise<boolean>;
  /**
   * Keeps a new token.
   *
   * @param token The token; if its account is gone, nothing is kept.
   * @param login If somebody logged in with a password: when, in milliseconds since 1970.
   */
  putToken(token: Token, login?: number): Promise<void>;
  /**
   * Keeps when a token ends. One that has been ended meanwhile is not brought back.
   *
   * @param token The token.
   */
  refreshToken(token: Token): Promise<void>;
  /**
   * Ends tokens.
   *
   * @param hashes Which; those that are not there do not matter.
   */
  deleteTokens(hashes: readonly string[]): Promise<void>;
}
