/**
 * The row where a person types, and what is printed above it. Pure: state in, one string out.
 *
 * The prompt always takes one row and scrolls sideways. The terminal itself does the arithmetic of
 * widths: the cursor is saved where the text before it ends, so it stands right in every script.
 * Control functions: ECMA-48 (CSI), DEC VT100 (ESC 7, ESC 8, CSI ? 7).
 *
 * @module
 */

import { cellsAtMost, fittingEnd, fittingStart } from "./cells.ts";

/** What stands in the row. */
export interface PromptState {
  /** The prompt, sanitised. */
  prompt: string;
  /** What is typed before the cursor. */
  left: string;
  /** What is typed from the cursor on. */
  right: string;
}

/** Asks the terminal to mark pasted text (xterm, bracketed paste). */
export const PASTE_MARKS_ON = "\x1b[?2004h";

/** Ends what {@linkcode PASTE_MARKS_ON} began. */
export const PASTE_MARKS_OFF = "\x1b[?2004l";

/** Clears the screen but not the scrollback. */
export const CLEAR_SCREEN = "\x1b[H\x1b[2J";

/**
 * Empties the prompt row, then what a smaller window may have left below it. In this order: tmux puts
 * what is erased from the first row on into the scrollback, where the typed line does not belong.
 */
export const ERASE_ROW = "\r\x1b[K\x1b[J";

/** Lines break at the margin. Off only while the prompt row is drawn. */
export const AUTOWRAP_ON = "\x1b[?7h";

const AUTOWRAP_OFF = "\x1b[?7l";
const SAVE_CURSOR = "\x1b7";
const RESTORE_CURSOR = "\x1b8";
const ERASE_TO_END = "\x1b[K";

/** Stands where something is hidden on the left and on the right. */
const MORE_LEFT = "<";
const MORE_RIGHT = ">";

/** Cells for a bit of prompt and both marks; nobody works in a narrower window. */
const MIN_ROW = 3;

/**
 * Cuts the row to what fits, with the cursor in sight.
 *
 * @param state What stands in the row.
 * @param columns Width of the terminal in cells.
 * @returns The parts to be shown; together they take less than `columns` cells in any terminal.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const state = { prompt: "> ", left: "abcdefghij", right: "" };
 * assertEquals(visiblePart(state, 10), { prompt: "> ", left: "<efghij", right: "" });
 * ```
 */
export function visiblePart(state: PromptState, columns: number): PromptState {
  // The last column stays free for the cursor, and for "more on the right".
  const row = Math.max(MIN_ROW, columns - 1);
  const prompt = cellsAtMost(state.prompt) <= row / 2
    ? state.prompt
    : fittingEnd(state.prompt, Math.floor(row / 2));
  const room = row - cellsAtMost(prompt);
  const leftWidth = cellsAtMost(state.left);
  const rightWidth = cellsAtMost(state.right);
  if (leftWidth + rightWidth <= room) return { prompt, left: state.left, right: state.right };
  // Of a long line a third of the row shows what follows the cursor.
  const ahead = Math.min(rightWidth, Math.max(1, Math.floor(room / 3)));
  const left = leftWidth <= room - ahead
    ? state.left
    : MORE_LEFT + fittingEnd(state.left, room - ahead - 1);
  const rest = room - cellsAtMost(left);
  const right = rightWidth <= rest
    ? state.right
    : fittingStart(state.right, Math.max(0, rest - 1)) + MORE_RIGHT;
  return { prompt, left, right };
}

/**
 * Draws the prompt row over itself.
 *
 * @param state What stands in the row.
 * @param columns Width of the terminal in cells.
 * @returns What to write; the cursor ends after `left`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   promptRow({ prompt: "> ", left: "a", right: "b" }, 80),
 *   "\r\x1b[?7l> a\x1b7b\x1b[K\x1b8\x1b[?7h",
 * );
 * ```
 */
export function promptRow(state: PromptState, columns: number): string {
  const { prompt, left, right } = visiblePart(state, columns);
  return "\r" + AUTOWRAP_OFF + prompt + left + SAVE_CURSOR + right + ERASE_TO_END +
    RESTORE_CURSOR + AUTOWRAP_ON;
}

/**
 * Makes lines ready for raw mode, where a line feed does not return the carriage.
 *
 * @param text Lines separated by `\n`, the last without a line end.
 * @returns The lines with `\r\n` after each.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rawLines("a\nb"), "a\r\nb\r\n");
 * ```
 */
export function rawLines(text: string): string {
  return text.replace(/\r?\n/g, "\r\n") + "\r\n";
}
