/**
 * Accounts in a store whose time, and whose place, a test decides.
 *
 * @module
 */

import { UserError } from "../../lib/errors.ts";
import type { Token } from "../../lib/people/account_store.ts";
import { MemoryAccountStore } from "../../lib/people/memory_account_store.ts";

/** A store that does what it is asked one after another, and only once a test lets it; or fails. */
export class SlowStore extends MemoryAccountStore {
  /** What is awaited before each step. */
  gate: Promise<unknown> = Promise.resolve();
  /** Whether it fails from now on. */
  full = false;
  readonly #awaited = new Map<string, () => void>();

  override add(...args: Parameters<MemoryAccountStore["add"]>) {
    return this.#slow("add", () => super.add(...args));
  }
  override delete(key: string) {
    return this.#slow("delete", () => super.delete(key));
  }
  override setPassword(...args: Parameters<MemoryAccountStore["setPassword"]>) {
    return this.#slow("setPassword", () => super.setPassword(...args));
  }
  override putToken(...args: Parameters<MemoryAccountStore["putToken"]>) {
    return this.#slow("putToken", () => super.putToken(...args));
  }
  override refreshToken(token: Token) {
    return this.#slow("refreshToken", () => super.refreshToken(token));
  }
  override deleteTokens(hashes: readonly string[]) {
    return this.#slow("deleteTokens", () => super.deleteTokens(hashes));
  }

  /** Waits until something is asked of it. */
  asked(what: string): Promise<void> {
    return new Promise((resolve) => this.#awaited.set(what, resolve));
  }

  #slow<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.#awaited.get(what)?.();
    const turn = this.gate.then(() => {
      if (this.full) throw new UserError("Cannot write: the disk is full.");
      return work();
    });
    this.gate = turn.catch(() => {});
    return turn;
  }
}
