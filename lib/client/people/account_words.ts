/**
 * What is said of one's account, and of one's name at a server. Pure.
 *
 * @module
 */

import { sanitise } from "../../text.ts";

/** What one is called now, as a guest. */
export interface GuestNow {
  /** The name that the server gave. */
  readonly name: string;
  /** What stands before a command where it is read: nothing, or `/` in a room. */
  readonly slash: string;
}

/**
 * Says that one is a guest.
 *
 * @param name What one is called now.
 * @returns One sentence, safe to show.
 */
export function youAreGuest(name: string): string {
  return `You are "${sanitise(name)}" now, a guest.`;
}

/**
 * Writes what logs in.
 *
 * @param account The account's name.
 * @param slash What stands before a command.
 * @returns The command in quotes, safe to show.
 */
export function loginCommand(account: string, slash: string): string {
  const name = sanitise(account);
  return /\s/.test(name) ? `'${slash}login "${name}"'` : `"${slash}login ${name}"`;
}

/**
 * Says that the server has ended a login.
 *
 * @param why Why.
 * @param account The account's name.
 * @param now What one is called now.
 * @returns Sentences, safe to show.
 */
export function sentenceOfEnd(
  why: "elsewhere" | "idle",
  account: string,
  { name, slash }: GuestNow,
): string {
  const what = why === "idle"
    ? "You did nothing for long, so you were logged off."
    : `"${sanitise(account)}" has logged in elsewhere, so you are logged off here.`;
  return `${what} ${youAreGuest(name)} ${loginCommand(account, slash)} logs in again.`;
}

/**
 * Says that the account one was logged in to keeps its name from a guest.
 *
 * @param account The account's name.
 * @param now What one is called now.
 * @returns Sentences, safe to show.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   sentenceOfOwnName("Mel", { name: "Mel2", slash: "" }),
 *   '"Mel" is the name of your account there: "login Mel" gets it back. You are "Mel2" now, a guest.',
 * );
 * ```
 */
export function sentenceOfOwnName(account: string, { name, slash }: GuestNow): string {
  const login = loginCommand(account, slash);
  return `"${sanitise(account)}" is the name of your account there: ${login} gets it back. ` +
    youAreGuest(name);
}
