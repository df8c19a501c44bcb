/**
 * Which word somebody meant who mistyped it. Pure.
 *
 * @module
 */

import { levenshteinDistance } from "@std/text/levenshtein-distance";

/** How many letters may be wrong in a command that is still suggested. */
const MAX_TYPOS = 2;

/** Words up to this length are near to too many others: one letter may be wrong, and not the first. */
const SHORT_WORD = 4;

/**
 * Finds the word that is nearest to what was typed.
 *
 * @param typed What was typed, in small letters.
 * @param words The words there are.
 * @returns The nearest; undefined if none is near.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["chta", "gett", "x"].map((typed) => nearest(typed, ["chat", "getdir"])), [
 *   "chat",
 *   undefined,
 *   undefined,
 * ]);
 * ```
 */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  return words
    .map((word) => ({ word, distance: distanceOf(typed, word) }))
    .filter(({ distance }) => distance <= MAX_TYPOS)
    .sort((a, b) => a.distance - b.distance)[0]?.word;
}

/** A word that was begun well counts as one typo, and so do two letters in the wrong order. */
function distanceOf(typed: string, name: string): number {
  if (typed.length >= 2 && name.startsWith(typed)) return 1;
  if (areSwapped(typed, name)) return 1;
  const distance = levenshteinDistance(typed, name);
  if (typed.length > SHORT_WORD) return distance;
  return distance <= 1 && typed.length > 1 && typed[0] === name[0] ? distance : Infinity;
}

function areSwapped(typed: string, name: string): boolean {
  if (typed.length !== name.length) return false;
  const at = Array.from(typed).findIndex((letter, i) => letter !== name[i]);
  const swapped = typed.slice(0, at) + typed[at + 1] + typed[at] + typed.slice(at + 2);
  return at !== -1 && swapped === name;
}
