/**
 * A colour per name: the same on every screen, every day. Pure.
 *
 * @module
 */

import { foldName } from "../../people/names.ts";

/**
 * Colours of the palette of 256 that can be read on black and on white: each has a contrast (WCAG
 * 2.1, section 1.4.3) of at least 3.6 to both; 4.58 is the most that any colour can have to both. The
 * first 16 of the palette are left out, since themes change them.
 */
export const NAME_COLORS: readonly number[] = [
  160, // red
  166, // orange
  100, // olive
  64, // moss
  28, // green
  30, // teal
  32, // blue
  63, // indigo
  129, // violet
  162, // pink
];

/** FNV-1a, 32 bit: its offset and prime. */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * Finds the colour of a name. All spellings of a name have the same, see `foldName`.
 *
 * @param name The name.
 * @returns An index of the palette, one of {@linkcode NAME_COLORS}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(colorOfName("Mel"), colorOfName("mel "));
 * ```
 */
export function colorOfName(name: string): number {
  let hash = OFFSET;
  for (const char of foldName(name)) hash = Math.imul(hash ^ char.codePointAt(0)!, PRIME) >>> 0;
  // The low bits of FNV alone are poor: fold the high ones in.
  return NAME_COLORS[((hash ^ (hash >>> 16)) >>> 0) % NAME_COLORS.length]!;
}
