/**
 * The name that stands before what somebody says: `Name: text`.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { isUnsafe, removeUnsafe, sanitise } from "../text.ts";

/** Most code points of a chat name: at 4 bytes each it leaves a chat line nearly all its room. */
export const MAX_CHAT_NAME_LENGTH = 32;

/** The chat name of somebody whose login name has nothing to make a name of. */
export const FALLBACK_CHAT_NAME = "guest";

/** What leaves no mark on the screen: white space, fillers (also the Hangul ones), blank Braille. */
const INVISIBLE = /[\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Checks a chat name: 1-32 code points, no `:` (it ends the name in a chat line), nothing that
 * could act on a terminal, and something to see.
 *
 * @param name The name somebody asked for.
 * @returns The name without white space around it.
 * @throws {UserError} If it breaks a rule.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(checkChatName(" Mel "), "Mel");
 * assertThrows(() => checkChatName("a:b"), Error, 'Cannot use the name "a:b": it has a ":"');
 * ```
 */
export function checkChatName(name: string): string {
  const trimmed = name.trim();
  const why = faultOf(trimmed);
  if (why !== undefined) {
    throw new UserError(`Cannot use the name "${abridge(sanitise(trimmed))}": ${why}`);
  }
  return trimmed;
}

/**
 * Makes a chat name of a login name, whatever it looks like.
 *
 * @param loginName What the system calls the user, if it knows.
 * @returns A name that {@linkcode checkChatName} accepts; "guest" if nothing is left of it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(chatNameFrom("mel"), "mel");
 * assertEquals(chatNameFrom("LAB:mel\n"), "LABmel");
 * assertEquals(chatNameFrom(undefined), "guest");
 * ```
 */
export function chatNameFrom(loginName: string | undefined): string {
  const legal = removeUnsafe(loginName ?? "").replaceAll(":", "").trim();
  const name = Array.from(legal).slice(0, MAX_CHAT_NAME_LENGTH).join("").trim();
  return faultOf(name) === undefined ? name : FALLBACK_CHAT_NAME;
}

/** Says what is wrong with a trimmed name, or nothing. */
function faultOf(name: string): string | undefined {
  if (name === "") return "it is empty. Give at least one character.";
  const length = Array.from(name).length;
  if (length > MAX_CHAT_NAME_LENGTH) {
    return `it has ${length} characters. At most ${MAX_CHAT_NAME_LENGTH} are possible.`;
  }
  if (name.includes(":")) return 'it has a ":", which ends the name in a message. Leave it out.';
  if (isUnsafe(name)) return "it has a control or invisible character. Leave it out.";
  if (name.replace(INVISIBLE, "") === "") return "nothing of it can be seen. Use letters.";
  return undefined;
}

/** Keeps a quoted name short enough to read the reason behind it. */
function abridge(name: string): string {
  const characters = Array.from(name);
  return characters.length <= MAX_CHAT_NAME_LENGTH
    ? name
    : `${characters.slice(0, MAX_CHAT_NAME_LENGTH).join("")}...`;
}
