/**
 * Long lists in short lines: a line has 64 KiB, so a list is sent page by page.
 *
 * @module
 */

/** UTF-8 bytes of items in a page: leaves room in a line of 64 KiB for all around them. */
export const MAX_PAGE_BYTES: number = 48 * 1024;

const encoder = new TextEncoder();

/**
 * Takes as many items as fit into a page, and one at least.
 *
 * @param items The items that are still to be sent.
 * @returns The page, and whether items are left.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(takePage([1, 2, 3]), { page: [1, 2, 3], more: false });
 * assertEquals(takePage(["x".repeat(48_000), "y".repeat(2_000)]).more, true);
 * ```
 */
export function takePage<Item>(items: Iterable<Item>): { page: Item[]; more: boolean } {
  const page: Item[] = [];
  let size = 0;
  for (const item of items) {
    size += encoder.encode(JSON.stringify(item)).length + 1;
    if (size > MAX_PAGE_BYTES && page.length > 0) return { page, more: true };
    page.push(item);
  }
  return { page, more: false };
}
