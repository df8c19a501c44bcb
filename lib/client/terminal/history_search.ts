/**
 * Ctrl-R: looking for a line given before, letter by letter. Pure.
 *
 * @module
 */

import type { History } from "./history.ts";

/** UTF-16 units that are looked for at most: what stands in the row before what was found. */
export const MAX_QUERY_LENGTH = 100;

/**
 * One search, from new lines to old ones.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { History } from "./history.ts";
 *
 * const history = new History();
 * for (const line of ["chat lobby", "getdir", "chat tea"]) history.add(line);
 * const search = new HistorySearch(history);
 * search.type("cha");
 * assertEquals([search.prompt, search.found], ["(search: cha) ", "chat tea"]);
 * search.older();
 * assertEquals(search.found, "chat lobby");
 * ```
 */
export class HistorySearch {
  readonly #history: History;
  #query = "";
  #found: { readonly line: string; readonly index: number } | undefined;
  #failed = false;

  /**
   * Begins with nothing.
   *
   * @param history Where to look.
   */
  constructor(history: History) {
    this.#history = history;
  }

  /** What stands before the line that was found. */
  get prompt(): string {
    return this.#failed ? `(search, no more: ${this.#query}) ` : `(search: ${this.#query}) `;
  }

  /** The line that was found last; empty if there is none. */
  get found(): string {
    return this.#found?.line ?? "";
  }

  /** How much of the line that was found stands before what was looked for. */
  get position(): number {
    const at = this.found.toLowerCase().indexOf(this.#query.toLowerCase());
    return Math.max(0, Math.min(at, this.found.length));
  }

  /**
   * More was typed.
   *
   * @param text What is added to what is looked for.
   * @returns Whether a line was found.
   */
  type(text: string): boolean {
    if (this.#query.length + text.length > MAX_QUERY_LENGTH) return false;
    this.#query += text;
    const { index = undefined } = this.#found ?? {};
    // The line that is shown may still fit.
    return this.#look(index === undefined ? undefined : index + 1);
  }

  /** Takes back the last character, and begins again at the newest line. */
  erase(): void {
    this.#query = Array.from(this.#query).slice(0, -1).join("");
    this.#found = undefined;
    if (this.#query === "") this.#failed = false;
    else this.#look(undefined);
  }

  /**
   * Looks for an older line.
   *
   * @returns Whether one was found.
   */
  older(): boolean {
    return this.#query !== "" && this.#look(this.#found?.index);
  }

  #look(before: number | undefined): boolean {
    const found = this.#history.find(this.#query, before);
    this.#failed = found === undefined;
    if (found !== undefined) this.#found = found;
    return found !== undefined;
  }
}
