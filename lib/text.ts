/**
 * Text of others, made safe to show: the one place where it is sanitised.
 *
 * @module
 */

/**
 * What may do something to a terminal, to the order of what is read, or stand there unseen: C0 (with
 * ESC, tab and line ends), DEL, C1, line and paragraph separators, bidirectional controls (Unicode
 * TR 9, section 2), interlinear annotations, lone surrogates, the blank Braille pattern, and all that
 * Unicode calls default ignorable (zero width space, byte order mark, soft hyphen, the Hangul
 * fillers, tag characters, ...), with three exceptions that text needs:
 * - ZWJ and ZWNJ: emoji and several scripts;
 * - variation selectors: emoji, Mongolian, CJK;
 * - tag characters of a flag, which are at most six letters or digits behind U+1F3F4, and an end.
 */
const UNSAFE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufff9-\ufffb\u2800]|\p{Default_Ignorable_Code_Point}(?<![\p{Variation_Selector}\u200c\u200d\u{e0000}-\u{e007f}])|[\u{e0000}-\u{e007f}](?<!\u{1f3f4}(?=[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,6}\u{e007f})[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{0,6}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}\u{e007f}])/gu;

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
 * Takes out of a text what {@linkcode sanitise} would replace.
 *
 * @param text Any text.
 * @returns What is left; a tab is gone, too.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(removeUnsafe("Mel\u200b\n"), "Mel");
 * ```
 */
export function removeUnsafe(text: string): string {
  return text.replace(UNSAFE, "");
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
