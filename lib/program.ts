/**
 * What all programs do at their end: a sentence for people, an exit code for scripts.
 *
 * @module
 */

import { UsageError, UserError } from "./errors.ts";

/**
 * Runs a program to its end. An error for people is printed in one line; a fault of ours is thrown,
 * so that its stack trace is seen.
 *
 * @param main The program; what it returns is the exit code, nothing counts as 0.
 * @param print Takes the sentence.
 * @returns The exit code: 2 after a `UsageError`, 1 after another `UserError`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { UserError } from "./errors.ts";
 *
 * const said: string[] = [];
 * const main = () => Promise.reject(new UserError("Cannot listen: the port is taken."));
 * assertEquals(await exitCodeOf(main, (sentence) => said.push(sentence)), 1);
 * assertEquals(said, ["Cannot listen: the port is taken."]);
 * assertEquals(await exitCodeOf(() => Promise.resolve()), 0);
 * ```
 */
export async function exitCodeOf(
  main: () => Promise<number | void>,
  print: (sentence: string) => void = console.error,
): Promise<number> {
  try {
    return await main() ?? 0;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    print(error.message);
    return error instanceof UsageError ? 2 : 1;
  }
}
