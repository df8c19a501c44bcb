/**
 * How wide text can be in a terminal. Pure.
 *
 * @module
 */

/**
 * Two cells wide in some terminal: East Asian Wide and Fullwidth (Unicode TR 11), emoji, and
 * regional indicators. Coarser than the tables, which is fine for an upper bound.
 */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2ff}\u{1f000}-\u{1fbff}\u{20000}-\u{3fffd}]|\p{Extended_Pictographic}/u;

/** No cell of its own in every terminal: combining marks, ZWNJ, ZWJ, variation selectors. */
const ZERO = /[\p{Mn}\p{Me}\u200c\u200d]/u;

/**
 * The most cells that a text can take in any terminal. Terminals disagree: a family emoji is two
 * cells here and six there. Who lays out by the upper bound never overflows a row.
 *
 * @param text Text without control characters.
 * @returns Cells; at least as many as the terminal uses, ambiguous-width characters counted as one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["abc", "漢字", "e\u0301", "👩‍👩‍👧"].map(cellsAtMost), [3, 4, 1, 6]);
 * ```
 */
export function cellsAtMost(text: string): number {
  // deno-lint-ignore no-control-regex -- The range is ASCII as a whole.
  if (/^[\x00-\x7f]*$/.test(text)) return text.length;
  let cells = 0;
  for (const char of text) {
    if (char < "\x80") cells++;
    else if (!ZERO.test(char)) cells += WIDE.test(char) ? 2 : 1;
  }
  return cells;
}

/** An emoji that is drawn as a letter, one cell wide, unless a variation selector says otherwise. */
const TEXT_EMOJI = /^(?=\p{Extended_Pictographic})\P{Emoji_Presentation}(?!\ufe0f)/u;

let segmenter: Intl.Segmenter | undefined;

/**
 * The cells that a text takes in most terminals, for a table: what people see as one character (a
 * grapheme cluster, Unicode TR 29) takes two at most.
 *
 * @param text Text without control characters.
 * @returns Cells.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["abc", "漢字", "e\u0301", "👩‍👩‍👧", "🇩🇪", "©"].map(cellsOf), [3, 4, 1, 2, 2, 1]);
 * ```
 */
export function cellsOf(text: string): number {
  // deno-lint-ignore no-control-regex -- The range is ASCII as a whole.
  if (/^[\x00-\x7f]*$/.test(text)) return text.length;
  // Loading the segmentation tables costs start-up time: the help of the commands needs none.
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  let cells = 0;
  for (const { segment } of segmenter.segment(text)) {
    cells += TEXT_EMOJI.test(segment) ? 1 : Math.min(2, cellsAtMost(segment));
  }
  return cells;
}

/**
 * As much of the start of a text as fits.
 *
 * @param text Text without control characters.
 * @param cells How many cells there are.
 * @returns The longest start of the text that fits; no combining mark is torn off its letter.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(fittingStart("漢字x", 4), "漢字");
 * ```
 */
export function fittingStart(text: string, cells: number): string {
  let used = 0;
  let end = 0;
  for (const char of text) {
    used += cellsAtMost(char);
    if (used > cells) break;
    end += char.length;
  }
  return text.slice(0, end);
}

/**
 * As much of the end of a text as fits.
 *
 * @param text Text without control characters.
 * @param cells How many cells there are.
 * @returns The longest end of the text that fits and does not begin with a combining mark.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(fittingEnd("x漢字", 4), "漢字");
 * ```
 */
export function fittingEnd(text: string, cells: number): string {
  let used = 0;
  let start = text.length;
  let index = text.length;
  while (index > 0) {
    // A surrogate pair counts as one character.
    const pair = index > 1 && text.codePointAt(index - 2)! > 0xffff;
    index -= pair ? 2 : 1;
    const width = cellsAtMost(String.fromCodePoint(text.codePointAt(index)!));
    used += width;
    if (used > cells) break;
    if (width > 0) start = index;
  }
  return text.slice(start);
}
