/**
 * Whether multicast gets through, both ways: a probe that others or the CRDS answer (DESIGN section 7,
 * relay). Without sockets and clocks.
 *
 * @module
 */

import type { Hex64 } from "../framing/datagram_hash.ts";

/** Probes of one check: at 40 % loss each way all of them go unanswered once in a hundred checks. */
export const PROBES = 10;

/** Time between probes, in milliseconds. */
export const PROBE_PAUSE_MS = 100;

/** How long the last probe waits for its echo, in milliseconds: members take their time. */
export const ECHO_PATIENCE_MS = 200;

/** Silence after which a room where somebody speaks is checked: relays within 3 s come of it. */
const LIVELY_QUIET_MS = 1000;

/** The same for a room where nobody spoke for {@linkcode LIVELY_MS}. */
const IDLE_QUIET_MS = 5000;

/** How long a room counts as lively after a line, in milliseconds. */
const LIVELY_MS = 60_000;

/** What is heard proves one direction only; the other is proved so often, in milliseconds. */
const ECHO_EVERY_MS = 30_000;

/** What {@linkcode PathWatch} needs. */
export interface PathWatchOptions {
  /** The time in milliseconds. */
  readonly now: number;
  /** Yields numbers in [0, 1). */
  readonly random: () => number;
  /** Makes a random token that nobody else has. */
  readonly newToken: () => Hex64;
  /**
   * Probes of one check.
   *
   * @default {PROBES}
   */
  readonly probes?: number;
}

/** What is to be done. */
export type PathStep =
  /** Send a probe with this token. */
  | { readonly kind: "probe"; readonly token: Hex64 }
  /** Nobody answers: multicast does not get through. The next check follows. */
  | { readonly kind: "blocked" };

interface Check {
  readonly token: Hex64;
  sent: number;
  at: number;
  /** Whether anything arrived meanwhile: then loss is likelier than a block. */
  heard: boolean;
  again: boolean;
}

/** Checks at once, and again whenever it is too quiet. */
export class PathWatch {
  readonly #random: () => number;
  readonly #newToken: () => Hex64;
  readonly #probes: number;
  #check: Check | undefined;
  #nextCheck: number;
  #echoAt = -Infinity;
  #spokenAt: number;

  /**
   * Starts with a check.
   *
   * @param options The time, and where chance comes from.
   */
  constructor({ now, random, newToken, probes = PROBES }: PathWatchOptions) {
    this.#random = random;
    this.#newToken = newToken;
    this.#probes = probes;
    this.#nextCheck = now;
    this.#spokenAt = now;
  }

  /** When {@linkcode due} is to be called next, in milliseconds. */
  get nextDeadline(): number {
    return this.#check?.at ?? this.#nextCheck;
  }

  /**
   * Does what time has come for.
   *
   * @param now The time in milliseconds.
   * @returns What to do, if anything.
   */
  due(now: number): PathStep | undefined {
    if (this.#check === undefined) {
      if (now < this.#nextCheck) return undefined;
      this.#check = { token: this.#newToken(), sent: 0, at: now, heard: false, again: false };
    }
    const check = this.#check;
    if (now < check.at) return undefined;
    if (check.sent < this.#probes) {
      check.sent++;
      check.at = now + (check.sent < this.#probes ? PROBE_PAUSE_MS : ECHO_PATIENCE_MS);
      return { kind: "probe", token: check.token };
    }
    if (check.heard && !check.again) {
      check.again = true;
      check.sent = 0;
      check.at = now;
      return this.due(now);
    }
    this.#check = undefined;
    this.#nextCheck = now + this.#quiet(now);
    return { kind: "blocked" };
  }

  /**
   * A datagram of another host arrived.
   *
   * @param now The time in milliseconds.
   */
  heard(now: number): void {
    if (this.#check !== undefined) {
      this.#check.heard = true;
      // It was quiet by chance, and the other direction was proved not long ago.
      if (now - this.#echoAt < ECHO_EVERY_MS) this.#check = undefined;
      else return;
    }
    this.#nextCheck = Math.min(now + this.#quiet(now), Math.max(now, this.#echoAt + ECHO_EVERY_MS));
  }

  /**
   * Somebody said a line, here or elsewhere: a block would be noticed now.
   *
   * @param now The time in milliseconds.
   */
  spoken(now: number): void {
    this.#spokenAt = now;
    if (this.#check === undefined) {
      this.#nextCheck = Math.min(this.#nextCheck, now + this.#quiet(now));
    }
  }

  /**
   * An echo arrived.
   *
   * @param token Its token.
   * @param now The time in milliseconds.
   * @returns True if it answers the check under way: multicast gets through both ways.
   */
  echoed(token: Hex64, now: number): boolean {
    if (this.#check?.token !== token) return false;
    this.#check = undefined;
    this.#echoAt = now;
    this.#nextCheck = now + this.#quiet(now);
    return true;
  }

  /** Spread, so that one member's check is heard by the others and stands for theirs. */
  #quiet(now: number): number {
    const ms = now - this.#spokenAt < LIVELY_MS ? LIVELY_QUIET_MS : IDLE_QUIET_MS;
    return ms * (1 + 0.3 * this.#random());
  }
}
