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
 * assertEquals([unread.nextAt(0), unread.due(0, 0)], [Infinity, []]);
 * ```
 */
export class UnreadReports {
  readonly #reports: UnreadReport[] = [];
  /** How many of them, the first ones, need not wait any more. */
  #readable = 0;
  /** How many lines were looked for. */
  #since = 0;

  /**
   * Has a report wait.
   *
   * @param report The report.
   * @param now The time in milliseconds.
   */
  add(report: Report, now: number): void {
    this.#reports.push({ report, at: now });
  }

  /**
   * Takes note of a line that was read: the report that ends with it need not wait any more, nor those
   * before it, since lines are read in the order in which they were said.
   *
   * @param hash The hash of the line's datagram.
   */
  came(hash: Hex64): void {
    if (this.#reports.length === 0) return;
    let count = 0;
    this.#reports.forEach(({ report }, i) => {
      if (report.lines.at(-1)?.hash === hash) count = i + 1;
    });
    // The last line of a report may be lost. So it is seen from those behind it; not from each of
    // them, since many are compared.
    if (count === 0 && ++this.#since % LOOK_EVERY === 0) count = this.#before(hash);
    this.#readable = Math.max(this.#readable, count);
  }

  /**
   * Says when {@linkcode due} has something.
   *
   * @param cameAt When the sender's last line came, in milliseconds.
   * @returns The time in milliseconds, minus infinity for now; infinite if none waits.
   */
  nextAt(cameAt: number): number {
    const [first] = this.#reports;
    if (first === undefined) return Infinity;
    if (this.#readable > 0) return -Infinity;
    return Math.max(first.at, cameAt) + REORDER_GRACE_MS;
  }

  /**
   * Takes out what need not wait any more: because lines came, or did not for a moment.
   *
   * @param now The time in milliseconds.
   * @param cameAt When the sender's last line came, in milliseconds.
   * @returns The reports in the order they came.
   */
  due(now: number, cameAt: number): UnreadReport[] {
    if (this.#readable > 0) return this.#take(this.#readable);
    return now < this.nextAt(cameAt) ? [] : this.all();
  }

  /**
   * Takes out the first ones, if too many wait.
   *
   * @returns The reports in the order they came.
   */
  surplus(): UnreadReport[] {
    return this.#take(Math.max(0, this.#reports.length - MAX_UNREAD_REPORTS));
  }

  /**
   * Takes all out.
   *
   * @returns The reports in the order they came.
   */
  all(): UnreadReport[] {
    return this.#take(this.#reports.length);
  }

  #take(count: number): UnreadReport[] {
    this.#readable = Math.max(0, this.#readable - count);
    return this.#reports.splice(0, count);
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
}
