/**
 * The tables of accounts and tokens, and what can be asked of them.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { prepareAll, type Row } from "../store/statements.ts";
import type { Tables } from "../store/store_file.ts";
import type { Account, AccountSnapshot, Token } from "./account_store.ts";

/** What can be asked about accounts; see `AccountStore`. */
export type AccountRequests = {
  /** Reads everything. */
  "accounts.load": { params: null; value: AccountSnapshot };
  /** Adds accounts, and a token of one; tells which were there. */
  "accounts.add": {
    params: { readonly accounts: readonly Account[]; readonly token: Token | undefined };
    value: readonly string[];
  };
  /** Deletes an account. */
  "accounts.delete": { params: string; value: boolean };
  /** Sets a password, ends the tokens but for a new one. */
  "accounts.password": {
    params: {
      readonly key: string;
      readonly password: string;
      readonly token: Token | undefined;
    };
    value: boolean;
  };
  /** Keeps a token. */
  "tokens.put": {
    params: { readonly token: Token; readonly login: number | undefined };
    value: void;
  };
  /** Keeps when a token ends. */
  "tokens.refresh": { params: Token; value: void };
  /** Ends tokens. */
  "tokens.delete": { params: readonly string[]; value: void };
};

/** Every statement. */
const STATEMENTS = {
  accounts: "SELECT key, name, password, since, last_login FROM account ORDER BY number",
  tokens: "SELECT hash, key, expires FROM token ORDER BY expires",
  add: `INSERT INTO account (key, name, password, since, last_login)
    VALUES (:key, :name, :password, :since, :last_login) ON CONFLICT (key) DO NOTHING`,
  delete: "DELETE FROM account WHERE key = ?",
  password: "UPDATE account SET password = :password WHERE key = :key",
  login: "UPDATE account SET last_login = :login WHERE key = :key",
  // The account may have been deleted while the token was under way.
  putToken: `INSERT INTO token (hash, key, expires)
    SELECT :hash, key, :expires FROM account WHERE key = :key`,
  // No insert: it may have been ended while this was under way.
  refreshToken: "UPDATE token SET expires = :expires WHERE hash = :hash",
  deleteToken: "DELETE FROM token WHERE hash = ?",
  deleteTokens: "DELETE FROM token WHERE key = ?",
} as const;

/** Accounts and tokens in a people file. */
export class AccountTables implements Tables<AccountRequests> {
  readonly #sql: Record<keyof typeof STATEMENTS, StatementSync>;
  /** What changes something. */
  readonly writes: Tables<AccountRequests>["writes"];
  /** What only reads. */
  readonly reads: Tables<AccountRequests>["reads"];

  /**
   * Prepares the statements.
   *
   * @param db The open file.
   */
  constructor(db: DatabaseSync) {
    const sql = this.#sql = prepareAll(db, STATEMENTS);
    this.reads = { "accounts.load": () => this.#load() };
    this.writes = {
      "accounts.add": ({ accounts, token }) => {
        const taken = this.#add(accounts);
        if (token !== undefined && !taken.includes(token.key)) sql.putToken.run({ ...token });
        return { value: taken };
      },
      "accounts.delete": (key) => ({ value: sql.delete.run(key).changes > 0 }),
      "accounts.password": ({ key, password, token }) => {
        const { changes } = sql.password.run({ key, password });
        sql.deleteTokens.run(key);
        if (token !== undefined) sql.putToken.run({ ...token });
        return { value: changes > 0 };
      },
      "tokens.put": ({ token: { hash, key, expires }, login }) => {
        sql.putToken.run({ hash, key, expires });
        if (login !== undefined) sql.login.run({ key, login });
        return { value: undefined };
      },
      "tokens.refresh": ({ hash, expires }) => {
        sql.refreshToken.run({ hash, expires });
        return { value: undefined };
      },
      "tokens.delete": (hashes) => {
        for (const hash of hashes) sql.deleteToken.run(hash);
        return { value: undefined };
      },
    };
  }

  #load(): AccountSnapshot {
    return {
      accounts: this.#sql.accounts.all().map((row) => accountOf(row as Row)),
      tokens: this.#sql.tokens.all().map((row) => ({ ...row }) as unknown as Token),
    };
  }

  #add(accounts: readonly Account[]): string[] {
    const taken: string[] = [];
    for (const { lastLogin, ...account } of accounts) {
      const { changes } = this.#sql.add.run({ ...account, last_login: lastLogin ?? null });
      if (changes === 0) taken.push(account.key);
    }
    return taken;
  }
}

function accountOf({ last_login, ...rest }: Row): Account {
  const account = { ...rest } as unknown as Account;
  return last_login === null ? account : { ...account, lastLogin: Number(last_login) };
}
