/**
 * The messages of a script for a room that it did not get into: they must not run as commands. Pure.
 *
 * @module
 */

import { mainTable, roomTable } from "./commands.ts";
import type { InputEvent } from "./terminal/console.ts";

/**
 * Passes over the lines after a `chat` that failed, up to where the script leaves the room.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const skipped = new SkippedLines();
 * skipped.failed({ kind: "line", text: "chat nowhere" });
 * assertEquals(skipped.take({ kind: "line", text: "deleteroom lab" }), { skip: true });
 * assertEquals(skipped.take({ kind: "line", text: "/leave" }), {
 *   skip: true,
 *   sentence: "Skipped 1 line that was meant for the room.",
 * });
 * assertEquals(skipped.take({ kind: "line", text: "getdir" }), { skip: false });
 * ```
 */
export class SkippedLines {
  #count: number | undefined;

  /**
   * Something failed; if it was a `chat`, what follows is skipped.
   *
   * @param event What failed.
   */
  failed(event: InputEvent): void {
    if (event.kind === "line" && mainTable.nameOf(event.text) === "chat") this.#count = 0;
  }

  /**
   * Says what to do with the next event.
   *
   * @param event The event.
   * @returns Whether to pass over it, and what to tell when the skipping ends.
   */
  take(event: InputEvent): { readonly skip: boolean; readonly sentence?: string } {
    const count = this.#count;
    if (count === undefined) return { skip: false };
    const isEnd = event.kind === "end" || event.kind === "leave" ||
      (event.kind === "line" && roomTable.nameOf(event.text) === "leave" &&
        !/\S\s+\S/.test(event.text));
    if (!isEnd) {
      this.#count = count + 1;
      return { skip: true };
    }
    this.#count = undefined;
    const skip = event.kind !== "end";
    if (count === 0) return { skip };
    const what = count === 1 ? "1 line that was" : `${count} lines that were`;
    return { skip, sentence: `Skipped ${what} meant for the room.` };
  }
}
