/**
 * Answering probes of others, so that they know that multicast gets through.
 *
 * @module
 */

import type { Hex64 } from "../framing/datagram_hash.ts";

/** Members wait a random time of this range before they answer, in milliseconds: the CRDS is first. */
const DELAY_MS = { min: 10, max: 110 } as const;

/** Echoes of others that stand for one's own: one may be lost. */
const ENOUGH = 2;

/** Most answers that wait: so many newcomers in a tenth of a second are a flood. */
const MAX_WAITING = 16;

/** The answers of one member. */
export class Echoes {
  readonly #random: () => number;
  #waiting = new Map<Hex64, { at: number; heard: number }>();

  /**
   * Starts with nothing to answer.
   *
   * @param random Yields numbers in [0, 1).
   */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** When {@linkcode due} is to be called next, in milliseconds. */
  get nextDeadline(): number {
    let next = Infinity;
    if (this.#waiting.size === 0) return next;
    for (const { at } of this.#waiting.values()) next = Math.min(next, at);
    return next;
  }

  /**
   * Takes a probe of somebody else.
   *
   * @param token Its token.
   * @param now The time in milliseconds.
   */
  probed(token: Hex64, now: number): void {
    // A repeated probe is answered again: the first answer may be lost.
    if (this.#waiting.size >= MAX_WAITING && !this.#waiting.has(token)) return;
    const at = now + DELAY_MS.min + (DELAY_MS.max - DELAY_MS.min) * this.#random();
    this.#waiting.set(token, { heard: 0, at: this.#waiting.get(token)?.at ?? at });
  }

  /**
   * Takes an echo of somebody else.
   *
   * @param token Its token.
   */
  echoed(token: Hex64): void {
    const waiting = this.#waiting.get(token);
    if (waiting !== undefined && ++waiting.heard >= ENOUGH) this.#waiting.delete(token);
  }

  /**
   * Takes what is to be answered now.
   *
   * @param now The time in milliseconds.
   * @returns The tokens.
   */
  due(now: number): Hex64[] {
    const tokens: Hex64[] = [];
    for (const [token, { at }] of this.#waiting) {
      if (at > now) continue;
      tokens.push(token);
      this.#waiting.delete(token);
    }
    return tokens;
  }
}
