/**
 * Asking for what is missing: when, and not when somebody else just did.
 *
 * @module
 */

import {
  MAX_NACK_LINES,
  MAX_NACK_ORPHANS,
  MAX_NACK_RANGES,
  MAX_NACK_SENDERS,
  type Nack,
  type Orphan,
  type SeqRange,
} from "../framing/control_messages.ts";
import { MAX_CONTROL_BYTES } from "../framing/control_bytes.ts";
import type { Hex64 } from "../framing/datagram_hash.ts";
import { BACKOFF_FACTOR, randomBackoff, type RoundTrip } from "./back_off.ts";
import { keyOf } from "./member_table.ts";
import type { Sender } from "./senders.ts";
import { TokenBucket } from "./token_bucket.ts";
import { askedByOther, askedFor, claimed, isAskable, want, type Wanted } from "./wanted.ts";

/** Most bytes per second of nacks of one member, and the burst: a report that lies costs no more. */
const NACK_BYTES_PER_SECOND = 4000;
const NACK_BURST_BYTES = 2 * MAX_CONTROL_BYTES;

/** Most orphans wanted at once. */
const MAX_ORPHANS_WANTED = 64;

/** An orphan is wanted no longer than this, in milliseconds. */
const ORPHAN_WANTED_MS = 120_000;

/** Bytes of a nack's head with both counts, of a sender in it, of a range and of an orphan. */
const HEAD_BYTES = 18;
const SENDER_BYTES = 9;
const RANGE_BYTES = 6;
const ORPHAN_BYTES = 14;

/** A sender that broke its word so often is asked for nothing any more. */
export const MAX_LIES = 8;

/**
 * A timer that rings so much too late, in milliseconds, says that the machine is busy: then what was
 * missed may be in the socket, and it is read first, for so long.
 */
const LATE_MS = 10;

/** What a nack asks for. */
export type Asked = Pick<Nack, "wanted" | "orphans">;

/** Everything this member asks for. */
export class Asking {
  #roundTrip: RoundTrip;
  #random: () => number;
  readonly #maxBytes: number;
  #bucket: TokenBucket = new TokenBucket(NACK_BYTES_PER_SECOND, NACK_BURST_BYTES);
  #armed = new Set<Sender>();
  /** Those of whom it was too late to ask: only once, or a busy member never asked. */
  #late = new Set<Sender>();
  #orphans = new Map<string, { orphan: Orphan; wanted: Wanted }>();
  #orphansAt = Infinity;

  /**
   * Starts with nothing to ask for.
   *
   * @param roundTrip The measured round trip.
   * @param random Yields numbers in [0, 1).
   * @param maxBytes Most bytes of a nack.
   */
  constructor(
    roundTrip: RoundTrip,
    random: () => number,
    maxBytes: number = MAX_CONTROL_BYTES,
  ) {
    this.#maxBytes = maxBytes;
    this.#roundTrip = roundTrip;
    this.#random = random;
  }

  /**
   * Says when to ask next.
   *
   * @returns The time in milliseconds; infinite if there is nothing to ask for.
   */
  next(): number {
    let next = this.#orphansAt;
    if (this.#armed.size === 0) return next;
    for (const { nackAt } of this.#armed) next = Math.min(next, nackAt);
    return next;
  }

  /**
   * Plans to ask for what a sender's lines lack, if it is not planned yet.
   *
   * @param sender The sender.
   * @param members How many members there are.
   * @param now The time in milliseconds.
   */
  plan(sender: Sender, members: number, now: number): void {
    const { lines } = sender;
    if (lines.missing.size === 0 || sender.lies >= MAX_LIES) return this.#disarm(sender);
    if (sender.nackAt !== Infinity) return;
    let first = Infinity;
    for (const [, { notBefore }] of lines.askable()) first = Math.min(first, notBefore);
    if (first === Infinity) return;
    sender.nackAt = Math.max(first, now) + this.#backoff(members);
    this.#armed.add(sender);
  }

  /**
   * Wants a line that somebody has and nobody numbered.
   *
   * @param orphan Its source and hash.
   * @param members How many members there are.
   * @param now The time in milliseconds.
   */
  wantOrphan(orphan: Orphan, members: number, now: number): void {
    const key = orphanKey(orphan);
    const known = this.#orphans.get(key);
    if (known !== undefined) claimed(known.wanted, now);
    else if (this.#orphans.size < MAX_ORPHANS_WANTED) {
      this.#orphans.set(key, { orphan, wanted: want(now) });
    }
    this.#planOrphans(members, now);
  }

  /**
   * Takes note that an orphan is here.
   *
   * @param orphan Its source and hash.
   * @returns True if it was wanted.
   */
  gotOrphan(orphan: Orphan): boolean {
    return this.#orphans.delete(orphanKey(orphan));
  }

  /**
   * Takes somebody else's nack: what it asks for, one need not.
   *
   * @param nack The nack.
   * @param find Finds a sender by its id.
   * @param now The time in milliseconds.
   */
  heard(nack: Nack, find: (id: Hex64) => Sender | undefined, now: number): void {
    for (const { of, ranges } of nack.wanted) {
      const missing = find(of)?.lines.missing;
      if (missing === undefined || missing.size === 0) continue;
      for (const { first, count } of ranges) {
        for (let seq = first; seq < first + count; seq++) {
          const wanted = missing.get(seq);
          if (wanted !== undefined) askedByOther(wanted, now, this.#roundTrip.ms);
        }
      }
    }
    for (const orphan of nack.orphans) {
      const wanted = this.#orphans.get(orphanKey(orphan))?.wanted;
      if (wanted !== undefined) askedByOther(wanted, now, this.#roundTrip.ms);
    }
  }

  /**
   * Makes the next nack, if one is due.
   *
   * @param members How many members there are.
   * @param now The time in milliseconds.
   * @returns What to ask for; ask again until there is nothing.
   */
  due(members: number, now: number): Asked | undefined {
    this.#readFirst(now);
    if (this.next() > now) return undefined;
    if (!this.#bucket.take(this.#maxBytes, now)) {
      this.#postpone(now, this.#bucket.readyAt(this.#maxBytes, now));
      return undefined;
    }
    let free = this.#maxBytes - HEAD_BYTES;
    let budget = MAX_NACK_LINES;
    const wanted: { of: Hex64; ranges: SeqRange[] }[] = [];
    for (const sender of this.#armed) {
      const most = Math.min(MAX_NACK_RANGES, Math.floor((free - SENDER_BYTES) / RANGE_BYTES));
      if (sender.nackAt > now) continue;
      if (wanted.length === MAX_NACK_SENDERS || most < 1 || budget === 0) break;
      const ranges = this.#ask(sender, most, budget, now);
      if (ranges.length > 0) {
        wanted.push({ of: sender.id!, ranges });
        free -= SENDER_BYTES + ranges.length * RANGE_BYTES;
        budget = ranges.reduce((left, { count }) => left - count, budget);
      }
      this.#disarm(sender);
      this.plan(sender, members, now);
    }
    const orphans = this.#askOrphans(Math.floor(free / ORPHAN_BYTES), members, now);
    // What was reserved for the longest nack and not used goes back.
    this.#bucket.drain(free - orphans.length * ORPHAN_BYTES - this.#maxBytes + HEAD_BYTES, now);
    return { wanted, orphans };
  }

  #readFirst(now: number): void {
    for (const sender of this.#armed) {
      if (now - sender.nackAt < LATE_MS || this.#late.has(sender)) continue;
      this.#late.add(sender);
      sender.nackAt = now + LATE_MS;
    }
  }

  #ask(sender: Sender, mostRanges: number, mostLines: number, now: number): SeqRange[] {
    const due = [...sender.lines.askable()].filter(([, { notBefore }]) => notBefore <= now);
    due.sort(([a], [b]) => a - b);
    const ranges: { first: number; count: number }[] = [];
    for (const [seq, wanted] of due.slice(0, mostLines)) {
      const last = ranges.at(-1);
      if (last !== undefined && last.first + last.count === seq) last.count++;
      else if (ranges.length < mostRanges) ranges.push({ first: seq, count: 1 });
      else break;
      askedFor(wanted, now, this.#roundTrip.ms);
    }
    return ranges;
  }

  #askOrphans(most: number, members: number, now: number): Orphan[] {
    if (this.#orphansAt > now) return [];
    const orphans: Orphan[] = [];
    for (const [key, { orphan, wanted }] of this.#orphans) {
      if (now - wanted.evidenceAt > ORPHAN_WANTED_MS) this.#orphans.delete(key);
      else if (isAskable(wanted) && wanted.notBefore <= now) {
        if (orphans.length >= Math.min(most, MAX_NACK_ORPHANS)) break;
        askedFor(wanted, now, this.#roundTrip.ms);
        orphans.push(orphan);
      }
    }
    this.#orphansAt = Infinity;
    this.#planOrphans(members, now);
    return orphans;
  }

  #planOrphans(members: number, now: number): void {
    if (this.#orphansAt !== Infinity) return;
    let first = Infinity;
    for (const { wanted } of this.#orphans.values()) {
      if (isAskable(wanted)) first = Math.min(first, wanted.notBefore);
    }
    if (first !== Infinity) this.#orphansAt = Math.max(first, now) + this.#backoff(members);
  }

  #postpone(now: number, to: number): void {
    for (const sender of this.#armed) if (sender.nackAt <= now) sender.nackAt = to;
    if (this.#orphansAt <= now) this.#orphansAt = to;
  }

  #disarm(sender: Sender): void {
    sender.nackAt = Infinity;
    this.#armed.delete(sender);
    this.#late.delete(sender);
  }

  #backoff(members: number): number {
    return randomBackoff(BACKOFF_FACTOR * this.#roundTrip.ms, members, this.#random);
  }
}

function orphanKey({ source, hash }: Orphan): string {
  return `${keyOf(source)}/${hash}`;
}
