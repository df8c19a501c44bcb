/**
 * Whom a message is for, as it was typed. Pure.
 *
 * @module
 */

import { UserError } from "../../errors.ts";
import { foldName } from "../../people/names.ts";

/** A message as it was typed. */
export interface Addressed {
  /** The recipient's name. */
  readonly to: string;
  /** What it says. */
  readonly text: string;
}

/**
 * Tells a name and the text behind it apart. Names may have spaces: one in quotes is taken as it
 * is, else the longest known name that the line begins with, else the first word.
 *
 * @param typed What stands after the command.
 * @param known The names of people who are known to be on.
 * @returns The name and the text.
 * @throws {UserError} If one of them is missing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseAddressed("Bob  good morning", []), { to: "Bob", text: "good morning" });
 * assertEquals(parseAddressed("ann lee hi", ["Ann", "Ann Lee"]), { to: "ann lee", text: "hi" });
 * assertEquals(parseAddressed('"Ann Lee" hi', []), { to: "Ann Lee", text: "hi" });
 * ```
 */
export function parseAddressed(typed: string, known: readonly string[]): Addressed {
  const addressed = splitAddressed(typed, known);
  if (addressed.text !== "") return addressed;
  throw new UserError(
    "Cannot send a message: the text is missing. It comes after the name: msg <name> <text>",
  );
}

/**
 * The same, where the text may be missing.
 *
 * @param typed What stands after the command.
 * @param known The names of people who are known to be on.
 * @returns The name and the text, which may be empty.
 */
export function splitAddressed(typed: string, known: readonly string[]): Addressed {
  const line = typed.trim();
  const keys = new Set(known.map(foldName));
  const [to = "", text = ""] = keys.has(foldName(line)) ? [line] : longestKnown(line, keys) ??
    /^"([^"]+)"\s*(.*)$/s.exec(line)?.slice(1) ??
    /^(\S+)\s*(.*)$/s.exec(line)?.slice(1) ?? [];
  return { to, text };
}

function longestKnown(line: string, keys: ReadonlySet<string>): string[] | undefined {
  const gaps = [...line.slice(0, MAX_TYPED_NAME).matchAll(/\s+/g)].reverse();
  const gap = gaps.find(({ index }) => keys.has(foldName(line.slice(0, index))));
  return gap && [line.slice(0, gap.index), line.slice(gap.index).trimStart()];
}

/** UTF-16 units of a name as somebody may type it: 32 code points, and more spaces than it has. */
const MAX_TYPED_NAME = 100;
