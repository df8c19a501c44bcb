/**
 * Text of others, made safe to show: the one place where it is sanitised.
 *
 * @module
 */

/**
 * What may do something to a terminal or to the order of what is read: C0 (with ESC, tab and line
 * ends), DEL, C1, line and paragraph separators, bidirectional controls (Unicode TR 9, section 2),
 * invisible fillers and the byte order mark, interlinear and tag characters, and lone surrogates.
 * ZWJ and ZWNJ stay: emoji and several scripts need them.
 */
const UNSAFE =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0001}]|\p{Cs}/gu;

/** What takes the place of one unsafe character. */
export const REPLACEMENT = "\ufffd";

/**
 * Makes text of others safe for a terminal, a log and a table cell: one line, no controls.
 *
 * @param text Any text.
 * @returns The text with a tab turned into a space and every other unsafe character into U+FFFD.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sanitise("Mel: \x1b[2Jhi"), "Mel: \ufffd[2Jhi");
 * assertEquals(sanitise("สวัสดี 👩‍👩‍👧"), "สวัสดี 👩‍👩‍👧");
 * ```
 */
export function sanitise(text: string): string {
  return text.replace(UNSAFE, (found) => found === "\t" ? " " : REPLACEMENT);
}

/**
 * Makes JSON safe for a terminal without changing what it means.
 *
 * @param json JSON text, as `JSON.stringify` writes it.
 * @returns The same with every unsafe character as `\\uXXXX`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(escapeUnsafe('"a\u009bb"'), '"a\\u009bb"');
 * ```
 */
export function escapeUnsafe(json: string): string {
  return json.replace(UNSAFE, (found) => {
    const units = Array.from({ length: found.length }, (_, i) => found.charCodeAt(i));
    return units.map((unit) => "\\u" + unit.toString(16).padStart(4, "0")).join("");
  });
}

/**
 * Says whether a text holds a character that {@linkcode sanitise} would replace.
 *
 * @param text Any text.
 * @returns True if the text is not safe to show as it is.
 */
export function isUnsafe(text: string): boolean {
  return text.search(UNSAFE) !== -1;
}
