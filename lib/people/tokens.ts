/**
 * The tokens with which clients log in again without a password. Pure but for randomness.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Token } from "./account_store.ts";

/** How long a token lives without use, in milliseconds: whoever comes back tomorrow types again. */
export const TOKEN_LIFE = 24 * 3_600_000;

/** Tokens of one account: of so many clients, each somewhere else; the one that ends first goes. */
export const MAX_TOKENS = 8;

/** How much of it is random. */
const TOKEN_BYTES = 32;

/** 32 bytes in base64url. */
const TOKEN = /^[\w-]{43}$/;

/**
 * Makes the text of a token.
 *
 * @returns 256 random bits in base64url.
 */
export function makeToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/**
 * Says what is kept of a token.
 *
 * @param text Whatever somebody sent.
 * @returns Its {@linkcode Token.hash}; undefined if it cannot be a token.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(hashOfToken("secret"), undefined);
 * assertEquals(hashOfToken(makeToken())?.length, 43);
 * ```
 */
export function hashOfToken(text: string): string | undefined {
  return TOKEN.test(text) ? createHash("sha256").update(text).digest("base64url") : undefined;
}

/**
 * The tokens of one server, as they are in the store.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const tokens = new Tokens([{ hash: "a", key: "mel", expires: 10 }]);
 * assertEquals(tokens.find("a", 9)?.key, "mel");
 * assertEquals(tokens.find("a", 10), undefined);
 * ```
 */
export class Tokens {
  readonly #byHash = new Map<string, Token>();
  readonly #byKey = new Map<string, Set<string>>();

  /**
   * Begins with what is in the store.
   *
   * @param tokens Those tokens.
   */
  constructor(tokens: readonly Token[]) {
    for (const token of tokens) this.put(token);
  }

  /** How many there are. */
  get size(): number {
    return this.#byHash.size;
  }

  /**
   * Looks a token up.
   *
   * @param hash Its hash.
   * @param now The time in milliseconds since 1970.
   * @returns The token, if it has not ended.
   */
  find(hash: string, now: number): Token | undefined {
    const token = this.#byHash.get(hash);
    return token !== undefined && token.expires > now ? token : undefined;
  }

  /**
   * Takes a token, or when it ends if it is known.
   *
   * @param token The token.
   * @returns The hashes of those of the account that have to go since there are too many.
   */
  put(token: Token): string[] {
    this.#byHash.set(token.hash, token);
    const own = this.#byKey.get(token.key) ?? new Set();
    this.#byKey.set(token.key, own.add(token.hash));
    if (own.size <= MAX_TOKENS) return [];
    const others = [...own].filter((hash) => hash !== token.hash);
    const first = others.reduce((a, b) => this.#ends(b) < this.#ends(a) ? b : a);
    this.delete(first);
    return [first];
  }

  /**
   * Ends a token.
   *
   * @param hash Its hash.
   */
  delete(hash: string): void {
    const token = this.#byHash.get(hash);
    if (token === undefined) return;
    this.#byHash.delete(hash);
    const own = this.#byKey.get(token.key);
    own?.delete(hash);
    if (own?.size === 0) this.#byKey.delete(token.key);
  }

  /**
   * Ends all tokens of an account.
   *
   * @param key Its key.
   * @returns What they were.
   */
  deleteOf(key: string): Token[] {
    const own = [...this.#byKey.get(key) ?? []].map((hash) => this.#byHash.get(hash)!);
    for (const { hash } of own) this.delete(hash);
    return own;
  }

  /**
   * Ends what has lived too long.
   *
   * @param now The time in milliseconds since 1970.
   * @returns The hashes of those that ended.
   */
  expire(now: number): string[] {
    const over = [...this.#byHash.values()].filter(({ expires }) => expires <= now);
    for (const { hash } of over) this.delete(hash);
    return over.map(({ hash }) => hash);
  }

  #ends(hash: string): number {
    return this.#byHash.get(hash)?.expires ?? 0;
  }
}
