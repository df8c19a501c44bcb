/**
 * What the client's command line and environment say.
 *
 * @module
 */

import { UsageError, UserError } from "../errors.ts";
import { stateFile } from "../directory/state_folder.ts";
import { checkChatName } from "../framing/chat_name.ts";
import { type Flag, formatFlags, numberFlag, type ParsedFlags, parseFlags } from "../flags.ts";
import { type Endpoint, parseEndpoint } from "../net/endpoint.ts";
import { DEFAULT_TTL } from "../net/ttl.ts";
import type { RelayWish } from "../room/room_server.ts";
import { sanitise } from "../text.ts";
import { mainTable, shellTable } from "./commands.ts";
import { SEALED_FLAG } from "./room_request.ts";
import { DEFAULT_PORT } from "./server_commands.ts";
import { type Completion, type Shell, SHELLS } from "./completions.ts";
import { defaultConfigFile } from "./config_folder.ts";
import { COLOR_WISHES, type ColorCircumstances, type ColorWish } from "./style/color_wish.ts";

/** The flags of the client. */
export const CLIENT_FLAGS: readonly Flag[] = [
  {
    name: "server",
    value: "HOST[:PORT]",
    help: "the server to use ($CRDS_SERVER, else the one that\n" +
      `announces itself on the network, else 127.0.0.1:${DEFAULT_PORT})`,
  },
  {
    name: "iface",
    value: "NAME|IP",
    help: "the network interface to chat over ($CRDS_IFACE, else\n" +
      "the one that leads to the server, else the best\nnon-virtual one)",
  },
  { name: "name", value: "NAME", help: "the name to chat under (your login name)" },
  { name: "ttl", value: "N", help: `how many networks chat lines may pass (${DEFAULT_TTL})` },
  {
    name: "relay",
    help: "be in rooms through the server (else: only where\nmulticast does not get through)",
  },
  { name: "no-relay", help: "never be in rooms through the server" },
  {
    name: "json",
    help: "with a command: answer in JSON; in a pipe: what is said\ntoo",
  },
  {
    name: "color",
    value: "WHEN",
    help: `${COLOR_WISHES.join(", ")}: colour in a terminal\n` +
      '(as "set color" says, else auto: not with $NO_COLOR)',
  },
  {
    name: "config",
    value: "FILE",
    help: "the file that keeps what is set (client.json in the\n" +
      "folder where the system keeps settings, such as\n~/.config/crds)",
  },
  {
    name: "known-servers",
    value: "FILE",
    help: "the file that keeps which servers are trusted\n" +
      "(known_servers in the folder where the system keeps\nstate, such as ~/.local/state/crds)",
  },
  {
    name: SEALED_FLAG.slice(2),
    help: "with makeroom: ask for a passphrase, without which\nnobody reads or speaks in the room",
  },
  { name: "help", help: "print this text" },
  { name: "version", help: "print the version" },
];

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

/** What the command line and the environment say of the terminal. */
export interface TerminalSettings extends ColorCircumstances {
  /** Colour, if the command line says something of it: that outweighs what is set. */
  readonly color: ColorWish | undefined;
}

/** How to run. */
export interface ClientSettings {
  /** The server that was given. */
  readonly server: Endpoint | undefined;
  /** The interface that was asked for, and where. */
  readonly wanted: { readonly iface: string; readonly from: string } | undefined;
  /** The name to chat under, possibly of a login and not yet a legal one. */
  readonly name: string;
  /** How many networks chat lines may pass, 1-255. */
  readonly ttl: number;
  /** Whether rooms are reached through the server. */
  readonly relay: RelayWish;
  /** Whether answers are JSON, and what is said in a pipe. */
  readonly json: boolean;
  /** How a terminal is written to. */
  readonly terminal: TerminalSettings;
  /** Where settings are kept; undefined if no place is known. */
  readonly configFile: string | undefined;
  /** Where is kept which servers are trusted; undefined if no place is known. */
  readonly knownServersFile: string | undefined;
  /** The home of the account, if it is known. */
  readonly home: string | undefined;
}

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
  const flags = parseFlags(args, CLIENT_FLAGS, "crds-client");
  if (flags.switches.has("help")) return { kind: "help", text: CLIENT_HELP };
  if (flags.switches.has("version")) return { kind: "version" };
  const [word, argument] = flags.words;
  if (word === "completions") return { kind: "completions", shell: parseShell(argument) };
  if (word === "help") return { kind: "help", text: helpOn(argument) };
  const server = flags.values.get("server") ?? (env("CRDS_SERVER") || undefined);
  const iface = flags.values.get("iface");
  const ifaceFromEnv = env("CRDS_IFACE");
  const wanted = iface !== undefined
    ? { iface, from: "--iface" }
    : ifaceFromEnv
    ? { iface: ifaceFromEnv, from: "$CRDS_IFACE" }
    : undefined;
  const name = flags.values.get("name");
  if (name !== undefined) asUsage(() => checkChatName(name));
  const settings = {
    server: server === undefined ? undefined : parseEndpoint(server, DEFAULT_PORT),
    wanted,
    name: name ?? (env("USER") || env("LOGNAME") || env("USERNAME") || ""),
    ttl: numberFlag(flags, "ttl", { min: 1, max: 255, otherwise: DEFAULT_TTL }),
    relay: relayWish(flags.switches),
    json: flags.switches.has("json"),
    terminal: {
      color: colorWish(flags.values.get("color")),
      noColor: env("NO_COLOR"),
      capable: env("TERM") !== "dumb",
    },
    configFile: flags.values.get("config") ?? defaultConfigFile(Deno.build.os, env),
    knownServersFile: flags.values.get("known-servers") ??
      stateFile(Deno.build.os, env, "known_servers"),
    // Windows has the second one.
    home: env("HOME") || env("USERPROFILE") || undefined,
  };
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

function relayWish(switches: ReadonlySet<string>): RelayWish {
  if (!switches.has("relay")) return switches.has("no-relay") ? "never" : "auto";
  if (!switches.has("no-relay")) return "always";
  throw new UsageError("Cannot use --relay with --no-relay: choose one of them.");
}

function colorWish(word: string | undefined): ColorWish | undefined {
  const wish = COLOR_WISHES.find((each) => each === word);
  if (word === undefined || wish !== undefined) return wish;
  throw new UsageError(
    `Cannot use --color "${sanitise(word)}": it is none of ${COLOR_WISHES.join(", ")}.`,
  );
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

/** Where a server is tried when none is named and none is found. */
export const FALLBACK_SERVER: Endpoint = { host: "127.0.0.1", port: DEFAULT_PORT };

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

/** What is wrong with the words of the command line has an exit code of its own. */
export function asUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UserError) throw new UsageError(error.message);
    throw error;
  }
}

function parseShell(word: string | undefined): Shell {
  const shell = SHELLS.find((name) => name === word);
  if (shell !== undefined) return shell;
  const what = word === undefined
    ? "the shell is missing"
    : `there are none for "${sanitise(word)}"`;
  throw new UsageError(`Cannot print completions: ${what}. Use one of ${SHELLS.join(", ")}.`);
}
