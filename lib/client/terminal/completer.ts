/**
 * Tab: one candidate after the other in the place of what was typed. Pure.
 *
 * @module
 */

/** What could stand before the cursor. */
export interface Completions {
  /** Where the word begins that is completed, in UTF-16 units from the start of the line. */
  readonly from: number;
  /** What could stand there instead, with what follows it (`lobby `, `Mel: `), safe to show. */
  readonly candidates: readonly string[];
}

/** A line and where the cursor stands in it, in UTF-16 units. */
export interface CompletedLine {
  /** The line. */
  readonly text: string;
  /** How many units stand before the cursor. */
  readonly cursor: number;
}

/**
 * Goes through the candidates, and at last back to what was typed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const completer = new Completer();
 * completer.begin({ text: "c", cursor: 1 }, { from: 0, candidates: ["chat ", "connect "] });
 * assertEquals(completer.step(1)?.text, "chat ");
 * assertEquals(completer.step(1)?.text, "connect ");
 * assertEquals(completer.step(1)?.text, "c");
 * assertEquals(completer.step(-1)?.text, "connect ");
 * ```
 */
export class Completer {
  #before = "";
  #after = "";
  /** The candidates, and what was typed behind them. */
  #choices: readonly string[] = [];
  #index = 0;

  /** Whether another Tab shows the next candidate. */
  get active(): boolean {
    return this.#choices.length > 0;
  }

  /**
   * Takes the candidates for a line; {@linkcode step} shows the first one.
   *
   * @param line The line.
   * @param completions What could stand in it.
   * @returns Whether there is any candidate.
   */
  begin({ text, cursor }: CompletedLine, { from, candidates }: Completions): boolean {
    this.end();
    const typed = text.slice(from, cursor);
    const fresh = candidates.filter((candidate) => candidate !== typed);
    if (fresh.length === 0) return false;
    this.#before = text.slice(0, from);
    this.#after = text.slice(cursor);
    this.#choices = [...fresh, typed];
    this.#index = fresh.length;
    return true;
  }

  /**
   * Shows another candidate. A single one ends the choice: the next Tab completes the next word.
   *
   * @param step 1 for the next one, -1 for the one before.
   * @returns The line with it; undefined if there is none.
   */
  step(step: 1 | -1): CompletedLine | undefined {
    const count = this.#choices.length;
    if (count === 0) return undefined;
    this.#index = (this.#index + step + count) % count;
    let choice = this.#choices[this.#index]!;
    // What follows is there already.
    if (choice.endsWith(" ") && this.#after.startsWith(" ")) choice = choice.slice(0, -1);
    const line = {
      text: this.#before + choice + this.#after,
      cursor: this.#before.length + choice.length,
    };
    if (count === 2) this.end();
    return line;
  }

  /** Something else was typed: the choice stands. */
  end(): void {
    this.#choices = [];
  }
}
