/**
 * The last rows above the prompt, so that a message that comes late can be put where it belongs.
 * Pure: what was printed in, one string out.
 *
 * @module
 */

import { rawLines } from "./prompt_row.ts";

/** Outputs remembered: what is further up is out of sight, or should not jump under the eyes. */
const MAX_OUTPUTS = 40;

/** Rows that may be drawn anew: more would flicker. */
const MAX_ROWS = 20;

/**
 * Text whose width is known: one cell for each character of ASCII, and one or two for each of the other
 * Latin letters and signs, which some terminals draw wide (Unicode TR 11, "ambiguous"). With other
 * scripts nothing is moved, since one wrong guess would erase somebody's words.
 */
const PLAIN = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u024f]*$/;

/** What may be two cells wide. */
const AMBIGUOUS = /[^\x20-\x7e]/g;

/** What takes no cell: colours (ECMA-48, SGR). */
// deno-lint-ignore no-control-regex
const COLORS = /\x1b\[[\d;]*m/g;

interface Output {
  readonly text: string;
  readonly isLine: boolean;
}

/** The last outputs; forget them when the window changes. */
export class RecentLines {
  #outputs: Output[] = [];

  /**
   * Takes note of what was printed.
   *
   * @param text One or more lines, separated by `\n`.
   * @param isLine Whether it is a message of a room.
   */
  printed(text: string, isLine: boolean): void {
    // What is drawn anew must not ring again.
    this.#outputs.push({ text: text.replaceAll("\x07", ""), isLine });
    if (this.#outputs.length > MAX_OUTPUTS) this.#outputs.shift();
  }

  /** Forgets everything: what is on the screen is not known any more. */
  clear(): void {
    this.#outputs = [];
  }

  /**
   * Puts a message among those printed.
   *
   * @param text The message, one line.
   * @param back How many messages are to stand behind it.
   * @param size The window's width and height in cells.
   * @returns What to write where the prompt row begins; nothing if it cannot be put there.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   *
   * const recent = new RecentLines();
   * recent.printed("Mel: one", true);
   * recent.printed("Mel: three", true);
   * const size = { columns: 80, rows: 24 };
   * assertEquals(recent.insert("Mel: two", 1, size), "\x1b[1A\x1b[1MMel: two\r\nMel: three\r\n");
   * ```
   */
  insert(
    text: string,
    back: number,
    size: { readonly columns: number; readonly rows: number },
  ): string | undefined {
    let index = this.#outputs.length;
    let lines = 0;
    let rows = 0;
    while (lines < back) {
      const output = this.#outputs[--index];
      if (output === undefined) return undefined;
      const taken = rowsOf(output.text, size.columns);
      if (taken === undefined) return undefined;
      rows += taken;
      if (output.isLine) lines++;
    }
    // The prompt row, and one that stays where it is.
    if (rows > Math.min(MAX_ROWS, size.rows - 2)) return undefined;
    const behind = this.#outputs.splice(index);
    this.#outputs.push({ text: text.replaceAll("\x07", ""), isLine: true }, ...behind);
    const drawn = [text, ...behind.map((output) => output.text)].map(rawLines).join("");
    // The rows are taken out, not erased: tmux keeps in the scrollback what is erased from the top on.
    return rows === 0 ? drawn : `\x1b[${rows}A\x1b[${rows}M${drawn}`;
  }
}

/** Says how many rows a text takes in any terminal; nothing if they do not agree. */
function rowsOf(text: string, columns: number): number | undefined {
  let rows = 0;
  for (const row of text.split("\n")) {
    const line = row.replace(COLORS, "");
    if (!PLAIN.test(line)) return undefined;
    const most = line.length + (line.match(AMBIGUOUS)?.length ?? 0);
    if (most > line.length && most > columns) return undefined;
    rows += Math.max(1, Math.ceil(line.length / columns));
  }
  return rows;
}
