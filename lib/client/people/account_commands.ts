/**
 * Commands about accounts, and who is or was on.
 *
 * @module
 */

import { UserError } from "../../errors.ts";
import type { Command } from "../command_table.ts";
import type { CommandContext } from "../commands.ts";

/**
 * Understands the name of an account. In other systems a password stands behind it: here nothing may,
 * or it would be taken for a part of the name, and sent and shown as one.
 *
 * @param typed What was typed.
 * @returns The name.
 * @throws {UserError} If there is more than a name.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(['Mel', '"Ann Lee"'].map(nameOnly), ["Mel", "Ann Lee"]);
 * ```
 */
export function nameOnly(typed: string): string {
  const [, quoted] = /^"([^"]*)"$/.exec(typed.trim()) ?? [];
  if (quoted !== undefined) return quoted;
  if (!/\s/.test(typed.trim())) return typed.trim();
  throw new UserError(
    "Cannot do that: only the name stands there, and the password is asked for. " +
      'A name with spaces stands in quotes: login "Ann Lee".',
  );
}

/** The same at the main prompt and, after a slash, in a room. */
export const accountCommands: readonly Command<CommandContext>[] = [
  {
    name: "register",
    secrets: () => 2,
    parameters: [{ name: "name", rest: true, ask: "Name" }],
    summary: "makes the name yours, with a password",
    brief: ["Account", "makes a name yours"],
    details:
      "Nobody else can have the name then, and messages wait for you while you are away. The\n" +
      "password has 8-256 characters. It is asked for, and never shown or kept.",
    run: ({ client, ask }, [name = ""], signal) =>
      client.account.register(nameOnly(name), ask, signal),
  },
  {
    name: "login",
    secrets: () => 1,
    parameters: [{ name: "name", rest: true, ask: "Name" }],
    summary: "logs in to your account",
    brief: ["Account", "logs in"],
    details:
      "The password is asked for. After three wrong ones you have to wait. Where the account\n" +
      "was logged in before, it is logged off.",
    run: ({ client, ask }, [name = ""], signal) =>
      client.account.login(nameOnly(name), ask, signal),
  },
  {
    name: "passwd",
    secrets: () => 3,
    parameters: [],
    summary: "changes your password",
    brief: ["Account", "sets a new password"],
    details: "Other clients of yours that were logged in have to log in again.",
    run: ({ client, ask }, _words, signal) => client.account.passwd(ask, signal),
  },
  {
    name: "logout",
    parameters: [],
    summary: "logs out of your account",
    brief: ["Account", "logs out"],
    run: ({ client }, _words, signal) => client.account.logout(signal),
  },
  {
    name: "unregister",
    secrets: () => 1,
    parameters: [],
    summary: "deletes your account, with all messages that wait",
    brief: ["Account", "deletes the account"],
    run: ({ client, ask }, _words, signal) => client.account.unregister(ask, signal),
  },
];

/** Who was on; at both prompts. */
export const sinceCommand: Command<CommandContext> = {
  name: "since",
  aliases: ["whoelsesince"],
  parameters: [{ name: "duration", ask: "How long back (15m, 2h)" }],
  summary: "lists who was on: since 15m",
  brief: ["People", "lists who was on"],
  details:
    "Those with accounts, as far as the server remembers. The duration is a number with s, m,\n" +
    "h or d.",
  run: ({ client }, [duration = ""], signal) => client.people.since(duration, signal),
};
