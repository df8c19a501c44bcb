/**
 * Coming into a room: whom to ask what was said before, and what of the answer is history.
 *
 * @module
 */

import type { SocketAddress } from "../net/datagram.ts";
import { HistoryMerge } from "./history_merge.ts";
import type { Member } from "./member_table.ts";
import type { PastLine } from "./past_line.ts";
import type { HistoryEntry } from "./peer_methods.ts";

/** Milliseconds in which somebody must be heard: members answer a newcomer's report within 1 s. */
export const LISTEN_MS = 1500;

/** Milliseconds from the first member heard to the first request: a better one may be heard. */
export const CHOOSE_MS = 300;

/** Most requests. */
export const MAX_ASKS = 3;

/** Milliseconds until a member that did not answer may be asked again: it may be new itself. */
export const ASK_AGAIN_MS = 500;

/** Milliseconds after which the room must go on without history. */
export const GIVE_UP_MS = 2500;

/** Most members considered: a crowd may report at once. */
const MAX_CANDIDATES = 64;

/** What is known of somebody who may be asked. */
export type HistoryCandidate = Pick<Member, "id" | "source" | "tcpPort" | "since">;

/** What {@linkcode Newcomer} needs. */
export interface NewcomerOptions {
  /** The address of one's data socket: who has the same is on the same host. */
  readonly address: string;
  /** When one entered the room, in milliseconds: what the room's core was made with. */
  readonly now: number;
}

/**
 * The first moments in a room, without sockets and clocks. Until {@linkcode done}, hold back the lines
 * to show; then show {@linkcode history}, and what was held back.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const source = { address: "10.0.0.1", port: 5000 };
 * const newcomer = new Newcomer({ address: "10.0.0.2", now: 10_000 });
 * newcomer.joined({ id: "aa", source, tcpPort: 4000, since: 10_100 }, 10_100);
 * assertEquals(newcomer.due(10_100), undefined);
 * assertEquals(newcomer.due(newcomer.nextDeadline), { address: "10.0.0.1", port: 4000 });
 * newcomer.answered([{ age: 60_000, from: source, text: "Mel: hi" }], 10_420);
 * assertEquals(newcomer.done, true);
 * assertEquals(newcomer.history.map(({ at }) => at), [-49_580]);
 * ```
 */
export class Newcomer {
  readonly #address: string;
  readonly #enteredAt: number;
  readonly #merge: HistoryMerge;
  /** Those not asked yet. */
  readonly #fresh = new Map<string, HistoryCandidate>();
  /** Those who did not answer, and when they may be asked again. */
  readonly #asked = new Map<
    string,
    { readonly candidate: HistoryCandidate; readonly again: number }
  >();
  #firstHeardAt = Infinity;
  #asks = 0;
  /** Whom we wait for, and since when. */
  #asking: { readonly candidate: HistoryCandidate; readonly at: number } | undefined;
  /** Whether somebody said that nothing was said: then only another one is asked. */
  #isEmpty = false;
  #history: readonly PastLine[] = [];
  #done = false;

  /**
   * Enters.
   *
   * @param options Where and when.
   */
  constructor({ address, now }: NewcomerOptions) {
    this.#address = address;
    this.#enteredAt = now;
    this.#merge = new HistoryMerge(now);
  }

  /** Whether it is over: nobody is asked any more, and {@linkcode history} stands. */
  get done(): boolean {
    return this.#done;
  }

  /** What was said before one came, the oldest first; empty if nobody told. */
  get history(): readonly PastLine[] {
    return this.#history;
  }

  /** When {@linkcode due} is to be called, in milliseconds; infinite once it is over. */
  get nextDeadline(): number {
    if (this.#done) return Infinity;
    const end = this.#enteredAt + GIVE_UP_MS;
    if (this.#asking !== undefined) return end;
    if (this.#fresh.size > 0) return Math.min(end, this.#firstHeardAt + CHOOSE_MS);
    if (this.#asked.size === 0) return this.#enteredAt + LISTEN_MS;
    return Math.min(end, ...[...this.#asked.values()].map(({ again }) => again));
  }

  /**
   * Takes note of a member. Who has no TCP port cannot be asked.
   *
   * @param member The member.
   * @param now The time in milliseconds.
   */
  joined(member: HistoryCandidate, now: number): void {
    if (this.#done || member.tcpPort === 0 || this.#fresh.size >= MAX_CANDIDATES) return;
    if (this.#asked.has(member.id) || this.#asking?.candidate.id === member.id) return;
    this.#firstHeardAt = Math.min(this.#firstHeardAt, now);
    this.#fresh.set(member.id, member);
  }

  /**
   * Takes note that a member left.
   *
   * @param id Its id.
   */
  left(id: string): void {
    this.#fresh.delete(id);
    this.#asked.delete(id);
  }

  /**
   * Does what time has come for.
   *
   * @param now The time in milliseconds.
   * @returns Whom to ask now, if anybody: the address and TCP port. Then call {@linkcode answered}.
   */
  due(now: number): SocketAddress | undefined {
    if (this.#done) return undefined;
    if (now >= this.#enteredAt + GIVE_UP_MS) return this.#end();
    if (this.#asking !== undefined || now < this.nextDeadline) return undefined;
    const candidate = this.#choose(now);
    if (candidate === undefined) return this.#end();
    this.#fresh.delete(candidate.id);
    this.#asked.delete(candidate.id);
    this.#asking = { candidate, at: now };
    this.#asks++;
    return { address: candidate.source.address, port: candidate.tcpPort };
  }

  /**
   * Takes the answer of whom {@linkcode due} named; ask that for the next one then. Once it is over,
   * nothing happens.
   *
   * @param lines What `askHistory` returned.
   * @param now The time in milliseconds.
   */
  answered(lines: readonly HistoryEntry[] | undefined, now: number): void {
    if (this.#done || this.#asking === undefined) return;
    const { candidate, at } = this.#asking;
    this.#asking = undefined;
    if (lines !== undefined && lines.length > 0) {
      this.#history = this.#merge.told(lines, at, now);
      this.#done = true;
      return;
    }
    if (lines !== undefined) this.#isEmpty = true;
    if (lines === undefined) {
      this.#asked.set(candidate.id, { candidate, again: now + ASK_AGAIN_MS });
    }
    if (this.#isEmpty) this.#asked.clear();
    const isLast = this.#asks >= MAX_ASKS || (this.#isEmpty && this.#fresh.size === 0);
    if (isLast) this.#end();
  }

  /**
   * Takes a line that is said or shown, while it is not {@linkcode done}: it is no history.
   *
   * @param source The data socket it came from; one's own for what one says.
   * @param bytes The datagram.
   * @param at When it was said, in milliseconds: when it arrived, or what reports and repairs tell.
   */
  live(source: SocketAddress, bytes: Uint8Array, at: number): void {
    if (!this.#done) this.#merge.live(source, bytes, at);
  }

  /**
   * Says of a line to show, once it is {@linkcode done}, whether it was shown as history. Ask once for
   * each line: the next equal one is another.
   *
   * @param source The data socket it came from.
   * @param bytes The datagram.
   * @param at As for {@linkcode live}.
   * @returns True if it is not to be shown again.
   */
  isShown(source: SocketAddress, bytes: Uint8Array, at: number): boolean {
    return this.#done && this.#merge.isShown(source, bytes, at);
  }

  #end(): undefined {
    this.#done = true;
    this.#asking = undefined;
    this.#fresh.clear();
    this.#asked.clear();
  }

  /** One on the same host, since no firewall is between; else who was heard first. */
  #choose(now: number): HistoryCandidate | undefined {
    let best: HistoryCandidate | undefined;
    for (const candidate of this.#fresh.values()) {
      if (best === undefined || this.#isBetter(candidate, best)) best = candidate;
    }
    if (best !== undefined) return best;
    for (const { candidate, again } of this.#asked.values()) if (again <= now) return candidate;
    return undefined;
  }

  #isBetter(one: HistoryCandidate, other: HistoryCandidate): boolean {
    const near = Number(one.source.address === this.#address) -
      Number(other.source.address === this.#address);
    return near === 0 ? one.since < other.since : near > 0;
  }
}
