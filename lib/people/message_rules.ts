/**
 * What a private message or a broadcast may be, and how many somebody may send. Pure.
 *
 * @module
 */

/** The longest text, in UTF-16 units: what is longer is better said in a file. */
export const MAX_MESSAGE_LENGTH = 2_000;

/** The longest id, in UTF-16 units: a UUID has 36. */
export const MAX_ID_LENGTH = 64;

/** Messages through the server in {@linkcode ALLOWANCE_TIME}: nobody types so many. */
export const MAX_MESSAGES = 200;

/** What a broadcast counts for: it is many messages, so twenty of them are as much as anybody may say. */
export const BROADCAST_COST = 10;

/** In how many milliseconds a session may send {@linkcode MAX_MESSAGES}. */
export const ALLOWANCE_TIME = 60_000;

/** What would act on a terminal or end a line: no text that is typed has it. */
// deno-lint-ignore no-control-regex
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * Says what is wrong with a text.
 *
 * @param text The text.
 * @returns Why it is no message, to stand after `Cannot ...: `; undefined if it is one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(faultOfText("Good morning!"), undefined);
 * assertEquals(faultOfText("  "), "there is nothing in it");
 * ```
 */
export function faultOfText(text: string): string | undefined {
  if (text.trim() === "") return "there is nothing in it";
  if (text.length > MAX_MESSAGE_LENGTH) {
    return `it has ${text.length} characters, and ${MAX_MESSAGE_LENGTH} are the most. ` +
      "Send it in parts";
  }
  if (CONTROL.test(text) || !text.isWellFormed()) {
    return "it has a line end or another control character. Send one line of text";
  }
  return undefined;
}

/**
 * Says whether something can be the id of a message: 1-64 letters, digits and hyphens.
 *
 * @param id The id.
 * @returns True if it can.
 */
export function isMessageId(id: string): boolean {
  return id.length <= MAX_ID_LENGTH && /^[A-Za-z0-9-]+$/.test(id);
}
