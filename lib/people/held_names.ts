/**
 * Who holds which name: each is held by one at a time, and some only by whom they belong to.
 *
 * @module
 */

import { checkPersonName, foldName, NameSuggestions, nameTaken } from "./names.ts";

/** A name that one may have. */
export interface ClaimedName<Holder> {
  /** The name. */
  readonly name: string;
  /** The same as `foldName()` has it. */
  readonly key: string;
  /** Whoever holds it, and has to give it up. */
  readonly from?: Holder;
}

/** How a name is claimed. */
export interface NameClaim<Holder> {
  /** Who claims it. */
  readonly by: Holder;
  /** Whether whoever claims it may keep one that is reserved. */
  readonly keepsReserved: boolean;
  /** Whether a similar name will do. */
  readonly orSimilar: boolean | undefined;
  /** Says whether a holder is an earlier self of whoever claims. */
  readonly isSelf: (holder: Holder) => boolean;
}

/**
 * Names and their holders.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const names = new HeldNames<string>((key) => key === "mel");
 * const claim = { by: "me", keepsReserved: false, orSimilar: true, isSelf: () => false };
 * assertEquals(names.claim("Mel", claim), { name: "Mel2", key: "mel2" });
 * ```
 */
export class HeldNames<Holder> {
  readonly #isReserved: (key: string) => boolean;
  readonly #holders = new Map<string, Holder>();
  readonly #suggestions: NameSuggestions;

  /**
   * Begins with all names free.
   *
   * @param isReserved Says whether a folded name is for nobody who does not hold it already.
   */
  constructor(isReserved: (key: string) => boolean) {
    this.#isReserved = isReserved;
    this.#suggestions = new NameSuggestions((key) => this.#holders.has(key) || isReserved(key));
  }

  /**
   * Finds who holds a name.
   *
   * @param key The name as `foldName()` has it.
   * @returns The holder; undefined if it is free.
   */
  holderOf(key: string): Holder | undefined {
    return this.#holders.get(key);
  }

  /**
   * Somebody gives one name up and takes another one.
   *
   * @param before The folded name before; undefined if there was none.
   * @param after The folded name from now on; undefined for none.
   * @param holder Who holds it.
   */
  change(before: string | undefined, after: string | undefined, holder: Holder): void {
    if (before !== undefined) this.#holders.delete(before);
    if (after !== undefined) this.#holders.set(after, holder);
  }

  /**
   * Checks a name and who holds it; changes nothing.
   *
   * @param wanted The name.
   * @param claim How it is claimed.
   * @returns The name that may be had.
   * @throws {PresenceError} If the name is no legal one, or belongs to somebody else.
   */
  claim(
    wanted: string,
    { by, keepsReserved, orSimilar, isSelf }: NameClaim<Holder>,
  ): ClaimedName<Holder> {
    const name = checkPersonName(wanted);
    const key = foldName(name);
    const holder = this.#holders.get(key);
    const isReserved = this.#isReserved(key);
    const isOwn = holder === by && (keepsReserved || !isReserved);
    if (isOwn || (holder === undefined && !isReserved)) return { name, key };
    if (holder !== undefined && holder !== by && !isReserved && isSelf(holder)) {
      return { name, key, from: holder };
    }
    const suggestion = this.#suggestions.next(name);
    if (orSimilar) return { name: suggestion, key: foldName(suggestion) };
    throw nameTaken(name, isReserved, suggestion);
  }
}
