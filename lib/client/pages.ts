/**
 * Lists that come page by page, from a server that may never stop.
 *
 * @module
 */

import { ShapeError } from "./server_shapes.ts";

/** Entries of a list: more than the rooms and people any server has, and a bound on memory. */
export const MAX_LISTED = 150_000;

/** One page of a list. */
export interface Page<Item, Cursor> {
  /** What is on it. */
  readonly items: readonly Item[];
  /** What to ask for the next page with; undefined on the last one. */
  readonly next: Cursor | undefined;
}

/**
 * Puts the pages of a list together.
 *
 * @param ask Asks for one page; without a cursor, for the first. It refuses pages that lead nowhere.
 * @param max How many entries are the most.
 * @returns All entries.
 * @throws {ShapeError} If there are more than {@linkcode MAX_LISTED}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const pages = [{ items: ["a", "b"], next: 1 }, { items: ["c"], next: undefined }];
 * assertEquals(await allPages((after: number = 0) => Promise.resolve(pages[after]!)), ["a", "b", "c"]);
 * ```
 */
export async function allPages<Item, Cursor>(
  ask: (after?: Cursor) => Promise<Page<Item, Cursor>>,
  max: number = MAX_LISTED,
): Promise<Item[]> {
  const all: Item[] = [];
  let after: Cursor | undefined;
  do {
    const { items, next } = await (after === undefined ? ask() : ask(after));
    if (all.length + items.length > max) throw new ShapeError(`more than ${max} entries`);
    for (const item of items) all.push(item);
    after = next;
  } while (after !== undefined);
  return all;
}
