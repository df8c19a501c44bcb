/**
 * The rules of accounts on a store, with a view of the names that answers at once.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { sanitise } from "../text.ts";
import { AccountError, nameTaken } from "./account_error.ts";
import type { Account, Token } from "./account_store.ts";
import {
  type AccountsOptions,
  DEFAULT_LOCK,
  DEFAULT_MAX_ACCOUNTS,
  type Login,
} from "./accounts_options.ts";
import { checkPersonName, foldName } from "./names.ts";
import { type Credentials, PasswordCheck } from "./password_check.ts";
import { faultOfPassword } from "./passwords.ts";
import { hashOfToken, makeToken, TOKEN_LIFE, Tokens } from "./tokens.ts";

/**
 * The accounts of one server.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { MemoryAccountStore } from "./memory_account_store.ts";
 * import { PasswordHasher } from "./password_hasher.ts";
 *
 * const hasher = new PasswordHasher({ cost: { logN: 4, r: 8, p: 1 } });
 * const accounts = await Accounts.open({ store: new MemoryAccountStore(), hasher, now: () => 0 });
 * const address = "10.0.0.5";
 * const { token } = await accounts.register({ name: "Mel", password: "correct horse", address });
 * assertEquals((await accounts.resume(token)).account.name, "Mel");
 * ```
 */
export class Accounts {
  readonly #options: AccountsOptions;
  readonly #max: number;
  readonly #accounts: Map<string, Account>;
  readonly #tokens: Tokens;
  readonly #passwords: PasswordCheck;
  /** The keys of what is being registered. */
  readonly #coming = new Set<string>();

  private constructor(
    options: AccountsOptions,
    accounts: readonly Account[],
    tokens: readonly Token[],
  ) {
    this.#options = options;
    this.#max = options.maxAccounts ?? DEFAULT_MAX_ACCOUNTS;
    this.#accounts = new Map(accounts.map((account) => [account.key, account]));
    this.#tokens = new Tokens(tokens);
    const { hasher, now, lock = DEFAULT_LOCK } = options;
    const find = (key: string) => this.#accounts.get(key);
    this.#passwords = new PasswordCheck({ hasher, find, now, lock });
  }

  /**
   * Reads what is in the store.
   *
   * @param options What they work with.
   * @returns The accounts.
   * @throws {UserError} If the store fails.
   */
  static async open(options: AccountsOptions): Promise<Accounts> {
    const { accounts, tokens } = await options.store.load();
    return new Accounts(options, accounts, tokens);
  }

  /** How many there are. */
  get size(): number {
    return this.#accounts.size;
  }

  /**
   * Says whether a name belongs to an account, or is about to.
   *
   * @param key The name as `foldName()` has it.
   * @returns True if so: no guest may have it.
   */
  has(key: string): boolean {
    return this.#accounts.has(key) || this.#coming.has(key);
  }

  /**
   * Makes an account.
   *
   * @param credentials Its name as it is to be shown, and its password.
   * @returns The account, logged in.
   * @throws {AccountError | PresenceError} If the name cannot be had or the password not be used.
   */
  async register({ name: wanted, password, address }: Credentials): Promise<Login> {
    const name = checkPersonName(wanted);
    const key = foldName(name);
    const cannot = `Cannot register "${name}"`;
    if (this.has(key)) throw nameTaken(cannot);
    const fault = faultOfPassword(password, name);
    if (fault !== undefined) {
      throw new AccountError("BAD_PASSWORD", `${cannot} with this password: ${fault}.`);
    }
    if (this.#accounts.size + this.#coming.size >= this.#max) {
      const why = `this server has ${this.#max} accounts, and that is the most`;
      throw new AccountError(
        "TOO_MANY_ACCOUNTS",
        `${cannot}: ${why}. Ask the server's operator for more (--max-accounts).`,
      );
    }
    this.#coming.add(key);
    try {
      const kept = await this.#passwords.hash(cannot, password, address);
      const time = this.#options.now();
      const account = { key, name, password: kept, since: time, lastLogin: time };
      const { text, token } = this.#newToken(key, time);
      const taken = await this.#options.store.add([account], token);
      // The store is the last to say so: another server may share it one day.
      if (taken.length > 0) throw nameTaken(cannot);
      this.#accounts.set(key, account);
      this.#tokens.put(token);
      return { account, token: text };
    } finally {
      this.#coming.delete(key);
    }
  }

  /**
   * Logs in with a password. The answer is the same, after the same time, for a name that nobody has.
   *
   * @param credentials Name and password.
   * @returns The account, logged in.
   * @throws {AccountError} If they are wrong, or name or address are locked.
   */
  login(credentials: Credentials): Promise<Login> {
    const cannot = `Cannot log in as "${shown(credentials.name)}"`;
    const wrong = "there is no such account, or the password is another one";
    return this.#passwords.prove(
      { cannot, wrong },
      credentials,
      (account) => this.#enter(account),
    );
  }

  /**
   * Logs in with a token.
   *
   * @param text Its text.
   * @returns The account, and the same token: it lives on, unless there is a `problem`.
   * @throws {AccountError} If it has ended.
   */
  async resume(text: string): Promise<Login> {
    this.#ownerOf(text);
    const problem = await problemOf(this.refresh(text));
    // It may have been ended meanwhile: by another password, say.
    return { account: this.#ownerOf(text), token: text, ...problem };
  }

  /**
   * Lets a token live on: its session is still there.
   *
   * @param text Its text; one that has ended stays so.
   * @returns Resolves when that is kept.
   */
  async refresh(text: string): Promise<void> {
    const token = this.#find(text);
    if (token === undefined) return;
    const lasting = { ...token, expires: this.#options.now() + TOKEN_LIFE };
    this.#tokens.put(lasting);
    await this.#options.store.refreshToken(lasting);
  }

  /**
   * Ends a token.
   *
   * @param text Its text.
   * @returns Resolves when that is kept.
   */
  async logout(text: string): Promise<void> {
    const hash = hashOfToken(text);
    if (hash === undefined) return;
    await this.#options.store.deleteTokens([hash]);
    this.#tokens.delete(hash);
  }

  /**
   * Gives an account another password; all its tokens end.
   *
   * @param credentials Name and present password.
   * @param next The new password.
   * @returns The account, with a new token.
   * @throws {AccountError} If the present password is wrong, or the new one cannot be used.
   */
  async changePassword(credentials: Credentials, next: string): Promise<Login> {
    const cannot = `Cannot change the password of "${shown(credentials.name)}"`;
    const fault = faultOfPassword(next, credentials.name);
    if (fault !== undefined) {
      throw new AccountError("BAD_PASSWORD", `${cannot} to the new one: ${fault}.`);
    }
    const purpose = { cannot, wrong: WRONG };
    return await this.#passwords.prove(purpose, credentials, async (account, hash) => {
      const password = await hash(next);
      const { key } = account;
      const { text, token } = this.#newToken(key, this.#options.now());
      await this.#endTokens(key, () => this.#options.store.setPassword(key, password, token));
      const changed = { ...account, password };
      this.#accounts.set(key, changed);
      this.#tokens.put(token);
      return { account: changed, token: text };
    });
  }

  /**
   * Deletes an account and all that belongs to it; its name is free.
   *
   * @param credentials Name and password.
   * @returns Resolves when that is kept.
   * @throws {AccountError} If the password is wrong.
   */
  unregister(credentials: Credentials): Promise<void> {
    const cannot = `Cannot unregister "${shown(credentials.name)}"`;
    return this.#passwords.prove({ cannot, wrong: WRONG }, credentials, async ({ key }) => {
      await this.#endTokens(key, () => this.#options.store.delete(key));
      this.#accounts.delete(key);
    });
  }

  /**
   * Forgets tokens that have ended.
   *
   * @returns Resolves when that is kept.
   */
  async expire(): Promise<void> {
    const ended = this.#tokens.expire(this.#options.now());
    if (ended.length > 0) await this.#options.store.deleteTokens(ended);
  }

  /** Finds a token that has not ended. */
  #find(text: string): Token | undefined {
    const hash = hashOfToken(text);
    return hash === undefined ? undefined : this.#tokens.find(hash, this.#options.now());
  }

  #ownerOf(text: string): Account {
    const token = this.#find(text);
    const account = token && this.#accounts.get(token.key);
    if (account !== undefined) return account;
    const why = "the last login has ended. Log in with your password";
    throw new AccountError("BAD_TOKEN", `Cannot log in again: ${why}.`);
  }

  /** Does what ends all tokens of an account in the store: from its beginning none lets in. */
  async #endTokens(key: string, write: () => Promise<unknown>): Promise<void> {
    const ended = this.#tokens.deleteOf(key);
    try {
      await write();
    } catch (error) {
      for (const token of ended) this.#tokens.put(token);
      throw error;
    }
  }

  /** Makes a token for somebody who gave the password. */
  async #enter(account: Account): Promise<Login> {
    const { store, now } = this.#options;
    const time = now();
    const { text, token } = this.#newToken(account.key, time);
    await store.putToken(token, time);
    const entered = { ...account, lastLogin: time };
    this.#accounts.set(account.key, entered);
    const ended = this.#tokens.put(token);
    const problem = ended.length > 0 ? await problemOf(store.deleteTokens(ended)) : {};
    return { account: entered, token: text, ...problem };
  }

  #newToken(key: string, time: number): { text: string; token: Token } {
    const text = makeToken();
    return { text, token: { hash: hashOfToken(text)!, key, expires: time + TOKEN_LIFE } };
  }
}

/** Who asks is logged in: that there is such an account is no secret. */
const WRONG = "the password is another one";

/** Tells what the store failed with, where that is no reason to refuse anything. */
async function problemOf(write: Promise<void>): Promise<{ problem?: string }> {
  try {
    await write;
    return {};
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { problem: error.message };
  }
}

function shown(name: string): string {
  return sanitise(name.trim());
}
