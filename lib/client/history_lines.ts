/**
 * How lines from before one came look: not like those that are said now.
 *
 * @module
 */

import type { HistoryLine } from "../room/room_event.ts";

/** Ages above this are of another day: the time alone would mislead. */
const DAY_MS = 86_400_000;

/**
 * Formats what a member told of the past.
 *
 * @param lines The lines, the oldest first; at least one.
 * @param now The time in milliseconds since 1970.
 * @returns A heading, the lines with their times, and a border.
 */
export function formatHistory(lines: readonly HistoryLine[], now: number): string {
  const what = lines.length === 1 ? "The last line" : `The last ${lines.length} lines`;
  return [
    `--- ${what} before you came:`,
    ...lines.map(({ text, age }) => `  ${formatTime(now - age, age)}  ${text}`),
    "--- new since you joined",
  ].join("\n");
}

/** The local time of day, with the day if it is not today's. */
function formatTime(time: number, age: number): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "--:--";
  const two = (part: number): string => String(part).padStart(2, "0");
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return age < DAY_MS
    ? clock
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}`;
}
