/**
 * Whom somebody does not want to read, for one session. Pure.
 *
 * @module
 */

import { foldName } from "../people/names.ts";

/**
 * Names that are ignored. All spellings of a name are one, see `foldName`; a name that only looks the
 * same is another person's.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const ignored = new Ignored();
 * ignored.add("Bob");
 * assertEquals([ignored.has("BOB "), ignored.has("B0b")], [true, false]);
 * ```
 */
export class Ignored {
  /** By folded name: the name as it was given. */
  readonly #names = new Map<string, string>();
  /** The same of those whom one's account blocks. */
  #blocked: ReadonlyMap<string, string> = new Map();

  /** The names, as they were given. */
  get names(): readonly string[] {
    return [...this.#names.values()];
  }

  /** The names that are hidden since one's account blocks them; the server knows them, too. */
  get blocked(): readonly string[] {
    return [...this.#blocked.values()];
  }

  set blocked(names: readonly string[]) {
    this.#blocked = new Map(names.map((name) => [foldName(name), name]));
  }

  /**
   * Says whether one's account blocks somebody: then nothing of them is taken, wherever it comes from.
   *
   * @param name The name.
   * @returns True if it does.
   */
  blocks(name: string): boolean {
    return this.#blocked.has(foldName(name));
  }

  /**
   * Ignores a name from now on.
   *
   * @param name The name.
   */
  add(name: string): void {
    this.#names.set(foldName(name), name.trim());
  }

  /**
   * Ignores a name no longer.
   *
   * @param name The name.
   * @returns Whether it was ignored.
   */
  remove(name: string): boolean {
    return this.#names.delete(foldName(name));
  }

  /**
   * Says whether a name is ignored.
   *
   * @param name The name; a line without a name is from nobody who could be ignored.
   * @returns True if it is.
   */
  has(name: string | undefined): boolean {
    if (name === undefined || this.#names.size + this.#blocked.size === 0) return false;
    const key = foldName(name);
    return this.#names.has(key) || this.#blocked.has(key);
  }
}
