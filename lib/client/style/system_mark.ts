/**
 * The mark before what the program itself says in a room. Pure.
 *
 * A mark at the start of a row that anybody can type would prove nothing: a long line breaks where the
 * window ends, and what stands there begins a row, too. So the mark is a character that text of others
 * never shows: there it is replaced, as control characters are. This holds without colour as well.
 *
 * @module
 */

import { REPLACEMENT } from "../../text.ts";

/**
 * What stands before the program's own lines: the currency sign, which is in every font and which
 * hardly anybody misses.
 */
export const SYSTEM_MARK = "\u00a4";

/** The mark, and what looks like it: square lozenge, white sun with rays. */
const MARKS = /[\u00a4\u2311\u263c]/g;

/**
 * Makes sure that a text of others does not hold the mark, or what looks like it.
 *
 * @param text Text of others, sanitised.
 * @returns The text with U+FFFD in place of it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(withoutMark("\u00a4 Ann left."), "\ufffd Ann left.");
 * ```
 */
export function withoutMark(text: string): string {
  return text.replace(MARKS, REPLACEMENT);
}
