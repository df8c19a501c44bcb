/**
 * The order of what was shown, to say where a line belongs that comes late.
 *
 * @module
 */

/** How many lines back a place can be told: as far as a paste of 5,000 lines reaches. */
export const MAX_PLACE = 8192;

/** A line that was shown. */
export interface ShownLine {
  /** Whose it is: the same object for all lines of one sender. */
  readonly sender: object;
  /** Its number; 0 while it is not known. */
  seq: number;
  /** When it was said, as far as that is known, in milliseconds. */
  readonly at: number;
}

/** Where a line belongs: so many lines back, 0 being the end, or "late" if that is too far: show it at the end. */
export type Place = number | "late";

/** The last lines shown, in the order in which they belong. */
export class ShownLines {
  #lines: ShownLine[] = [];

  /**
   * Puts a line where it belongs: behind what its sender said before, before what it said after,
   * and among the lines of others by time.
   *
   * @param line The line.
   * @returns How many lines back that is; a late line goes to the end.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   *
   * const shown = new ShownLines();
   * const mel = {};
   * shown.add({ sender: mel, seq: 1, at: 10 });
   * shown.add({ sender: mel, seq: 3, at: 30 });
   * assertEquals(shown.add({ sender: mel, seq: 2, at: 40 }), 1);
   * ```
   */
  add(line: ShownLine): Place {
    const lines = this.#lines;
    const end = lines.length;
    const last = lines[end - 1];
    let index = end;
    // Nearly every line belongs at the end.
    if (line.seq !== 0 || (last !== undefined && last.at > line.at)) index = this.#indexOf(line);
    const isLate = end - index >= MAX_PLACE;
    // Late lines are shown at the end, and must not confuse the order of those that are not.
    if (isLate) lines.push({ sender: line.sender, seq: 0, at: last!.at });
    else if (index === end) lines.push(line);
    else lines.splice(index, 0, line);
    // Cut in blocks: shifting thousands of lines for each new one is slow.
    if (lines.length > MAX_PLACE * 2) lines.splice(0, lines.length - MAX_PLACE);
    return isLate ? "late" : end - index;
  }

  /**
   * Gives a line its number, and moves it if it stands wrong among the numbered ones.
   *
   * @param line A line that was added without a number.
   * @param seq Its number.
   * @returns From where to where it moved, in lines back before it is taken out and then behind it;
   * nothing if it stays, or is too far back.
   */
  number(line: ShownLine, seq: number): { from: number; to: number } | undefined {
    line.seq = seq;
    const lines = this.#lines;
    const index = lines.lastIndexOf(line);
    if (index === -1) return undefined;
    const stop = Math.max(0, lines.length - MAX_PLACE);
    const isOrdered = this.#isOrdered(line, index, 1, lines.length) &&
      this.#isOrdered(line, index, -1, stop - 1);
    if (isOrdered || index < stop) return undefined;
    lines.splice(index, 1);
    const to = this.#indexOf(line);
    lines.splice(to, 0, line);
    return { from: lines.length - 1 - index, to: lines.length - 1 - to };
  }

  /** Says whether the nearest numbered line of the same sender, in one direction, agrees. */
  #isOrdered({ sender, seq }: ShownLine, index: number, step: 1 | -1, stop: number): boolean {
    for (let i = index + step; i !== stop && i >= 0; i += step) {
      const other = this.#lines[i]!;
      if (other.sender !== sender || other.seq === 0) continue;
      return (other.seq - seq) * step > 0;
    }
    return true;
  }

  #indexOf({ sender, seq, at }: ShownLine): number {
    const lines = this.#lines;
    const stop = Math.max(0, lines.length - MAX_PLACE);
    let byTime = -1;
    let before = lines.length;
    let behind = stop;
    for (let i = lines.length - 1; i >= stop; i--) {
      const other = lines[i]!;
      if (byTime === -1 && other.at <= at) byTime = i + 1;
      if (seq === 0 || other.sender !== sender || other.seq === 0) continue;
      if (other.seq > seq) before = i;
      else if (behind === stop) behind = i + 1;
      // Numbers of one sender ascend here, so the first lower one ends the search.
      if (other.seq < seq && byTime !== -1) break;
    }
    if (byTime === -1) byTime = stop;
    return Math.min(before, Math.max(behind, byTime));
  }
}
