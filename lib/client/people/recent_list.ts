/**
 * Who was on in a time until now.
 *
 * @module
 */

import { UserError } from "../../errors.ts";
import type { RecentPerson } from "../../people/account_methods.ts";
import { quote } from "../words.ts";
import { sanitise } from "../../text.ts";
import { type Answers, formatDuration } from "../answers.ts";
import { allPages } from "../pages.ts";
import type { ServerLink } from "../server_link.ts";
import { secureCalls } from "./account_calls.ts";
import { sincePage } from "./account_shapes.ts";

/** Seconds in what stands behind a number. */
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** The longest time, in seconds: longer no server remembers. */
const MAX_SECONDS = 366 * 86_400;

/**
 * Understands a duration.
 *
 * @param word What was typed.
 * @returns The seconds.
 * @throws {UserError} If it is none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["90s", "15m", "2h", "1h30m", "7d"].map(parseDuration), [90, 900, 7200, 5400, 604800]);
 * ```
 */
export function parseDuration(word: string): number {
  const cannot = `Cannot understand the duration "${sanitise(quote(word, 40))}"`;
  const hint = "Use a number with s, m, h or d: 90s, 15m, 2h, 1d.";
  if (!/^(\d{1,9}[smhd])+$/i.test(word)) throw new UserError(`${cannot}. ${hint}`);
  const parts = word.toLowerCase().matchAll(/(\d+)([smhd])/g);
  const seconds = parts.reduce((sum, [, number, unit]) => sum + Number(number) * UNITS[unit!]!, 0);
  if (seconds <= MAX_SECONDS) return seconds;
  throw new UserError(`${cannot}: a year is the longest.`);
}

/** What {@linkcode listRecent} works with. */
export interface RecentListOptions {
  /** The connection. */
  readonly link: Pick<ServerLink, "use">;
  /** Where the answer is printed. */
  readonly answers: Pick<Answers, "recent">;
  /** Tells the user something. */
  readonly tell: (sentence: string) => void;
}

/**
 * Prints who was on.
 *
 * @param options What it works with.
 * @param duration How far back, as typed.
 * @param signal Gives up.
 */
export async function listRecent(
  { link, answers, tell }: RecentListOptions,
  duration: string,
  signal: AbortSignal,
): Promise<void> {
  const seconds = parseDuration(duration);
  const to = "tell who was on";
  const calls = secureCalls(await link.use(to, signal), to);
  let known = 0;
  const people = await calls.understand(
    "people.since",
    () =>
      allPages<RecentPerson, number>(async (after) => {
        const params = { seconds, ...(after === undefined ? {} : { after }) };
        const page = sincePage(await calls.request("people.since", params, { signal }), after);
        known = page.from;
        return { items: page.people, next: page.next };
      }),
  );
  answers.recent(people);
  const age = Date.now() - known;
  if (age < seconds * 1000) tell(`The server remembers the last ${formatDuration(age)} only.`);
}
