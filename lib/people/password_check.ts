/**
 * Checking passwords: who may try, in which order, and what comes of a wrong one.
 *
 * @module
 */

import { AccountError } from "./account_error.ts";
import type { Account } from "./account_store.ts";
import { Attempts } from "./attempts.ts";
import { foldName } from "./names.ts";
import { HasherBusy, type PasswordHasher } from "./password_hasher.ts";
import { LineFull, WaitingLines } from "./waiting_lines.ts";

/** How many passwords of one address, or for one name, wait to be checked: a class that logs in at once. */
const MAX_WAITING = 256;

/** A password with what it is for. */
export interface Credentials {
  /** The name of the account, in any spelling. */
  readonly name: string;
  /** The password. */
  readonly password: string;
  /** The address it comes from. */
  readonly address: string;
}

/** What a password is given for. */
export interface Purpose {
  /** The beginning of an error: `Cannot log in as "Mel"`. */
  readonly cannot: string;
  /** What a wrong password means, in an error. */
  readonly wrong: string;
}

/** What a {@linkcode PasswordCheck} works with. */
export interface PasswordCheckOptions {
  /** Hashes passwords. */
  readonly hasher: Pick<PasswordHasher, "hash" | "verify">;
  /** Finds the account of a name as `foldName()` has it. */
  readonly find: (key: string) => Account | undefined;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
  /** How long the first lock lasts, in milliseconds. */
  readonly lock: number;
}

/**
 * The one place where passwords are compared. For one name, and for one address, that happens one
 * after another: so no more can be tried than a lock allows, and nobody takes all the work.
 */
export class PasswordCheck {
  readonly #options: PasswordCheckOptions;
  readonly #attempts: Attempts;
  readonly #names = new WaitingLines(MAX_WAITING);
  readonly #addresses = new WaitingLines(MAX_WAITING);

  /**
   * Begins without any mistakes.
   *
   * @param options What it works with.
   */
  constructor(options: PasswordCheckOptions) {
    this.#options = options;
    this.#attempts = new Attempts({ lock: options.lock });
  }

  /**
   * Makes what is kept of a new password.
   *
   * @param cannot The beginning of an error: `Cannot register "Mel"`.
   * @param password The password.
   * @param address Where it comes from.
   * @returns What is kept.
   * @throws {AccountError} `BUSY` if too many wait.
   */
  hash(cannot: string, password: string, address: string): Promise<string> {
    const { hasher } = this.#options;
    return inLine(cannot, () => this.#addresses.wait(address, () => hasher.hash(password)));
  }

  /**
   * Checks a password, then does something before the next one for that name is looked at.
   *
   * @param purpose What for.
   * @param credentials Name and password.
   * @param work What to do with the account, and with what makes what is kept of a new password: it
   *   is this address's turn already, so `hash()` would wait for itself.
   * @returns What the work returns.
   * @throws {AccountError} `WRONG_PASSWORD`, `LOCKED`, or `BUSY` if too many wait.
   */
  async prove<T>(
    purpose: Purpose,
    { name, password, address }: Credentials,
    work: (account: Account, hash: (password: string) => Promise<string>) => Promise<T>,
  ): Promise<T> {
    const key = foldName(name);
    const { cannot } = purpose;
    const hash = (next: string) => this.#options.hasher.hash(next);
    const turn = async () => work(await this.#check(purpose, key, password, address), hash);
    this.#refuseIfLocked(cannot, key, address);
    // Always the address first: no two wait for each other, and who has filled the line of their
    // own address does not stand in anybody's name.
    return await inLine(
      cannot,
      () => this.#addresses.wait(address, () => this.#names.wait(key, turn)),
    );
  }

  async #check(
    { cannot, wrong }: Purpose,
    key: string,
    password: string,
    address: string,
  ): Promise<Account> {
    const { find, hasher, now } = this.#options;
    // Those before it in the line may have locked it.
    this.#refuseIfLocked(cannot, key, address);
    const account = find(key);
    if (await hasher.verify(password, account?.password) && account !== undefined) {
      this.#attempts.succeeded(key, address);
      return account;
    }
    const { left, seconds } = this.#attempts.failed(key, address, now());
    const next = seconds > 0
      ? `Try again in ${seconds} s`
      : `${left} more ${left === 1 ? "try" : "tries"}, then you have to wait`;
    throw new AccountError("WRONG_PASSWORD", `${cannot}: ${wrong}. ${next}.`, { left, seconds });
  }

  #refuseIfLocked(cannot: string, key: string, address: string): void {
    const seconds = this.#attempts.lockedFor(key, address, this.#options.now());
    if (seconds === 0) return;
    const why = `there were too many wrong passwords. Try again in ${seconds} s`;
    throw new AccountError("LOCKED", `${cannot}: ${why}.`, { seconds });
  }
}

async function inLine<T>(cannot: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HasherBusy || error instanceof LineFull)) throw error;
    const why = "the server has too many passwords to check. Try again in a minute";
    throw new AccountError("BUSY", `${cannot}: ${why}.`);
  }
}
