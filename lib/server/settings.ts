/**
 * What the server's command line says.
 *
 * @module
 */

import { MAX_PORT } from "../directory/rules.ts";
import { DEFAULT_MAX_ROOMS } from "../directory/memory_store.ts";
import { UsageError } from "../errors.ts";
import { DEFAULT_LOCK, DEFAULT_MAX_ACCOUNTS } from "../people/accounts_options.ts";
import { type Flag, formatFlags, numberFlag, type ParsedFlags, parseFlags } from "../flags.ts";
import { isUnsafe, sanitise } from "../text.ts";
import { ADMIN_HELP, type AdminCommand, parseAdminArgs } from "./admin_args.ts";
import { DEFAULT_LIMITS } from "./limits.ts";

/** The port of the Chat Room Directory Protocol (CRDP). */
export const CRDP = 50001;

/** More connections than this no system of today hands to one process. */
const MAX_CONNECTIONS = 1_000_000;

/** The longest lines of so many rooms still fit the 16 MiB of listing that our clients take. */
const MAX_ROOMS = 150_000;

/** As many names as a small town has; some 500 MB of memory. */
const MAX_ACCOUNTS = 1_000_000;

/** The longest lock is an hour, and so is the first one at most. */
const MAX_LOCK_SECONDS = 3_600;

/** A week: who does nothing for longer was on holiday. */
const MAX_IDLE_SECONDS = 604_800;

/** Four sockets each, of the 20,000 that are the usual hard limit, and as many connections. */
const MAX_RELAYS = 3_000;

const FLAGS: readonly Flag[] = [
  { name: "port", value: "N", help: `TCP port to listen on; 0 for any free one (${CRDP})` },
  { name: "host", value: "ADDR", help: "address to listen on (0.0.0.0: all interfaces)" },
  {
    name: "data",
    value: "FILE",
    help: "file that keeps the directory over restarts (crds.db in\n" +
      "the state folder of your account)",
  },
  { name: "memory", help: "keep the directory in memory: it is empty after a restart" },
  {
    name: "name",
    value: "NAME",
    help: "what the server is called on the network (CRDS on <host>)",
  },
  {
    name: "tls-port",
    value: "N",
    help: "TCP port for TLS; 0 for any free one (that after --port)",
  },
  {
    name: "tls-cert",
    value: "FILE",
    help: "a certificate with its issuer's behind it (PEM);\n" +
      "else the server makes one and keeps it beside --data",
  },
  { name: "tls-key", value: "FILE", help: "the key of that certificate (PEM)" },
  { name: "no-tls", help: "no TLS: no accounts and no private messages" },
  { name: "no-announce", help: "do not announce the server on the network (mDNS/DNS-SD)" },
  { name: "quiet", help: "no line per connection and command, only problems" },
  { name: "log", value: "FORMAT", help: "how status lines look: text or json (text)" },
  {
    name: "max-connections",
    value: "N",
    help: `clients at one time (${DEFAULT_LIMITS.maxConnections})`,
  },
  { name: "max-rooms", value: "N", help: `rooms in the directory (${DEFAULT_MAX_ROOMS})` },
  { name: "owner-deletes", help: "let only who made a room delete it" },
  { name: "no-relay", help: "be no relay for clients that multicast does not reach" },
  {
    name: "max-relays",
    value: "N",
    help: `clients at one time that are in a room that way (${DEFAULT_LIMITS.maxRelays})`,
  },
  { name: "max-accounts", value: "N", help: `accounts (${DEFAULT_MAX_ACCOUNTS})` },
  {
    name: "lock-seconds",
    value: "S",
    help: "seconds that three wrong passwords lock a name and an\n" +
      `address; twice as long each further time (${DEFAULT_LOCK / 1000})`,
  },
  {
    name: "single-session",
    help: "refuse a login while the account is logged in elsewhere\n(else the new one takes over)",
  },
  {
    name: "idle-timeout",
    value: "S",
    help: "log off accounts that do nothing for so many seconds,\nwarned before (0: never)",
  },
  {
    name: "request-timeout",
    value: "S",
    help: `seconds to finish a request that was begun (${DEFAULT_LIMITS.requestTimeout / 1000})`,
  },
  { name: "help", help: "print this text" },
  { name: "version", help: "print the version" },
];

/** What `--help` prints. */
export const SERVER_HELP: string = `crds-server - the Chat Room Directory Server

Keeps the list of chat rooms of a local network. Clients look rooms up here
(TCP port ${CRDP}) and then talk to each other directly over IP multicast.

Usage: crds-server [flags]     (from the source: deno task server [flags])

${formatFlags(FLAGS)}

${ADMIN_HELP}

Stop it with Ctrl-C. Exit codes: 0 stopped, 1 cannot listen, or cannot use the
file of the directory or the certificate, 2 wrong flags.
`;

/** What the command line asks for. */
export type ServerCommand =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | AdminCommand
  | { readonly kind: "serve"; readonly settings: ServerSettings };

/** How to be reached in TLS. */
export interface TlsSettings {
  /** The TCP port; 0 for any free one. */
  readonly port: number;
  /** Whether any free port will do if that one is taken: nobody asked for it. */
  readonly orAny: boolean;
  /** The files of a certificate that somebody else made, and of its key. */
  readonly given: { readonly certificate: string; readonly key: string } | undefined;
}

/** How to serve. */
export interface ServerSettings {
  /** The address to listen on. */
  readonly host: string;
  /** The TCP port; 0 for any free one. */
  readonly port: number;
  /** How to be reached in TLS; undefined if not at all. */
  readonly tls: TlsSettings | undefined;
  /** The file that keeps the directory; undefined: the default one; null: none. */
  readonly data: string | undefined | null;
  /** Whether to announce the server on the network, and under which name. */
  readonly announce: boolean;
  /** What the server is called on the network; undefined: the default. */
  readonly name: string | undefined;
  /** Whether to leave out the ordinary status lines. */
  readonly quiet: boolean;
  /** How status lines look. */
  readonly log: "text" | "json";
  /** Clients at one time. */
  readonly maxConnections: number;
  /** Rooms in the directory. */
  readonly maxRooms: number;
  /** Whether rooms may be deleted by their owners only. */
  readonly ownerDeletes: boolean;
  /** Whether to be a way into rooms for clients that multicast does not reach. */
  readonly relay: boolean;
  /** Clients at one time that are in rooms that way. */
  readonly maxRelays: number;
  /** Milliseconds to finish a request that was begun. */
  readonly requestTimeout: number;
  /** How many accounts there may be. */
  readonly maxAccounts: number;
  /** Milliseconds that the first lock after wrong passwords lasts. */
  readonly lock: number;
  /** Whether a login elsewhere is refused, or takes over. */
  readonly singleSession: boolean;
  /** Milliseconds of doing nothing after which an account is logged off; 0 for never. */
  readonly idleTimeout: number;
}

/**
 * Reads the command line.
 *
 * @param args The words after the program's name.
 * @returns What to do.
 * @throws {UsageError} If the words are wrong.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const command = parseServerArgs(["--port", "0"]);
 * assertEquals(command.kind === "serve" && command.settings.port, 0);
 * ```
 */
export function parseServerArgs(args: readonly string[]): ServerCommand {
  const admin = parseAdminArgs(args);
  if (admin !== undefined) return admin;
  const flags = parseFlags(args, FLAGS, "crds-server");
  if (flags.switches.has("help")) return { kind: "help" };
  if (flags.switches.has("version")) return { kind: "version" };
  const [word] = flags.words;
  if (word !== undefined) {
    const why = "there is no such command";
    throw new UsageError(`Cannot understand "${word}": ${why}. See "crds-server --help".`);
  }
  const log = flags.values.get("log") ?? "text";
  if (log !== "text" && log !== "json") {
    throw new UsageError(`Cannot use --log "${log}": there is no such format. Use text or json.`);
  }
  const data = flags.values.get("data");
  if (data !== undefined && flags.switches.has("memory")) {
    throw new UsageError("Cannot use --data and --memory together: choose one of them.");
  }
  const { maxConnections, maxRelays, requestTimeout } = DEFAULT_LIMITS;
  const port = numberFlag(flags, "port", { min: 0, max: MAX_PORT, otherwise: CRDP });
  return {
    kind: "serve",
    settings: {
      host: flags.values.get("host") ?? "0.0.0.0",
      port,
      tls: tlsSettings(flags, port),
      data: flags.switches.has("memory") ? null : data,
      announce: !flags.switches.has("no-announce"),
      name: parseServerName(flags.values.get("name")),
      quiet: flags.switches.has("quiet"),
      log,
      maxConnections: numberFlag(flags, "max-connections", {
        min: 1,
        max: MAX_CONNECTIONS,
        otherwise: maxConnections,
      }),
      maxRooms: numberFlag(flags, "max-rooms", {
        min: 1,
        max: MAX_ROOMS,
        otherwise: DEFAULT_MAX_ROOMS,
      }),
      ownerDeletes: flags.switches.has("owner-deletes"),
      relay: !flags.switches.has("no-relay"),
      maxRelays: numberFlag(flags, "max-relays", {
        min: 0,
        max: MAX_RELAYS,
        otherwise: maxRelays,
      }),
      requestTimeout: 1000 * numberFlag(flags, "request-timeout", {
        min: 1,
        max: 3600,
        otherwise: requestTimeout / 1000,
      }),
      maxAccounts: numberFlag(flags, "max-accounts", {
        min: 0,
        max: MAX_ACCOUNTS,
        otherwise: DEFAULT_MAX_ACCOUNTS,
      }),
      lock: 1000 * numberFlag(flags, "lock-seconds", {
        min: 1,
        max: MAX_LOCK_SECONDS,
        otherwise: DEFAULT_LOCK / 1000,
      }),
      singleSession: flags.switches.has("single-session"),
      idleTimeout: 1000 * numberFlag(flags, "idle-timeout", {
        min: 0,
        max: MAX_IDLE_SECONDS,
        otherwise: 0,
      }),
    },
  };
}

function tlsSettings(flags: ParsedFlags, plainPort: number): TlsSettings | undefined {
  const { values, switches } = flags;
  const [certificate, key] = [values.get("tls-cert"), values.get("tls-key")];
  const wish = ["tls-port", "tls-cert", "tls-key"].find((name) => values.has(name));
  if (switches.has("no-tls")) {
    if (wish === undefined) return undefined;
    throw new UsageError(`Cannot use --no-tls with --${wish}: choose one of them.`);
  }
  if ((certificate === undefined) !== (key === undefined)) {
    const [there, missing] = key === undefined ? ["cert", "key"] : ["key", "cert"];
    throw new UsageError(
      `Cannot use --tls-${there} alone: it goes with --tls-${missing} FILE (it may be the same file).`,
    );
  }
  // Behind the last port there is none, and any free one stands beside any free one.
  const otherwise = plainPort === 0 || plainPort === MAX_PORT ? 0 : plainPort + 1;
  return {
    port: numberFlag(flags, "tls-port", { min: 0, max: MAX_PORT, otherwise }),
    orAny: !values.has("tls-port"),
    given: certificate === undefined || key === undefined ? undefined : { certificate, key },
  };
}

/** An instance name of DNS-SD is one DNS label (RFC 6763, section 4.1.1). */
const MAX_SERVER_NAME_BYTES = 63;

function parseServerName(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const size = new TextEncoder().encode(name).length;
  if (name.trim() === "" || size > MAX_SERVER_NAME_BYTES || isUnsafe(name)) {
    throw new UsageError(
      `Cannot use --name "${
        sanitise(name)
      }": a name has 1-${MAX_SERVER_NAME_BYTES} bytes of plain text.`,
    );
  }
  return name.trim();
}
