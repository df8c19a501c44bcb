/**
 * What the demonstration says beside its play: its help, and what to try next.
 *
 * @module
 */

import { type Flag, formatFlags } from "../flags.ts";

/** The flags of the demonstration. */
export const DEMO_FLAGS: readonly Flag[] = [{ name: "help", help: "print this text" }];

/**
 * Writes what to type next, on this machine alone.
 *
 * @param version The Deno that played, such as `2.9.6`: the one that npx is to run.
 * @returns Lines; the commands stand alone in theirs, to be copied.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 *
 * assertStringIncludes(nextSteps("2.9.6"), "\n  npx -y deno@2.9.6 task server ");
 * ```
 */
export function nextSteps(version: string): string {
  const task = `npx -y deno@${version} task`;
  return `Your turn, on this machine alone, each in a terminal of its own:
  ${task} server --host 127.0.0.1 --memory
  ${task} client --iface 127.0.0.1 --name Ann
  ${task} client --iface 127.0.0.1 --name Ben
In the clients: "connect", "makeroom lobby" in one of them, "chat lobby"; "help" lists
the commands, "quit" ends. Ctrl-C stops the server. For others on your network, leave
the flags out. With Deno installed, it is "deno task server" and so on.`;
}

/**
 * Writes what `--help` prints.
 *
 * @param version The Deno that runs, such as `2.9.6`.
 * @returns The text, without a line end after it.
 */
export function demoHelp(version: string): string {
  return `Plays the whole system in eight steps, with real programs that talk over loopback only:
a server, six clients, rooms, a chat. Every step is checked.

Usage: npx -y deno@${version} task demo     (with Deno installed: deno task demo)

${formatFlags(DEMO_FLAGS)}

Exit codes: 0 every check held, 1 one did not, 2 wrong flags, 130 or 143 interrupted.

${nextSteps(version)}`;
}
