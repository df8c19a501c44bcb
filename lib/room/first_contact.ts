/**
 * Where to start with a sender that one hears of for the first time.
 *
 * @module
 */

import type { Report } from "../framing/control_messages.ts";
import { timeOf } from "./sender_log.ts";

/** Who was heard without a report for so long, in ms, had its reports filtered out, not lost. */
const SILENT_REPORTS_MS = 30_000;

/** Presence is told in steps of this, rounded down, in milliseconds. */
const PRESENT_UNIT_MS = 100;

/** Where to start. */
export interface Start {
  /** Lines up to here were said before one joined. */
  readonly base: number;
  /** Lines up to here may have been. */
  readonly uncertain: number;
}

/**
 * Finds the first line that was said since this member joined.
 *
 * @param report The sender's first report that arrived.
 * @param now The time in milliseconds.
 * @param joinedAt When this member joined.
 * @param heardSince When the sender was first heard.
 * @returns Where to start.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const lines = [{ age: 500, hash: "0000000000000001" }, { age: 1, hash: "0000000000000002" }];
 * const report = { highest: 30, oldest: 1, lines, present: 600 };
 * assertEquals(startOf(report, 10_050, 10_000, 10_050), { base: 29, uncertain: 0 });
 * ```
 */
export function startOf(
  report: Pick<Report, "highest" | "oldest" | "lines" | "present">,
  now: number,
  joinedAt: number,
  heardSince: number,
): Start {
  const { highest, oldest, lines, present } = report;
  // It came after this member did, so all it ever said counts.
  if (now - (present + 1) * PRESENT_UNIT_MS > joinedAt) return { base: 0, uncertain: 0 };
  const first = highest - lines.length + 1;
  const tooOld = lines.findLastIndex(({ age }) => timeOf(age, now) < joinedAt);
  if (tooOld !== -1) return { base: first + tooOld, uncertain: 0 };
  const isDeaf = now - heardSince > SILENT_REPORTS_MS;
  if (lines.length === 0 || isDeaf) return { base: first - 1, uncertain: 0 };
  return { base: Math.max(0, oldest - 1), uncertain: first - 1 };
}
