/**
 * When to report: soon and more than once behind what was said, else rarely.
 *
 * @module
 */

/** When reports follow the last line of a burst, in milliseconds (DESIGN section 7). */
export const BURST_REPORTS_MS = [100, 300, 1000, 3000, 10_000] as const;

/** A report goes out at the latest when this many lines are in none: each is listed in two. */
const UNREPORTED = 8;

/**
 * ...a moment later, in milliseconds, if the lines do not come fast: members that share a machine, and
 * hear the line at once, would read the report before the others get the line.
 */
const REPORT_BEHIND_MS = 4;

/** Lines come fast if that many came within this time, in milliseconds: then there is no such moment. */
const FAST_MS = 40;

/** So many may be in none if lines come fast: a report costs those who hear it as much as some lines. */
export const MAX_UNREPORTED = 32;

/** Lines that a report lists though they were listed twice: reports are lost, too. */
const LISTED_ANYWAY = 2 * UNREPORTED;

/** The shortest mean time between regular reports, in milliseconds (RFC 3550, section 6.2). */
export const MIN_INTERVAL_MS = 5000;

/**
 * What regular reports of all members together may take, in bytes per second. A room's control
 * traffic stays below 2 kB/s; the rest is for reports after lines, nacks and repairs.
 */
export const REPORT_BYTES_PER_SECOND = 800;

/** When the first report is repeated, in milliseconds: the first may be lost. */
const SECOND_REPORT_MS = 1000;

/** How quickly members answer a newcomer with a report in a small room, in milliseconds. */
const WELCOME_MS = 1000;

/** The times of one member's reports. */
export class ReportSchedule {
  #random: () => number;
  #times: number[];
  #last: number;
  #factor: number;
  #unreported = 0;
  #unreportedSince = 0;
  /** How many were in none before the last report. */
  #reported = 0;
  /** Whether the report is planned to be a moment behind the last line. */
  #isBehind = false;
  #pulled = Infinity;
  #welcomedAt = -Infinity;

  /**
   * Starts with a report at once and one a second later.
   *
   * @param now The time in milliseconds.
   * @param random Yields numbers in [0, 1).
   */
  constructor(now: number, random: () => number) {
    this.#random = random;
    this.#times = [now, now + SECOND_REPORT_MS];
    this.#last = now;
    this.#factor = 0.5 + random();
  }

  /**
   * Takes note that a line was said.
   *
   * @param now The time in milliseconds.
   * @returns True if a report is due at once: so many lines are in none, and more come fast.
   */
  said(now: number): boolean {
    const times = this.#times;
    const soon = now + BURST_REPORTS_MS[0];
    // Counted from the first line that is in no report, or lines in quick succession never were.
    if (this.#unreported === 0) this.#unreportedSince = now;
    const first = this.#unreported++ === 0 ? soon : Math.min(soon, times[0] ?? soon);
    for (let i = 0; i < BURST_REPORTS_MS.length; i++) times[i] = now + BURST_REPORTS_MS[i]!;
    times.length = BURST_REPORTS_MS.length;
    times[0] = first;
    if (this.#unreported < UNREPORTED) return false;
    if (this.#unreported >= MAX_UNREPORTED || this.#isBehind) return true;
    this.#isBehind = now - this.#unreportedSince >= FAST_MS;
    const at = this.#isBehind ? now + REPORT_BEHIND_MS : this.#unreportedSince + FAST_MS;
    times[0] = Math.min(first, at);
    return false;
  }

  /**
   * Takes note that the others should soon know something new, a name or a socket.
   *
   * @param now From when on, in milliseconds; reports planned before are dropped.
   */
  changed(now: number): void {
    this.#times = [now, now + SECOND_REPORT_MS, ...this.#times.filter((time) => time > now)]
      .sort((a, b) => a - b);
  }

  /**
   * Takes note that somebody came, who should learn of this member.
   *
   * @param now The time in milliseconds.
   * @param roundMs How long all members need for a report each at the permitted rate.
   */
  welcome(now: number, roundMs: number): void {
    const within = Math.max(WELCOME_MS, roundMs);
    // Once per round: who comes and goes without end must not make the room talk.
    if (now - this.#welcomedAt < within) return;
    this.#welcomedAt = now;
    this.#pulled = Math.min(this.#pulled, now + within * this.#random());
  }

  /** How many of the last lines the next report is to list: those in no report, or in one only. */
  get lines(): number {
    return Math.max(LISTED_ANYWAY, this.#unreported + this.#reported);
  }

  /**
   * Says when the next report is due.
   *
   * @param interval The mean time between regular reports now, in milliseconds: it follows the
   * number of members (timer reconsideration, RFC 3550, section 6.3.6).
   * @returns The time in milliseconds.
   */
  next(interval: number): number {
    return Math.min(this.#times[0] ?? Infinity, this.regular(interval));
  }

  /**
   * Says when the next regular report is due, which also tells what one has of others.
   *
   * @param interval As for {@linkcode next}.
   * @returns The time in milliseconds.
   */
  regular(interval: number): number {
    return Math.min(this.#pulled, this.#last + interval * this.#factor);
  }

  /**
   * Takes note that a report was sent.
   *
   * @param now The time in milliseconds.
   * @param regular True if it was a full one.
   */
  sent(now: number, regular: boolean): void {
    this.#reported = this.#unreported;
    this.#unreported = 0;
    this.#isBehind = false;
    this.#times = this.#times.filter((time) => time > now);
    if (!regular) return;
    this.#last = now;
    this.#pulled = Infinity;
    this.#factor = 0.5 + this.#random();
  }
}

/**
 * Says how often to report.
 *
 * @param members How many members there are, this one included.
 * @param reportBytes The mean size of a regular report.
 * @returns The mean time between regular reports of one member, in milliseconds.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(reportInterval(2, 200), 5000);
 * assertEquals(reportInterval(500, 200), 125_000);
 * ```
 */
export function reportInterval(members: number, reportBytes: number): number {
  return Math.max(MIN_INTERVAL_MS, reportRound(members, reportBytes));
}

/**
 * Says how long all members need to report once at the permitted rate.
 *
 * @param members How many members there are.
 * @param reportBytes The mean size of a regular report.
 * @returns Milliseconds.
 */
export function reportRound(members: number, reportBytes: number): number {
  return members * reportBytes * 1000 / REPORT_BYTES_PER_SECOND;
}
