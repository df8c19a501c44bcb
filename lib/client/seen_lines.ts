/**
 * The last lines of a room: to show them again, and to place late ones where some are hidden. Pure.
 *
 * @module
 */

import type { SaidLine } from "./said_line.ts";

/** Lines remembered: as far back as rooms place a late line (`MAX_PLACE` of lib/room/shown_lines.ts). */
export const MAX_SEEN = 8192;

/** A line as it was seen. */
export interface SeenLine extends SaidLine {
  /** What stands behind the name to tell who it is. */
  readonly mark?: string | undefined;
  /** When it was said, in milliseconds since 1970. */
  readonly at: number;
}

interface Entry {
  readonly line: SeenLine;
  /** Whether the room counts it: it does not count one's own lines, and those from before. */
  readonly counts: boolean;
  readonly isHidden: boolean;
}

/** Remembers lines in the order in which they belong. */
export class SeenLines {
  #entries: Entry[] = [];

  /**
   * Takes a line of somebody else.
   *
   * @param line The line.
   * @param place How many of the others' lines it stands before, see `RoomLine.place`.
   * @param isHidden Whether it is not shown.
   * @returns How many lines that are shown it stands before; `Infinity` if it is late.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   *
   * const seen = new SeenLines();
   * const line = (text: string) => ({ name: "Mel", text, at: 0 });
   * seen.add(line("one"), 0, false);
   * seen.add(line("hidden"), 0, true);
   * assertEquals(seen.add(line("zero"), 2, false), 1);
   * ```
   */
  add(line: SeenLine, place: number | "late", isHidden: boolean): number {
    const entry = { line, counts: true, isHidden };
    if (place === "late") {
      this.#insert(this.#entries.length, entry);
      return Infinity;
    }
    let index = this.#entries.length;
    let shown = 0;
    for (let passed = 0; passed < place && index > 0;) {
      const { counts, isHidden } = this.#entries[--index]!;
      if (!counts) continue;
      passed++;
      if (!isHidden) shown++;
    }
    this.#insert(index, entry);
    return shown;
  }

  /**
   * Takes a line that the room does not count: one's own, or one from before.
   *
   * @param line The line.
   */
  note(line: SeenLine): void {
    this.#insert(this.#entries.length, { line, counts: false, isHidden: false });
  }

  /**
   * Finds the last lines.
   *
   * @param count How many at most.
   * @param isHidden Says of whom nothing is to be shown.
   * @returns The lines, the oldest first.
   */
  last(count: number, isHidden: (name: string | undefined) => boolean): SeenLine[] {
    return this.#entries.map(({ line }) => line).filter(({ name }) => !isHidden(name)).slice(
      -count,
    );
  }

  #insert(index: number, entry: Entry): void {
    if (index === this.#entries.length) this.#entries.push(entry);
    else this.#entries.splice(index, 0, entry);
    // Cut in blocks: shifting all for each new one is slow.
    if (this.#entries.length > MAX_SEEN * 2) this.#entries.splice(0, MAX_SEEN);
  }
}
