/**
 * When to try again to reach a server that was lost.
 *
 * @module
 */

import { pause } from "../net/pause.ts";

/** The first pause, in milliseconds: a server that is restarted is back at once. */
export const FIRST_PAUSE = 250;

/** The longest pause, in milliseconds: nobody waits longer than this for a server that is back. */
export const LONGEST_PAUSE = 5_000;

/**
 * Says how long to wait before an attempt: doubling, with a random part, so that all clients of a
 * server that was restarted do not come at once.
 *
 * @param attempt Which attempt it is, from 0.
 * @param random A number from 0 up to 1.
 * @returns Milliseconds.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0, 1, 2, 9].map((attempt) => pauseBefore(attempt, 0.5)), [250, 500, 1000, 5000]);
 * ```
 */
export function pauseBefore(attempt: number, random: number): number {
  const pause = Math.min(FIRST_PAUSE * 2 ** Math.min(attempt, 16), LONGEST_PAUSE);
  return Math.round(pause * (0.5 + random));
}

/**
 * Tries something again and again until it works.
 *
 * @param action What to try.
 * @param signal Ends the trying.
 * @returns What the action returned; undefined if it was ended.
 */
export async function untilItWorks<T>(
  action: () => Promise<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    if (!await pause(pauseBefore(attempt, Math.random()), signal)) break;
    try {
      return await action();
    } catch {
      // That is what the next attempt is for.
    }
  }
  return undefined;
}
