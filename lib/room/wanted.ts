/**
 * One line that is asked for: when, how often, and when to rest.
 *
 * @module
 */

import { BACKOFF_FACTOR } from "./back_off.ts";

/** How long a line may be on its way in another order before it counts as missing, in ms. */
export const REORDER_GRACE_MS = 30;

/** How often a line is asked for on one piece of evidence that somebody has it (DESIGN section 7). */
export const MAX_TRIES = 5;

/** How many nacks of others in a row may stand for one's own: more would let a liar silence all. */
const MAX_SUPPRESSED = 3;

/** The first and the longest rest after {@linkcode MAX_TRIES}, in milliseconds; it doubles. */
const FIRST_REST_MS = 500;
const LONGEST_REST_MS = 8000;

/**
 * The time between two nacks for a line doubles no further than this, in milliseconds. The rate of
 * nacks and repairs is bounded elsewhere; at 40 % loss, a cap of 1 s brings 1,200 lines to everybody
 * in 8 s instead of 40 s, with as many bytes.
 */
const DOUBLE_UNTIL_MS = 1000;

/** A missing line's state. */
export interface Wanted {
  /** Since when it is missing, in milliseconds. */
  readonly since: number;
  /** Not to be asked for before this time. */
  notBefore: number;
  /** How often it was asked for since the last rest. */
  tries: number;
  /** How often in all. */
  asked: number;
  /** When it was last asked for. */
  askedAt: number;
  /** Nacks of others in a row that stood for one's own. */
  suppressed: number;
  /** When somebody last said to have it. */
  evidenceAt: number;
  /** How many rests there were. */
  rests: number;
}

/**
 * Starts to want a line.
 *
 * @param now The time in milliseconds.
 * @returns Its state, to be asked for after the grace.
 */
export function want(now: number): Wanted {
  return {
    since: now,
    notBefore: now + REORDER_GRACE_MS,
    tries: 0,
    asked: 0,
    askedAt: now,
    suppressed: 0,
    evidenceAt: now,
    rests: 0,
  };
}

/**
 * Takes note that the line was asked for: the next time is (K+2) round trips later (RFC 5740,
 * section 5.3), doubled each time up to {@linkcode DOUBLE_UNTIL_MS}; after the last try it rests until somebody says to have it.
 *
 * @param wanted The line.
 * @param now The time in milliseconds.
 * @param grttMs The round trip in milliseconds.
 */
export function askedFor(wanted: Wanted, now: number, grttMs: number): void {
  const least = (BACKOFF_FACTOR + 2) * grttMs;
  wanted.notBefore = now + Math.min(least * 2 ** wanted.tries, Math.max(least, DOUBLE_UNTIL_MS));
  wanted.tries++;
  wanted.asked++;
  wanted.askedAt = now;
  wanted.suppressed = 0;
  if (wanted.tries < MAX_TRIES) return;
  wanted.notBefore = now + Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** wanted.rests++);
}

/**
 * Takes note that somebody else asked for the line, so that one need not.
 *
 * @param wanted The line.
 * @param now The time in milliseconds.
 * @param grttMs The round trip in milliseconds.
 */
export function askedByOther(wanted: Wanted, now: number, grttMs: number): void {
  if (wanted.suppressed++ >= MAX_SUPPRESSED) return;
  wanted.notBefore = Math.max(wanted.notBefore, now + (BACKOFF_FACTOR + 2) * grttMs);
}

/**
 * Takes note that somebody says to have the line: a rested one is asked for again.
 *
 * @param wanted The line.
 * @param now The time in milliseconds.
 */
export function claimed(wanted: Wanted, now: number): void {
  wanted.evidenceAt = now;
  if (wanted.tries >= MAX_TRIES && now >= wanted.notBefore) wanted.tries = 0;
}

/**
 * Says whether the line may be asked for at all, now or later.
 *
 * @param wanted The line.
 * @returns False while it waits for somebody to say that it is there.
 */
export function isAskable(wanted: Wanted): boolean {
  return wanted.tries < MAX_TRIES;
}
