/**
 * Accounts that are forgotten when the server ends.
 *
 * @module
 */

import type { Account, AccountSnapshot, AccountStore, Token } from "./account_store.ts";

/**
 * An {@linkcode AccountStore} in memory.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const store = new MemoryAccountStore();
 * const account = { key: "mel", name: "Mel", password: "...", since: 0 };
 * assertEquals(await store.add([account]), []);
 * assertEquals(await store.add([account]), ["mel"]);
 * ```
 */
export class MemoryAccountStore implements AccountStore {
  readonly #accounts = new Map<string, Account>();
  readonly #tokens = new Map<string, Token>();

  /** Reads everything; see {@linkcode AccountStore}. */
  load(): Promise<AccountSnapshot> {
    const tokens = [...this.#tokens.values()].sort((a, b) => a.expires - b.expires);
    return Promise.resolve({ accounts: [...this.#accounts.values()], tokens });
  }

  /** Adds accounts; see {@linkcode AccountStore}. */
  add(accounts: readonly Account[], token?: Token): Promise<readonly string[]> {
    const taken = accounts.filter(({ key }) => this.#accounts.has(key)).map(({ key }) => key);
    for (const account of accounts) {
      if (!this.#accounts.has(account.key)) this.#accounts.set(account.key, account);
    }
    if (token !== undefined && !taken.includes(token.key)) this.#tokens.set(token.hash, token);
    return Promise.resolve(taken);
  }

  /** Deletes an account; see {@linkcode AccountStore}. */
  delete(key: string): Promise<boolean> {
    this.#endTokensOf(key);
    return Promise.resolve(this.#accounts.delete(key));
  }

  /** Sets a password; see {@linkcode AccountStore}. */
  setPassword(key: string, password: string, token?: Token): Promise<boolean> {
    const account = this.#accounts.get(key);
    if (account === undefined) return Promise.resolve(false);
    this.#accounts.set(key, { ...account, password });
    this.#endTokensOf(key);
    if (token !== undefined) this.#tokens.set(token.hash, token);
    return Promise.resolve(true);
  }

  /** Keeps a token; see {@linkcode AccountStore}. */
  putToken(token: Token, login?: number): Promise<void> {
    const account = this.#accounts.get(token.key);
    if (account === undefined) return Promise.resolve();
    this.#tokens.set(token.hash, token);
    if (login !== undefined) this.#accounts.set(token.key, { ...account, lastLogin: login });
    return Promise.resolve();
  }

  /** Keeps when a token ends; see {@linkcode AccountStore}. */
  refreshToken(token: Token): Promise<void> {
    if (this.#tokens.has(token.hash)) this.#tokens.set(token.hash, token);
    return Promise.resolve();
  }

  /** Ends tokens; see {@linkcode AccountStore}. */
  deleteTokens(hashes: readonly string[]): Promise<void> {
    for (const hash of hashes) this.#tokens.delete(hash);
    return Promise.resolve();
  }

  #endTokensOf(key: string): void {
    for (const token of this.#tokens.values()) {
      if (token.key === key) this.#tokens.delete(token.hash);
    }
  }
}
