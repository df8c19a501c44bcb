/**
 * Names that are different and look the same. Pure.
 *
 * `foldName` says which names are one; this says which of the others a person takes for one: a small
 * part of Unicode TR 39 ("skeletons", section 4; mixed scripts, section 5), for the scripts whose
 * letters are the same shapes.
 *
 * @module
 */

import { foldName } from "./names.ts";

/** Latin letters, and what looks like them: Cyrillic, Greek, Armenian and odd Latin ones. */
const LOOKS_LIKE: readonly (readonly [latin: string, others: string])[] = [
  ["a", "аαɑ"],
  ["A", "АΑ"],
  ["b", "ЬьƄ"],
  ["B", "ВвΒβ"],
  ["c", "сϲ"],
  ["C", "СϹ"],
  ["d", "ԁ"],
  ["e", "еҽε"],
  ["E", "ЕΕ"],
  ["f", "ſ"],
  ["g", "ɡց"],
  ["h", "һհ"],
  ["H", "НнΗ"],
  ["i", "іιı"],
  ["j", "јϳ"],
  ["J", "Ј"],
  ["k", "кκ"],
  ["K", "КΚ"],
  // One stroke, whatever it is called.
  ["l", "ӏӀІΙI1|ǀ"],
  ["M", "МмΜ"],
  ["n", "пηոռ"],
  ["N", "Ν"],
  ["o", "оοօσ0"],
  ["O", "ОΟՕ"],
  ["p", "рρ"],
  ["P", "РΡ"],
  ["q", "ԛգ"],
  ["r", "г"],
  ["s", "ѕ"],
  ["S", "ЅՏ"],
  ["t", "тτ"],
  ["T", "ТΤ"],
  ["u", "υս"],
  ["U", "Ս"],
  ["v", "ѵν"],
  ["w", "ԝω"],
  ["x", "хχ"],
  ["X", "ХΧ"],
  ["y", "уγү"],
  ["Y", "УΥҮ"],
  ["Z", "Ζ"],
];

const LATIN = new Map(
  LOOKS_LIKE.flatMap(([latin, others]) => Array.from(others, (other) => [other, latin] as const)),
);

/** Scripts that have shapes in common; two of them in one word are nobody's spelling. */
const SCRIPTS: readonly RegExp[] = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
];

/**
 * Says what a name looks like.
 *
 * @param name Any name.
 * @returns The same text for all names that look the same; not for showing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * // The second has a Cyrillic letter.
 * assertEquals(skeletonOf("Mel"), skeletonOf("M\u0435l"));
 * ```
 */
export function skeletonOf(name: string): string {
  // NFD, so that an accent on a look-alike is still an accent.
  const latin = Array.from(name.normalize("NFKD"), (char) => LATIN.get(char) ?? char).join("");
  return foldName(latin).normalize("NFD").replaceAll("rn", "m").replaceAll("vv", "w");
}

/**
 * Says whether two names are taken for one although they are two.
 *
 * @param one A name.
 * @param other Another name.
 * @returns True if they look the same; false also if they are the same, see `foldName`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([areLookAlikes("Mel", "Me1"), areLookAlikes("Mel", "mel")], [true, false]);
 * ```
 */
export function areLookAlikes(one: string, other: string): boolean {
  return foldName(one) !== foldName(other) && skeletonOf(one) === skeletonOf(other);
}

/**
 * Says whether a word of a name mixes letters of scripts that look alike.
 *
 * @param name Any name.
 * @returns True for such as `M\u0435l` with a Cyrillic letter; false where each word is of one script.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["M\u0435l", "DJ Пётр", "田中Ken"].map(hasMixedScripts), [true, false, false]);
 * ```
 */
export function hasMixedScripts(name: string): boolean {
  return name.normalize("NFKC").split(/[^\p{L}\p{M}]+/u).some((word) =>
    SCRIPTS.filter((script) => script.test(word)).length > 1
  );
}
