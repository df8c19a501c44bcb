/**
 * What a person may be called, which names count as one, and what to suggest instead.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { checkChatName, FALLBACK_CHAT_NAME, MAX_CHAT_NAME_LENGTH } from "../framing/chat_name.ts";
import { sanitise } from "../text.ts";

/** What a user sees as one character: nothing of it means the same without the rest. */
const GRAPHEMES = new Intl.Segmenter("und", { granularity: "grapheme" });

/** What clients that gave no name are called, with their address behind it. */
export const ANONYMOUS = "anonymous@";

/** Numbers behind a name that are tried each time, since they are short and get free again. */
const SHORT_NUMBERS: readonly number[] = [2, 3, 4, 5, 6, 7, 8, 9];

/** The longest number behind a name that leaves the name as it is remembered, in digits. */
const MAX_NUMBER_LENGTH = 6;

/** How many names are remembered with their next number: all that are popular at one time. */
export const MAX_REMEMBERED_NAMES = 1024;

/** What cannot be seen: fillers, joiners, variation selectors and the blank Braille pattern. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Why a name cannot be had. */
export class PresenceError extends UserError {
  /** The class's name, as errors have it. */
  override readonly name = "PresenceError";

  /**
   * Makes the error.
   *
   * @param code The reason, for programs.
   * @param message The sentence for people.
   * @param suggestion A name that is free.
   */
  constructor(
    readonly code: "NAME_TAKEN" | "BAD_NAME" | "LOGGED_IN",
    message: string,
    readonly suggestion?: string,
  ) {
    super(message);
  }
}

/**
 * Makes the error of a name that somebody else has.
 *
 * @param name The name.
 * @param isReserved Whether it belongs to an account.
 * @param suggestion A name that is free.
 * @returns The error.
 */
export function nameTaken(name: string, isReserved: boolean, suggestion: string): PresenceError {
  const why = isReserved
    ? `it belongs to an account. Log in to have it, or take "${suggestion}"`
    : `somebody has it. "${suggestion}" is free`;
  return new PresenceError("NAME_TAKEN", `Cannot use the name "${name}": ${why}.`, suggestion);
}

/**
 * Says by what a name is known: names that differ only in the case or the width of their letters,
 * in what cannot be seen, or in how much white space stands where, are the same name. Letters of
 * different scripts that look alike stay different.
 *
 * @param name Any name.
 * @returns The same text for all spellings of it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(foldName("Ｍel"), "mel");
 * assertEquals(foldName("m\u200de\ufe0fl "), "mel");
 * ```
 */
export function foldName(name: string): string {
  const seen = name.normalize("NFKC").replace(INVISIBLE, "").replace(/\s+/gu, " ").trim();
  // Twice: what stood apart may now combine, and a small letter may be written in two ways.
  return seen.toLowerCase().normalize("NFKC");
}

/**
 * Checks the name of a person.
 *
 * @param name The name somebody asked for.
 * @returns The name without white space around it.
 * @throws {PresenceError} If it is no legal name, or looks like that of somebody without one.
 */
export function checkPersonName(name: string): string {
  if (foldName(name).startsWith(ANONYMOUS)) {
    const shown = sanitise(name.trim());
    throw new PresenceError(
      "BAD_NAME",
      `Cannot use the name "${shown}": it is what people without a name are called. Choose another.`,
    );
  }
  try {
    return checkChatName(name);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new PresenceError("BAD_NAME", error.message);
  }
}

/**
 * Finds names that are free, in few steps however many people want the same: it remembers how far
 * the numbers behind a name are used up.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const held = new Set(["mel", "mel2"]);
 * const suggestions = new NameSuggestions((key) => held.has(key));
 * assertEquals(suggestions.next("Mel"), "Mel3");
 * ```
 */
export class NameSuggestions {
  readonly #isHeld: (key: string) => boolean;
  /** By the part of a folded name that stays, whatever the number: the number to begin with. */
  readonly #numbers = new Map<string, number>();

  /**
   * Begins without any memory.
   *
   * @param isHeld Says whether somebody has a name; it is given the folded name.
   */
  constructor(isHeld: (key: string) => boolean) {
    this.#isHeld = isHeld;
  }

  /** How many names are remembered, at most {@linkcode MAX_REMEMBERED_NAMES}. */
  get remembered(): number {
    return this.#numbers.size;
  }

  /**
   * Finds a free name.
   *
   * @param name A legal name that somebody has.
   * @returns A legal name: that name with a number behind it, cut between what is seen as characters
   *   if it would be too long; of a name that cannot be cut so, `guest` with a number.
   */
  next(name: string): string {
    const longest = cut(name, MAX_CHAT_NAME_LENGTH - MAX_NUMBER_LENGTH);
    return this.#next(longest !== "" && isLegal(longest + "2") ? name : FALLBACK_CHAT_NAME);
  }

  #next(name: string): string {
    const free = (number: number): string | undefined => {
      const tail = String(number);
      const found = cut(name, MAX_CHAT_NAME_LENGTH - tail.length) + tail;
      return !isLegal(found) || this.#isHeld(foldName(found)) ? undefined : found;
    };
    for (const number of SHORT_NUMBERS) {
      const found = free(number);
      if (found !== undefined) return found;
    }
    const key = foldName(cut(name, MAX_CHAT_NAME_LENGTH - MAX_NUMBER_LENGTH));
    for (let number = this.#numbers.get(key) ?? SHORT_NUMBERS.length + 2;; number++) {
      const found = free(number);
      if (found === undefined) continue;
      this.#remember(key, number);
      return found;
    }
  }

  #remember(key: string, number: number): void {
    // Set anew, it is the youngest; the oldest goes.
    this.#numbers.delete(key);
    this.#numbers.set(key, number);
    if (this.#numbers.size <= MAX_REMEMBERED_NAMES) return;
    for (const oldest of this.#numbers.keys()) {
      this.#numbers.delete(oldest);
      return;
    }
  }
}

/** Leaves so many code points of a name at most, and no part of what is seen as one character. */
function cut(name: string, most: number): string {
  let length = 0;
  let kept = "";
  for (const { segment } of GRAPHEMES.segment(name)) {
    length += Array.from(segment).length;
    if (length > most) break;
    kept += segment;
  }
  return kept;
}

/** Says whether somebody may be called so, as it stands. */
function isLegal(name: string): boolean {
  try {
    return checkPersonName(name) === name;
  } catch (error) {
    if (error instanceof PresenceError) return false;
    throw error;
  }
}
