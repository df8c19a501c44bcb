/**
 * How the help looks: the long one, and the short one. Pure.
 *
 * @module
 */

import type { Command } from "./command.ts";

/** What can be typed, and what it does. */
export type HelpRow = readonly [typed: string, does: string];

/** Commands that belong together. */
export interface HelpGroup {
  /** What they are about, in a word. */
  readonly title: string;
  /** The commands. */
  readonly rows: readonly HelpRow[];
}

/** Columns for what is typed, in the long help: what is longer has a row of its own. */
const MAX_USAGE = 28;

/** Columns between what is aligned. */
const GAP = "  ";

/**
 * Aligns what things do, in rows that fit the usual 80 columns.
 *
 * @param rows What can be typed, and what it does.
 * @returns The rows, joined by `\n`.
 */
export function formatList(rows: readonly HelpRow[]): string {
  const lengths = rows.map(([typed]) => typed.length).filter((length) => length <= MAX_USAGE);
  const width = Math.max(0, ...lengths);
  return rows.map(([typed, does]) =>
    typed.length > MAX_USAGE
      ? `  ${typed}\n    ${" ".repeat(width)}${does}`
      : `  ${typed.padEnd(width)}  ${does}`
  ).join("\n");
}

/**
 * Tells all about one command.
 *
 * @param command The command.
 * @param how How it is used, and what stands before each command.
 * @returns The lines, joined by `\n`.
 */
export function formatCommand(
  { summary, details, aliases = [] }: Pick<Command<never>, "summary" | "details" | "aliases">,
  { usage, prefix }: { readonly usage: string; readonly prefix: string },
): string {
  const also = aliases.map((alias) => prefix + alias).join(", ");
  const lines = [summary, details, also === "" ? undefined : `Also: ${also}`];
  const text = lines.filter((line) => line !== undefined).join("\n");
  return `${usage}\n  ${text.replaceAll("\n", "\n  ")}`;
}

/**
 * Sorts commands by what they are about.
 *
 * @param commands The commands; the first one of a group says where that stands.
 * @param prefix What stands before each of them.
 * @returns Those that the short help lists.
 */
export function groupsOf(
  commands: readonly Pick<Command<never>, "name" | "brief">[],
  prefix: string,
): readonly HelpGroup[] {
  const listed = commands.flatMap(({ name, brief }) => {
    if (brief === undefined) return [];
    const [title, does] = brief;
    return [{ title, row: [prefix + name, does] as const }];
  });
  const groups = Map.groupBy(listed, ({ title }) => title);
  return Array.from(groups, ([title, each]) => ({ title, rows: each.map(({ row }) => row) }));
}

/**
 * Puts commands side by side, two in a row, so that all of them are on one screen.
 *
 * @param groups The commands.
 * @param below What stands below them.
 * @returns The rows, joined by `\n`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const rows = [["chat", "enters one"], ["getdir", "lists them"], ["makeroom", "makes one"]] as const;
 * assertEquals(formatOverview([{ title: "Rooms", rows }], ['"help all" tells more.']), [
 *   "Rooms  chat      enters one  getdir  lists them",
 *   "       makeroom  makes one",
 *   '"help all" tells more.',
 * ].join("\n"));
 * ```
 */
export function formatOverview(groups: readonly HelpGroup[], below: readonly string[]): string {
  const lines = groups.flatMap(({ title, rows }) =>
    pairs(rows).map((pair, index) => [index === 0 ? title : "", ...pair.flat()])
  );
  const columns = Math.max(0, ...lines.map((line) => line.length));
  const widths = Array.from(
    { length: columns },
    (_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const rows = lines.map((line) =>
    line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(GAP).trimEnd()
  );
  return [...rows, ...below].join("\n");
}

function pairs<T>(all: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(all.length / 2);
  return Array.from({ length: count }, (_, index) => all.slice(2 * index, 2 * index + 2));
}
