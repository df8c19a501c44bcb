/**
 * Command line flags of both programs: one table for parsing and for `--help`.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { UsageError } from "./errors.ts";

/** One flag of a program. */
export interface Flag {
  /** Its name without the dashes. */
  readonly name: string;
  /** What its value is called in the help; a flag without one is on or off. */
  readonly value?: string;
  /** What it does, with its default. */
  readonly help: string;
}

/** What was given on the command line. */
export interface ParsedFlags {
  /** Values of the flags that take one. */
  readonly values: ReadonlyMap<string, string>;
  /** The flags without value that were given. */
  readonly switches: ReadonlySet<string>;
  /** What is no flag. */
  readonly words: readonly string[];
}

/**
 * Parses a command line.
 *
 * @param args The words after the program's name.
 * @param flags The flags there are.
 * @param program The program, for the hint in errors.
 * @returns What was given; the last one counts where a flag was given twice.
 * @throws {UsageError} On an unknown flag or a missing value.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const flags = [{ name: "port", value: "N", help: "the port" }, { name: "quiet", help: "say less" }];
 * const parsed = parseFlags(["--quiet", "--port=7"], flags, "crds-server");
 * assertEquals(parsed.values.get("port"), "7");
 * assertEquals(parsed.switches.has("quiet"), true);
 * assertThrows(() => parseFlags(["--prot", "7"], flags, "crds-server"), Error, "--prot");
 * ```
 */
export function parseFlags(
  args: readonly string[],
  flags: readonly Flag[],
  program: string,
): ParsedFlags {
  // `deno task client -- getdir` hands the two dashes on.
  const words = args[0] === "--" ? args.slice(1) : args;
  const hint = `See "${program} --help".`;
  const valued = flags.filter((flag) => flag.value !== undefined).map((flag) => flag.name);
  const plain = flags.filter((flag) => flag.value === undefined).map((flag) => flag.name);
  refuseValues(words, plain, hint);
  const parsed = parseArgs(joinNegatives(words, valued), {
    // The words too: a room may be called 007.
    string: [...valued, "_"],
    boolean: plain,
    unknown: (word, key) => {
      if (key !== undefined) {
        throw new UsageError(`Cannot use flag "${word}": there is no such flag. ${hint}`);
      }
      return true;
    },
  });
  const values = new Map<string, string>();
  for (const name of valued) {
    const value = parsed[name];
    if (value === undefined) continue;
    if (value === "") {
      throw new UsageError(`Cannot use flag "--${name}": its value is missing. ${hint}`);
    }
    values.set(name, String(value));
  }
  const switches = new Set(plain.filter((name) => parsed[name] === true));
  return { values, switches, words: parsed._.map(String) };
}

/** Makes `--port -1` one word: what begins with a dash and a digit is a value, if one is due. */
function joinNegatives(words: readonly string[], valued: readonly string[]): string[] {
  const joined: string[] = [];
  const end = words.indexOf("--");
  words.forEach((word, at) => {
    const before = joined.at(-1);
    const isDue = before !== undefined && valued.some((name) => before === `--${name}`);
    if (isDue && /^-\d/.test(word) && (end === -1 || at < end)) {
      joined.push(`${joined.pop()}=${word}`);
    } else joined.push(word);
  });
  return joined;
}

/** Refuses `--quiet=no`, which would be taken for "yes" or dropped in silence. */
function refuseValues(words: readonly string[], plain: readonly string[], hint: string): void {
  for (const word of words) {
    if (word === "--") return;
    const name = plain.find((name) => word.startsWith(`--${name}=`));
    if (name === undefined) continue;
    throw new UsageError(`Cannot use flag "${word}": --${name} takes no value. ${hint}`);
  }
}

/**
 * Reads a flag's value as a whole number.
 *
 * @param flags What was given.
 * @param name The flag.
 * @param range The least and the largest value allowed, and the value without the flag.
 * @returns The number.
 * @throws {UsageError} If the value is no number of that range.
 */
export function numberFlag(
  flags: ParsedFlags,
  name: string,
  range: { readonly min: number; readonly max: number; readonly otherwise: number },
): number {
  const value = flags.values.get(name);
  if (value === undefined) return range.otherwise;
  const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
  if (number >= range.min && number <= range.max) return number;
  throw new UsageError(
    `Cannot use --${name} "${value}": it is no whole number in ${range.min}-${range.max}. Leave it out for ${range.otherwise}.`,
  );
}

/**
 * Writes the part of a help text that explains the flags.
 *
 * @param flags The flags there are.
 * @returns Aligned lines.
 */
export function formatFlags(flags: readonly Flag[]): string {
  const rows = flags.map(({ name, value, help }) => ({
    left: `  --${name}${value === undefined ? "" : " " + value}`,
    help,
  }));
  const width = Math.max(...rows.map((row) => row.left.length)) + 2;
  return rows.map(({ left, help }) =>
    left.padEnd(width) + help.replaceAll("\n", "\n" + " ".repeat(width))
  ).join("\n");
}
