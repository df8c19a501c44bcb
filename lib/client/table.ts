/**
 * Aligned tables for a terminal.
 *
 * @module
 */

import { cellsOf } from "./terminal/cells.ts";

/**
 * Aligns rows in columns, two spaces apart, by the width that a terminal gives the characters.
 *
 * @param rows Rows of cells, safe to show; the first is the heading.
 * @returns The lines, joined by `\n`, without white space at their ends.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatTable([["NAME", "PORT"], ["日本", "7"]]), "NAME  PORT\n日本  7");
 * ```
 */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => widths[i] = Math.max(widths[i] ?? 0, cellsOf(cell)));
  }
  return rows.map((row) =>
    row.map((cell, i) => cell + " ".repeat((widths[i] ?? 0) - cellsOf(cell)))
      .join("  ").trimEnd()
  ).join("\n");
}
