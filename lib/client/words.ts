/**
 * Pieces of sentences.
 *
 * @module
 */

/**
 * Lists names.
 *
 * @param names The names.
 * @param most How many are told; the others are counted.
 * @returns "Ann, Bob and Eve" or "Ann, Bob and 3 more"; nothing for none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(enumerate(["Ann", "Bob", "Eve"], 5), "Ann, Bob and Eve");
 * assertEquals(enumerate(["Ann", "Bob", "Eve"], 1), "Ann and 2 more");
 * ```
 */
export function enumerate(names: readonly string[], most: number): string {
  const shown = names.slice(0, most);
  const more = names.length - shown.length;
  const last = more > 0 ? `${more} more` : shown.pop() ?? "";
  return shown.length === 0 ? last : `${shown.join(", ")} and ${last}`;
}

/**
 * Shortens a text that is quoted.
 *
 * @param text The text.
 * @param most Its code points at most.
 * @returns The text, or its beginning and three dots.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(quote("Good morning!", 4), "Good...");
 * ```
 */
export function quote(text: string, most: number): string {
  // Nobody needs all code points of a long text to cut it.
  const characters = Array.from(text.slice(0, 2 * most + 2));
  return characters.length <= most ? text : `${characters.slice(0, most).join("")}...`;
}
