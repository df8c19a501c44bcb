/**
 * Times of day and days, as they stand beside lines. Pure, but for the time zone of the machine.
 *
 * @module
 */

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/**
 * Writes the local time of day.
 *
 * @param at Milliseconds since 1970; members tell of the past, so it may be any number.
 * @returns `HH:MM`; `--:--` if there is no such time.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(clockTime(new Date(2026, 10, 22, 9, 5).getTime()), "09:05");
 * ```
 */
export function clockTime(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "--:--";
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/**
 * Writes a local day.
 *
 * @param at Milliseconds since 1970.
 * @returns Such as `Sunday, 22 November 2026`; `an unknown day` if there is no such time.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(longDay(new Date(2026, 10, 22).getTime()), "Sunday, 22 November 2026");
 * ```
 */
export function longDay(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "an unknown day";
  return `${DAYS[date.getDay()]}, ${date.getDate()} ${
    MONTHS[date.getMonth()]
  } ${date.getFullYear()}`;
}

/**
 * Writes a local time with its day, for files.
 *
 * @param at Milliseconds since 1970.
 * @returns Such as `2026-11-22 09:05:07`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const at = new Date(2026, 10, 22, 9, 5, 7).getTime();
 * assertEquals(logTime(at), "2026-11-22 09:05:07");
 * ```
 */
export function logTime(at: number): string {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/**
 * Writes when something was that may be of another day.
 *
 * @param at Milliseconds since 1970.
 * @param now The time now, the same.
 * @returns `HH:MM` on the same day, else with the day before it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const at = new Date(2026, 10, 22, 9, 5, 7).getTime();
 * assertEquals(dayTime(at, at), "09:05");
 * assertEquals(dayTime(at, at + 86_400_000), "2026-11-22 09:05");
 * ```
 */
export function dayTime(at: number, now: number): string {
  if (longDay(at) === longDay(now)) return clockTime(at);
  return Number.isNaN(new Date(at).getTime()) ? clockTime(at) : logTime(at).slice(0, -3);
}

function two(part: number): string {
  return String(part).padStart(2, "0");
}
