/**
 * How the client is to run, as its flags and its environment say. Nothing of the commands is needed for
 * that: what their words mean is read in `command_line.ts`.
 *
 * @module
 */

import { UsageError, UserError } from "../errors.ts";
import { stateFile } from "../directory/state_folder.ts";
import { checkChatName } from "../framing/chat_name.ts";
import { type Flag, numberFlag, type ParsedFlags, parseFlags } from "../flags.ts";
import { type Endpoint, parseEndpoint } from "../net/endpoint.ts";
import { DEFAULT_TTL } from "../net/ttl.ts";
import type { RelayWish } from "../room/room_server.ts";
import { sanitise } from "../text.ts";
import { defaultConfigFile } from "./config_folder.ts";
import { COLOR_WISHES, type ColorCircumstances, type ColorWish } from "./style/color_wish.ts";

/** The port of the Chat Room Directory Protocol (CRDP), where a server is when none is named. */
export const DEFAULT_PORT = 50001;

/** Where a server is tried when none is named and none is found. */
export const FALLBACK_SERVER: Endpoint = { host: "127.0.0.1", port: DEFAULT_PORT };

/** The word that seals a room: of the command `makeroom`, and a flag of the program. */
export const SEALED_FLAG = "--sealed";

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

/** Flags that ask for something else than a prompt. */
const NOT_FOR_PROMPT: readonly string[] = ["help", "version", SEALED_FLAG.slice(2)];

/**
 * Reads a command line that asks for nothing but the prompt, as most do: that takes no command table, so
 * nobody waits for one.
 *
 * @param args The words after the program's name.
 * @param env Looks an environment variable up.
 * @returns How to run; undefined if there is more to it, see `parseClientArgs`.
 * @throws {UserError} If something of it is wrong.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const server = { host: "lab-7", port: 50001 };
 * assertEquals(promptSettings(["--server", "lab-7"], () => undefined)?.server, server);
 * assertEquals(promptSettings(["chat", "lobby"], () => undefined), undefined);
 * ```
 */
export function promptSettings(
  args: readonly string[],
  env: (name: string) => string | undefined,
): ClientSettings | undefined {
  const flags = parseClientFlags(args);
  const isPlain = flags.words.length === 0 &&
    !NOT_FOR_PROMPT.some((name) => flags.switches.has(name));
  return isPlain ? settingsOf(flags, env) : undefined;
}

/**
 * Takes the words of the command line apart.
 *
 * @param args The words after the program's name.
 * @returns The flags, and the words that are none.
 * @throws {UsageError} If there is no such flag, or its value is missing.
 */
export function parseClientFlags(args: readonly string[]): ParsedFlags {
  return parseFlags(args, CLIENT_FLAGS, "crds-client");
}

/**
 * Reads the flags and the environment.
 *
 * @param flags What was given.
 * @param env Looks an environment variable up.
 * @returns How to run.
 * @throws {UserError} If something of it is wrong.
 */
export function settingsOf(
  flags: ParsedFlags,
  env: (name: string) => string | undefined,
): ClientSettings {
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
  return {
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

/**
 * Does something with the words of the command line: what is wrong with them has an exit code of its own.
 *
 * @param work What is done.
 * @returns What it returns.
 * @throws {UsageError} Where it throws a `UserError`.
 */
export function asUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UserError) throw new UsageError(error.message);
    throw error;
  }
}
