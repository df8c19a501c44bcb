/**
 * Finding one's name in what others say. Pure.
 *
 * @module
 */

import { foldName } from "../../people/names.ts";

/** From where to where a name stands, in UTF-16 units. */
export interface Mention {
  /** Where it begins. */
  readonly start: number;
  /** The first unit behind it. */
  readonly end: number;
}

/** What makes a word longer, so that a name beside it is none: `Mel` is not in `Melody`. */
const WORD = /[\p{L}\p{M}\p{N}_]/u;

/** Letters of scripts that put no space between words: there a name may stand beside them. */
const NO_SPACES =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u;

let graphemes: Intl.Segmenter | undefined;

/**
 * Finds a name in a text: whole words, whatever the case, the width or the invisible characters, see
 * `foldName`.
 *
 * @param text What somebody said.
 * @param name The name.
 * @returns Where it stands, from left to right.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(findMentions("Hi mel, Melody!", "Mel"), [{ start: 3, end: 6 }]);
 * ```
 */
export function findMentions(text: string, name: string): Mention[] {
  const wanted = foldName(name);
  // Nearly no line has it, and to look closer takes longer.
  if (wanted === "" || !foldName(text).includes(wanted)) return [];
  const { folded, starts } = foldWithPlaces(text);
  const found: Mention[] = [];
  for (let at = folded.indexOf(wanted); at !== -1; at = folded.indexOf(wanted, at + 1)) {
    const end = at + wanted.length;
    const [start, behind] = [starts[at]!, starts[end]!];
    // Half a grapheme is no name.
    if (starts[at - 1] === start || starts[end - 1] === behind) continue;
    if (start < (found.at(-1)?.end ?? 0)) continue;
    if (!isEdge(folded, at) || !isEdge(folded, end)) continue;
    found.push({ start, end: behind });
  }
  return found;
}

/** Folds grapheme by grapheme, so that each unit of the outcome knows where it came from. */
function foldWithPlaces(text: string): { folded: string; starts: number[] } {
  graphemes ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  let folded = "";
  const starts: number[] = [];
  for (const { segment, index } of graphemes.segment(text)) {
    const isSpace = segment.trim() === "";
    // As in `foldName`: much white space counts as one space.
    const piece = isSpace ? (folded.endsWith(" ") ? "" : " ") : foldName(segment);
    folded += piece;
    for (let i = 0; i < piece.length; i++) starts.push(index);
  }
  starts.push(text.length);
  return { folded, starts };
}

/** Says whether a word may begin or end between two units. */
function isEdge(text: string, at: number): boolean {
  const before = lastOf(text.slice(0, at));
  const behind = text.codePointAt(at);
  if (before === undefined || behind === undefined) return true;
  const pair = [before, String.fromCodePoint(behind)];
  return pair.some((char) => !WORD.test(char) || NO_SPACES.test(char));
}

function lastOf(text: string): string | undefined {
  return Array.from(text.slice(-2)).at(-1);
}
