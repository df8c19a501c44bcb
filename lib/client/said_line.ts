/**
 * What a chat line consists of: who, and what. Pure.
 *
 * @module
 */

import { MAX_CHAT_NAME_LENGTH } from "../framing/chat_name.ts";

/** A chat line, taken apart. */
export interface SaidLine {
  /** The name before the text; undefined if what came has none. */
  readonly name: string | undefined;
  /** What was said, or all of what came. */
  readonly text: string;
}

/**
 * Takes a chat line apart.
 *
 * @param line `Name: text`, as `decodeChatLine` returns it; simple clients may send anything.
 * @returns The name and the text.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseSaidLine("Mel: Tea: at four"), { name: "Mel", text: "Tea: at four" });
 * assertEquals(parseSaidLine("no name"), { name: undefined, text: "no name" });
 * ```
 */
export function parseSaidLine(line: string): SaidLine {
  const end = line.indexOf(": ");
  const name = end < 1 ? "" : line.slice(0, end);
  // Nobody has a name of that length; it is a sentence with a colon.
  if (name.trim() === "" || Array.from(name).length > MAX_CHAT_NAME_LENGTH) {
    return { name: undefined, text: line };
  }
  return { name, text: line.slice(end + 2) };
}

/**
 * What an action begins with. It travels as it is typed, as in XMPP (XEP-0245): clients that know it
 * show `* Mel waves`, all others `Mel: /me waves`, which is understood, too.
 */
export const ACTION = "/me ";

/**
 * Finds out what somebody does who does something.
 *
 * @param text What was said.
 * @returns What stands behind `/me`; undefined if it is no action.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(actionOf("/me waves"), "waves");
 * assertEquals(actionOf("/me "), undefined);
 * ```
 */
export function actionOf(text: string): string | undefined {
  if (!text.startsWith(ACTION)) return undefined;
  const action = text.slice(ACTION.length).trim();
  return action === "" ? undefined : action;
}
