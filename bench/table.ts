/**
 * Figures in a table of text.
 *
 * @module
 */

/** A load generator that used more than this of its processor may have been what was measured. */
export const BUSY = 0.97;

/**
 * Finds the median.
 *
 * @param numbers Some numbers.
 * @returns The one in the middle (the mean of the two in the middle), or undefined of none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(median([3, 1, 2]), 2);
 * assertEquals(median([]), undefined);
 * ```
 */
export function median(numbers: readonly number[]): number | undefined {
  if (numbers.length === 0) return undefined;
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)];
  return ((sorted[low] ?? 0) + (sorted[high] ?? 0)) / 2;
}

/**
 * Writes a figure without decimals.
 *
 * @param value The figure.
 * @returns It with commas between thousands.
 */
export function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/**
 * Lays out a table, the first column to the left, the others to the right.
 *
 * @param rows The cells, row by row; the first row has the headings.
 * @returns Text that ends with a line end.
 */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map((row) =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))
      .join("  ").trimEnd()
  );
  return lines.join("\n") + "\n";
}
