/**
 * Reports that overtook the lines they name.
 *
 * @module
 */

import type { Report } from "../framing/control_messages.ts";
import type { Hex64 } from "../framing/datagram_hash.ts";
import { REORDER_GRACE_MS } from "./wanted.ts";

/** Most reports of one sender that wait: they name as many lines as a receive buffer keeps (256). */
export const MAX_UNREAD_REPORTS = 8;

/** Every so manyth line that is read is looked for in all reports that wait. */
const LOOK_EVERY = 8;

/** A report, and when it came. */
export interface UnreadReport {
  /** The report. */
  readonly report: Report;
  /** When it came, in milliseconds. */
  readonly at: number;
}

/**
 * The reports of one sender whose last line was not read yet. Lines and reports come to different
 * sockets; on a busy machine lines wait in theirs, and the report is read first. Taken at once, it would
 * make all these lines missing ones, which they are not, and each of them costs three times as much
 * then. So the report waits: for its last line, or until no line came for a moment.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const unread = new UnreadReports();
 * assertEquals(unread.nextAt(0), Infinity);
 * ```
 */
export class UnreadReports {
  readonly #reports: UnreadReport[] = [];
  /** How many lines were looked for. */
  #since = 0;

  /** How many wait. */
  get size(): number {
    return this.#reports.length;
  }

  /**
   * Has a report wait.
   *
   * @param report The report; it names a line.
   * @param now The time in milliseconds.
   */
  add(report: Report, now: number): void {
    this.#reports.push({ report, at: now });
  }

  /**
   * Finds the report that waits for a line that was read.
   *
   * @param hash The hash of the line's datagram.
   * @returns How many reports need not wait any more: it and those before it, since lines are read in
   * the order in which they were said; 0 if there is none.
   */
  upTo(hash: Hex64): number {
    if (this.#reports.length === 0) return 0;
    for (let i = this.#reports.length - 1; i >= 0; i--) {
      if (this.#reports[i]!.report.lines.at(-1)!.hash === hash) return i + 1;
    }
    // The last line of a report may be lost. So it is seen from those behind it; not from each of
    // them, since many are compared.
    return ++this.#since % LOOK_EVERY === 0 ? this.#before(hash) : 0;
  }

  /** Counts the reports before the one that names a line. */
  #before(hash: Hex64): number {
    for (let i = this.#reports.length - 1; i > 0; i--) {
      const { lines, highest } = this.#reports[i]!.report;
      const isNew = highest - this.#reports[i - 1]!.report.highest;
      for (let at = lines.length - 1; at >= 0 && at >= lines.length - isNew; at--) {
        if (lines[at]!.hash === hash) return i;
      }
    }
    return 0;
  }

  /**
   * Says when the first report has waited long enough.
   *
   * @param cameAt When the sender's last line came, in milliseconds.
   * @returns The time in milliseconds; infinite if none waits.
   */
  nextAt(cameAt: number): number {
    const [first] = this.#reports;
    return first === undefined ? Infinity : Math.max(first.at, cameAt) + REORDER_GRACE_MS;
  }

  /**
   * Takes reports out.
   *
   * @param count How many, the first ones; all if there are no more.
   * @returns The reports in the order they came.
   */
  take(count: number): UnreadReport[] {
    return this.#reports.splice(0, count);
  }
}
