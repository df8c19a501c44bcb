/**
 * The commands of the server's program that serve nobody: what their command lines say.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import { type Flag, formatFlags, numberFlag, parseFlags } from "../flags.ts";
import { DEFAULT_MAX_ACCOUNTS } from "../people/accounts_options.ts";

/** What a command line of an administrator asks for. */
export type AdminCommand = ImportCommand | UsersCommand;

/** Make accounts from a file. */
export interface ImportCommand {
  /** What is to be done. */
  readonly kind: "import";
  /** The file with names and passwords. */
  readonly source: string;
  /** The file of the directory, beside which accounts are; undefined for the default one. */
  readonly data: string | undefined;
  /** How many accounts there may be. */
  readonly maxAccounts: number;
}

/** List the accounts. */
export interface UsersCommand {
  /** What is to be done. */
  readonly kind: "users";
  /** The file of the directory, beside which accounts are; undefined for the default one. */
  readonly data: string | undefined;
  /** Whether a program reads it. */
  readonly json: boolean;
}

const FLAGS: readonly Flag[] = [
  { name: "data", value: "FILE", help: "the same as for the server" },
  { name: "json", help: "users: one JSON object per line" },
  { name: "max-accounts", value: "N", help: `import: accounts at most (${DEFAULT_MAX_ACCOUNTS})` },
];

/** What `--help` says of the commands. */
export const ADMIN_HELP = `Commands, while the server does not run:
  import FILE   make accounts, a line "name password" for each; #: a comment
  users         list the accounts

${formatFlags(FLAGS)}`;

/**
 * Reads the command line of an administrator.
 *
 * @param args The words after the program's name.
 * @returns What to do; undefined if it is none of these commands.
 * @throws {UsageError} If the words are wrong.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseAdminArgs(["users", "--json"]), { kind: "users", data: undefined, json: true });
 * assertEquals(parseAdminArgs(["--port", "0"]), undefined);
 * ```
 */
export function parseAdminArgs(args: readonly string[]): AdminCommand | undefined {
  const [kind] = args[0] === "--" ? args.slice(1) : args;
  if (kind !== "import" && kind !== "users") return undefined;
  if (args.includes("--help")) return undefined;
  const flags = parseFlags(args, FLAGS, "crds-server");
  const [, source, ...rest] = flags.words;
  const data = flags.values.get("data");
  const wrong = kind === "import" ? "json" : "max-accounts";
  if (flags.switches.has(wrong) || flags.values.has(wrong)) {
    throw new UsageError(`Cannot use --${wrong} with "${kind}". See "crds-server --help".`);
  }
  const extra = kind === "import" ? rest[0] : source;
  if (extra !== undefined) {
    throw new UsageError(`Cannot understand "${extra}" after "${kind}". See "crds-server --help".`);
  }
  if (kind === "users") return { kind, data, json: flags.switches.has("json") };
  if (source === undefined) {
    throw new UsageError(
      'Cannot import accounts: no file is named. Use "crds-server import FILE".',
    );
  }
  const range = { min: 1, max: 1_000_000, otherwise: DEFAULT_MAX_ACCOUNTS };
  return { kind, source, data, maxAccounts: numberFlag(flags, "max-accounts", range) };
}
