/**
 * What the client's command line asks for: the prompt, a command, a text about them.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import { formatFlags, type ParsedFlags } from "../flags.ts";
import { sanitise } from "../text.ts";
import { mainTable, shellTable } from "./commands.ts";
import { type Completion, type Shell, SHELLS } from "./completions.ts";
import {
  asUsage,
  CLIENT_FLAGS,
  type ClientSettings,
  parseClientFlags,
  SEALED_FLAG,
  settingsOf,
} from "./settings.ts";

/** What `--help` prints. */
export const CLIENT_HELP: string = `crds-client - group chat for a local network

Lists, makes and deletes chat rooms at a Chat Room Directory Server, and chats
directly with the others in a room over IP multicast.

Usage: crds-client [flags] [command]   (from the source: deno task client ...)

${formatFlags(CLIENT_FLAGS)}

Commands at the prompt:

${mainTable.help("all")}

With a command, the client connects, carries it out and ends: crds-client getdir
--json. "chat <room>" begins in that room, "help <command>" tells more about
one. "completions bash" (zsh, fish) prints what makes the shell complete
commands and flags.

From a pipe, commands are read line by line and there are no prompts: messages
and answers go to standard output, all else to standard error; with --json, each
line of standard output is JSON. After a "chat" that failed, the lines up to
"/leave" are skipped.
  printf 'connect\\ngetdir\\n' | crds-client

Exit codes: 0 all went well, 1 a command failed, "doctor" found something wrong
or the output could not be written, 2 wrong flags or command, 129, 130, 143
ended by a hang-up, Ctrl-C or SIGTERM.
`;

/** What the command line asks for. */
export type ClientCommand =
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "version" }
  | { readonly kind: "completions"; readonly shell: Shell }
  | {
    readonly kind: "command";
    /** What the command is called, if the line does not call it by another name. */
    readonly command: string;
    readonly line: string;
    readonly settings: ClientSettings;
  }
  | { readonly kind: "run"; readonly first?: string; readonly settings: ClientSettings };

/**
 * Reads the command line and the environment.
 *
 * @param args The words after the program's name.
 * @param env Looks an environment variable up.
 * @returns What to do.
 * @throws {UserError} If something of it is wrong.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const command = parseClientArgs(["--server", "lab-7"], () => undefined);
 * assertEquals(command.kind === "run" && command.settings.server, { host: "lab-7", port: 50001 });
 * ```
 */
export function parseClientArgs(
  args: readonly string[],
  env: (name: string) => string | undefined,
): ClientCommand {
  const flags = parseClientFlags(args);
  if (flags.switches.has("help")) return { kind: "help", text: CLIENT_HELP };
  if (flags.switches.has("version")) return { kind: "version" };
  const [word, argument] = flags.words;
  if (word === "completions") return { kind: "completions", shell: parseShell(argument) };
  if (word === "help") return { kind: "help", text: helpOn(argument) };
  const settings = settingsOf(flags, env);
  const line = lineOf(flags);
  if (word === undefined) return { kind: "run", settings };
  const command = asUsage(() => checkCommand(flags.words.join(" ")));
  if (command === "chat") return { kind: "run", settings, first: line };
  return { kind: "command", command, line, settings };
}

/** The words of the command; a flag that is the command's own stands where a topic does not take it. */
function lineOf({ words: [word = "", ...rest], switches }: ParsedFlags): string {
  if (!switches.has(SEALED_FLAG.slice(2))) return [word, ...rest].join(" ");
  if (shellTable.nameOf(word) === "makeroom") return [word, SEALED_FLAG, ...rest].join(" ");
  throw new UsageError(`Cannot use ${SEALED_FLAG} here: it is for makeroom.`);
}

/** Commands that have an answer, so that they make sense alone. */
const SHELL_COMMANDS: readonly string[] = [
  "getdir",
  "makeroom",
  "deleteroom",
  "who",
  "servers",
  "doctor",
  "forget",
];

/** The words that a shell completes. */
export const SHELL_COMPLETIONS: readonly Completion[] = [
  ...[...SHELL_COMMANDS, "chat", "help"].map((name) => mainTable.find(name)).flatMap((command) => [
    command,
    ...(command.aliases ?? []).map((name) => ({ name, summary: command.summary })),
  ]),
  { name: "completions", summary: "prints a script that makes the shell complete" },
];

/** What is wrong with a command of the shell is told before anything is connected. */
function checkCommand(line: string): string {
  const found = shellTable.parse(line);
  if (found === undefined) return "";
  if (found.missing.length > 0) throw shellTable.incomplete(found);
  const commands = [...SHELL_COMMANDS, "chat"];
  const { name } = found.command;
  if (commands.includes(name)) return name;
  throw new UsageError(
    `Cannot run "${sanitise(line)}" alone: it is for the prompt. Commands that work here: ${
      commands.join(", ")
    }.`,
  );
}

function helpOn(command: string | undefined): string {
  return command === undefined ? CLIENT_HELP : asUsage(() => shellTable.help(command));
}

function parseShell(word: string | undefined): Shell {
  const shell = SHELLS.find((name) => name === word);
  if (shell !== undefined) return shell;
  const what = word === undefined
    ? "the shell is missing"
    : `there are none for "${sanitise(word)}"`;
  throw new UsageError(`Cannot print completions: ${what}. Use one of ${SHELLS.join(", ")}.`);
}
