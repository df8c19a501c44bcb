/**
 * What is asked before a paste of several lines is said. Pure.
 *
 * @module
 */

/**
 * A paste that waits for Enter.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const question = new PasteQuestion("Look: one\ntwo\n");
 * assertEquals(question.sentence, "Paste of 2 lines: Enter says them, Esc drops them");
 * assertEquals(question.lines, ["Look: one", "two"]);
 * ```
 */
export class PasteQuestion {
  #text: string;

  /**
   * Takes the text.
   *
   * @param text The lines, separated by `\n`, each of them fit for a line.
   */
  constructor(text: string) {
    this.#text = text;
  }

  /** The lines that would be said: blank ones are not. */
  get lines(): string[] {
    return this.#text.split("\n").filter((line) => line.trim() !== "");
  }

  /** How long the text is, in UTF-16 units. */
  get length(): number {
    return this.#text.length;
  }

  /** What is asked. */
  get sentence(): string {
    return `Paste of ${this.lines.length} lines: Enter says them, Esc drops them`;
  }

  /**
   * Takes what came later.
   *
   * @param text More lines.
   */
  add(text: string): void {
    this.#text += text;
  }
}
