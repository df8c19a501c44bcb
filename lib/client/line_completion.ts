/**
 * What Tab finds: commands, rooms and the names of those present. Pure.
 *
 * @module
 */

import { isUnsafe } from "../text.ts";
import type { CommandTable } from "./command_table.ts";
import { mainTable, roomTable } from "./commands.ts";
import type { Completions } from "./terminal/completer.ts";
import type { LineUse } from "./terminal/line_context.ts";

/** What the completion of a line works with. */
export interface CompletionFacts {
  /** What the line is for. */
  readonly use: LineUse;
  /** The names of the rooms; a promise if the server is asked first. It does not reject. */
  readonly rooms: () => readonly string[] | Promise<readonly string[]>;
  /** The names of the others in the room one is in. */
  readonly members: () => readonly string[];
  /** The names of those who are on; a promise if the server is asked first. It does not reject. */
  readonly people: () => readonly string[] | Promise<readonly string[]>;
}

/**
 * Says what could stand at the cursor.
 *
 * @param left What stands before it.
 * @param facts What is known.
 * @returns The candidates, each with what follows it; a promise if the rooms are a promise.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const facts = { use: "room", rooms: () => [], people: () => [], members: () => ["Mel", "Bob"] } as const;
 * assertEquals(completionsAt("me", facts), { from: 0, candidates: ["Mel: "] });
 * assertEquals(completionsAt("Hi b", facts), { from: 3, candidates: ["Bob "] });
 * assertEquals(completionsAt("/he", facts), { from: 0, candidates: ["/help "] });
 * ```
 */
export function completionsAt(
  left: string,
  facts: CompletionFacts,
): Completions | Promise<Completions> {
  switch (facts.use) {
    case "answer":
      return { from: left.length, candidates: [] };
    case "command":
      return commandAt(left, mainTable, facts);
    case "room":
      return /^\/(?!\/)/.test(left)
        ? commandAt(left, roomTable, facts)
        : nameAt(left, 0, facts.members());
  }
}

function commandAt(
  left: string,
  table: CommandTable<never>,
  facts: CompletionFacts,
): Completions | Promise<Completions> {
  const { from, kind } = table.expects(left);
  const typed = left.slice(from);
  const among = (words: readonly string[]): Completions => ({
    from,
    candidates: matching(typed, words).map((word) => `${word} `),
  });
  switch (kind) {
    case "command": {
      // Behind "/help" a command needs no slash.
      const bare = from !== 0 && left[from] !== "/";
      const [names = [], aliases = []] = [table.names, table.aliases].map((words) =>
        bare ? words.map((word) => word.replace("/", "")) : words
      );
      // An alias only for who is surely typing one: else each Tab would offer two names for a thing.
      return among(matching(typed, names).length > 0 ? names : aliases);
    }
    case "room": {
      const rooms = facts.rooms();
      return rooms instanceof Promise ? rooms.then(among) : among(rooms);
    }
    case "member":
      return nameAt(left, from, facts.members());
    case "person": {
      const people = facts.people();
      return people instanceof Promise
        ? people.then((names) => nameAt(left, from, names))
        : nameAt(left, from, people);
    }
    case undefined:
      return among([]);
  }
}

/** A name may have spaces: the longest piece before the cursor that begins one is completed. */
function nameAt(left: string, start: number, members: readonly string[]): Completions {
  const starts = [start, ...[...left.matchAll(/\s+/g)].map((gap) => gap.index + gap[0].length)];
  for (const from of starts.filter((each) => each >= start)) {
    const names = matching(left.slice(from), members);
    const behind = from === 0 ? ": " : " ";
    if (names.length > 0) return { from, candidates: names.map((name) => name + behind) };
  }
  return { from: left.length, candidates: [] };
}

/** What begins with a text, in any case, sorted; nothing that could do something to a terminal. */
function matching(typed: string, words: readonly string[]): string[] {
  const wanted = typed.toLowerCase();
  const found = words.filter((word) => word.toLowerCase().startsWith(wanted) && !isUnsafe(word));
  return [...new Set(found)].sort((a, b) => a < b ? -1 : 1);
}
