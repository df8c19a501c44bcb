/**
 * The lines given before, to walk through with Up and Down. Pure.
 *
 * @module
 */

/** Lines kept: a long session, and few enough to be no burden on memory. */
export const MAX_HISTORY = 1000;

/**
 * A history that keeps the draft: who walks up and down again finds what was being typed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const history = new History();
 * history.add("connect");
 * assertEquals(history.up("get"), "connect");
 * assertEquals(history.down(), "get");
 * ```
 */
export class History {
  readonly #limit: number;
  #lines: string[] = [];
  #position = 0;
  #draft = "";

  /**
   * Makes an empty history.
   *
   * @param limit How many lines are kept.
   */
  constructor(limit: number = MAX_HISTORY) {
    this.#limit = limit;
  }

  /**
   * Remembers a line and ends the walk. Blank lines and the line just given are not added.
   *
   * @param line The line.
   */
  add(line: string): void {
    if (line.trim() !== "" && line !== this.#lines.at(-1)) {
      this.#lines.push(line);
      if (this.#lines.length > this.#limit) this.#lines.shift();
    }
    this.#position = this.#lines.length;
    this.#draft = "";
  }

  /**
   * Puts lines of earlier sessions before those of this one. A walk that is under way goes on.
   *
   * @param lines The lines, oldest first.
   */
  prepend(lines: readonly string[]): void {
    const room = Math.max(0, this.#limit - this.#lines.length);
    const added = room === 0 ? [] : lines.slice(-room);
    this.#lines.unshift(...added);
    this.#position += added.length;
  }

  /**
   * Looks for a line, from new to old; upper and lower case are one.
   *
   * @param text What stands in the line.
   * @param before How many of the lines are looked at, from the oldest on; all if not given.
   * @returns The line, and how many lines are older than it; undefined if there is none.
   */
  find(
    text: string,
    before: number = this.#lines.length,
  ): { readonly line: string; readonly index: number } | undefined {
    const wanted = text.toLowerCase();
    for (let index = Math.min(before, this.#lines.length) - 1; index >= 0; index--) {
      const line = this.#lines[index]!;
      if (line.toLowerCase().includes(wanted)) return { line, index };
    }
    return undefined;
  }

  /**
   * Goes to the line before.
   *
   * @param current What stands in the line now; kept if it is the draft.
   * @returns The line to show, or undefined at the oldest.
   */
  up(current: string): string | undefined {
    if (this.#position === 0) return undefined;
    if (this.#position === this.#lines.length) this.#draft = current;
    return this.#lines[--this.#position];
  }

  /**
   * Goes to the line after, at last to the draft.
   *
   * @returns The line to show, or undefined if it is the draft already.
   */
  down(): string | undefined {
    if (this.#position === this.#lines.length) return undefined;
    this.#position++;
    return this.#position === this.#lines.length ? this.#draft : this.#lines[this.#position];
  }
}
