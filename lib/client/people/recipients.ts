/**
 * Whom a message is for, as it was typed. Pure.
 *
 * @module
 */

import { foldName } from "../../people/names.ts";

/** A name in quotes, and the text. */
const QUOTED = /^"([^"]+)"\s*(.*)$/s;

/** A message as it was typed. */
export interface Addressed {
  /** The recipient's name. */
  readonly to: string;
  /** What it says. */
  readonly text: string;
}

/**
 * Tells a name and the text behind it apart. Names may have spaces: one in quotes is taken as it
 * is, else the longest known name that the line begins with, else the first word. A colon behind the
 * name is not a part of it.
 *
 * @param typed What stands after the command.
 * @param known The names of people who are known to be on.
 * @returns The name and the text; `""` for what is missing.
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
  const line = typed.trim();
  const keys = new Set(known.map(foldName));
  const [to = "", text = ""] = keys.has(foldName(bare(line))) ? [line] : longestKnown(line, keys) ??
    QUOTED.exec(line)?.slice(1) ?? /^(\S+)\s*(.*)$/s.exec(line)?.slice(1) ?? [];
  return { to: bare(to), text };
}

function longestKnown(line: string, keys: ReadonlySet<string>): string[] | undefined {
  const gaps = [...line.slice(0, MAX_TYPED_NAME).matchAll(/\s+/g)].reverse();
  const gap = gaps.find(({ index }) => keys.has(foldName(bare(line.slice(0, index)))));
  return gap && [line.slice(0, gap.index), line.slice(gap.index).trimStart()];
}

/** No name has a colon: who types one means its end, as in a room. */
function bare(name: string): string {
  return name.replace(/:$/, "");
}

/** UTF-16 units of a name as somebody may type it: 32 code points, and more spaces than it has. */
const MAX_TYPED_NAME = 100;
