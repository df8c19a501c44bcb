/**
 * The text file from which accounts are made. Pure.
 *
 * @module
 */

import { checkPersonName, foldName } from "./names.ts";
import { UserError } from "../errors.ts";
import { faultOfPassword } from "./passwords.ts";

/** One line that can be imported. */
export interface ImportLine {
  /** Which line of the file, counted from 1. */
  readonly line: number;
  /** The name. */
  readonly name: string;
  /** The password. */
  readonly password: string;
}

/** One line that cannot. */
export interface ImportFault {
  /** Which line of the file, counted from 1. */
  readonly line: number;
  /** Why, in a few words; there is no password in it. */
  readonly why: string;
}

/** What is in a file. */
export interface ImportFile {
  /** What can be imported. */
  readonly lines: readonly ImportLine[];
  /** What cannot. */
  readonly faults: readonly ImportFault[];
}

/**
 * Reads a file of names and passwords: a line for each, the name, then white space, then the
 * password. If there is a tab in the line, that is what separates them: then both may hold spaces.
 * Empty lines and lines that begin with `#` do not count.
 *
 * @param text The file.
 * @returns What is in it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { lines, faults } = parseImport("# staff\nMel correct-horse\nBob short\n");
 * assertEquals(lines, [{ line: 2, name: "Mel", password: "correct-horse" }]);
 * assertEquals(faults, [{ line: 3, why: "the password has 5 characters, and at least 8 are needed" }]);
 * ```
 */
export function parseImport(text: string): ImportFile {
  const lines: ImportLine[] = [];
  const faults: ImportFault[] = [];
  const seen = new Map<string, number>();
  text.replace(/^\ufeff/, "").split(/\r?\n/).forEach((content, at) => {
    const line = at + 1;
    if (content.trim() === "" || content.trimStart().startsWith("#")) return;
    const parsed = parseLine(content);
    if (typeof parsed === "string") {
      faults.push({ line, why: parsed });
      return;
    }
    const key = foldName(parsed.name);
    const before = seen.get(key);
    if (before === undefined) seen.set(key, line);
    if (before === undefined) lines.push({ line, ...parsed });
    else faults.push({ line, why: `the name is that of line ${before}` });
  });
  return { lines, faults };
}

/** A name and a password, or what is wrong. */
function parseLine(content: string): { name: string; password: string } | string {
  const trimmed = content.trim();
  const [, wanted, password] = (trimmed.includes("\t") ? /^([^\t]*)\t+(.*)$/ : /^(\S+)\s+(.*)$/)
    .exec(trimmed) ?? [];
  if (wanted === undefined || password === undefined) return "it is no name and a password";
  try {
    const name = checkPersonName(wanted);
    const fault = faultOfPassword(password, name);
    return fault === undefined ? { name, password } : fault.replace(/^it/, "the password");
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // Without the name: whoever mixed the columns up would see passwords.
    const why = error.message.replace(/^.*": /s, "").replace(/\.$/, "");
    return `the name cannot be used (${why})`;
  }
}
