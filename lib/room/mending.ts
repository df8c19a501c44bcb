/**
 * Answering nacks: the sender at once, other holders if it does not.
 *
 * @module
 */

import { REPAIR_HEAD_BYTES } from "../framing/control.ts";
import { MAX_CONTROL_BYTES } from "../framing/control_bytes.ts";
import { type Nack, NOBODY, type Repair, type RepairPart } from "../framing/control_messages.ts";
import type { Hex64 } from "../framing/datagram_hash.ts";
import type { SocketAddress } from "../net/datagram.ts";
import { BACKOFF_FACTOR, randomBackoff, type RoundTrip } from "./back_off.ts";
import { keyOf } from "./member_table.ts";
import { partsOf, sizeOf } from "./repair_parts.ts";
import { FRESH_MS, type SayPace } from "./say_pace.ts";
import { ageOf, type SenderLog } from "./sender_log.ts";
import type { Sender } from "./senders.ts";
import { TokenBucket } from "./token_bucket.ts";

/**
 * Most bytes per second of repairs of one member (DESIGN section 7), and the burst. Beside them, lines
 * that were said a moment ago take turns with new ones: what the others can hear is one rate, whether
 * it is said for the first time or again (as TCP counts retransmissions: RFC 5681, section 4.3).
 */
export const REPAIR_BYTES_PER_SECOND = 16_000;
const REPAIR_BURST_BYTES = 8000;

/** Most repairs planned at once: two pastes of 1,000 lines. */
export const MAX_PLANNED = 2048;

/** A repair is not repeated before the first can have arrived: so many round trips. */
const REPEAT_FACTOR = 1;

/** Holders let the sender go first: so many round trips (DESIGN section 7). */
const SENDER_FIRST_FACTOR = 2;

/** Most lines whose last repair is remembered. */
const MAX_REMEMBERED = 2048;

/** A planned repair. */
interface Planned {
  /** Whose line; nothing for one's own. */
  sender: Sender | undefined;
  seq: number;
  /** For an orphan, seq being 0. */
  hash: Hex64 | undefined;
  due: number;
}

/** Who this member is. */
export interface Self {
  /** Its id. */
  readonly id: Hex64;
  /** Its data socket. */
  readonly local: SocketAddress;
}

/** Says how fast to speak: new lines, and those that were said a moment ago. */
export type RepairTurns = Pick<SayPace, "repair" | "repairAt">;

/** What a repair brings. */
export type Mended = Pick<Repair, "of" | "source" | "parts">;

/** The repairs this member is to make. */
export class Mending {
  #log: SenderLog;
  #roundTrip: RoundTrip;
  #random: () => number;
  readonly #turns: RepairTurns;
  readonly #maxBytes: number;
  #own: TokenBucket = new TokenBucket(REPAIR_BYTES_PER_SECOND, REPAIR_BURST_BYTES);
  #others: TokenBucket = new TokenBucket(REPAIR_BYTES_PER_SECOND, REPAIR_BURST_BYTES);
  #planned = new Map<string, Planned>();
  /** How many of them are of one's own lines. */
  #owed = 0;
  #repairedAt = new Map<string, number>();
  /** Not later than the first planned repair. */
  #next = Infinity;

  /**
   * Starts with nothing to repair.
   *
   * @param log This member's own lines.
   * @param turns How fast this member speaks.
   * @param roundTrip The measured round trip.
   * @param random Yields numbers in [0, 1).
   * @param maxBytes Most bytes of a repair.
   */
  constructor(
    log: SenderLog,
    turns: RepairTurns,
    roundTrip: RoundTrip,
    random: () => number,
    maxBytes: number = MAX_CONTROL_BYTES,
  ) {
    this.#maxBytes = maxBytes;
    this.#log = log;
    this.#turns = turns;
    this.#roundTrip = roundTrip;
    this.#random = random;
  }

  /** How many repairs of one's own lines are planned. */
  get owed(): number {
    return this.#owed;
  }

  /**
   * Says when to repair next.
   *
   * @returns The time in milliseconds; infinite if there is nothing to repair.
   */
  next(): number {
    return this.#planned.size === 0 ? Infinity : this.#next;
  }

  /**
   * Takes a nack: plans what of it can be repaired here.
   *
   * @param nack The nack.
   * @param self Who this member is.
   * @param find Finds a sender by id, or by source.
   * @param members How many members there are, and whether one is among them.
   * @param now The time in milliseconds.
   */
  asked(
    nack: Nack,
    self: Self,
    find: (key: Hex64 | SocketAddress) => Sender | undefined,
    members: { readonly count: number; readonly has: (id: Hex64) => boolean },
    now: number,
  ): void {
    for (const { of, ranges } of nack.wanted) {
      const sender = of === self.id ? undefined : find(of);
      if (of !== self.id && sender === undefined) continue;
      for (const { first, count } of ranges) {
        for (let seq = first; seq < first + count; seq++) {
          if (sender === undefined) this.#planOwn(seq, now);
          else if (sender.lines.keeps(seq)) {
            this.#plan(`${of}/${seq}`, { sender, seq, hash: undefined }, members, now);
          }
        }
      }
    }
    for (const { source, hash } of nack.orphans) {
      const sender = find(source);
      if (sender?.lines.byHash(hash)?.bytes === undefined) continue;
      this.#plan(`${keyOf(source)}/${hash}`, { sender, seq: 0, hash }, members, now);
    }
  }

  /**
   * Takes note that somebody else repaired a line: one need not.
   *
   * @param key `id/seq`, or `address:port/hash` of an orphan.
   * @param now The time in milliseconds.
   */
  repaired(key: string, now: number): void {
    this.#drop(key);
    this.#remember(key, now);
  }

  /**
   * Takes note of a repair on the wire: holders together stay below the rate of one member.
   *
   * @param bytes Its size.
   * @param now The time in milliseconds.
   */
  heard(bytes: number, now: number): void {
    this.#others.drain(bytes, now);
  }

  /**
   * Makes the next repair, if one is due.
   *
   * @param self Who this member is.
   * @param now The time in milliseconds.
   * @returns What it brings; ask again until there is nothing.
   */
  due(self: Self, now: number): Mended | undefined {
    if (this.next() > now) return undefined;
    let of: Sender | "self" | undefined;
    let orphans = false;
    let size = REPAIR_HEAD_BYTES;
    let oldest = Infinity;
    const parts: RepairPart[] = [];
    const packed: string[] = [];
    this.#next = Infinity;
    for (const [key, planned] of this.#planned) {
      const { sender, seq, hash, due } = planned;
      if (due > now) {
        this.#next = Math.min(this.#next, due);
        continue;
      }
      const line = sender === undefined
        ? this.#log.get(seq)
        : hash === undefined
        ? sender.lines.kept(seq)
        : sender.lines.byHash(hash);
      if (line?.bytes === undefined || (sender !== undefined && sender.source === undefined)) {
        this.#drop(key);
        continue;
      }
      const pieces = partsOf(seq, ageOf(line.saidAt, now), line.bytes, this.#maxBytes);
      const bytes = pieces.reduce((sum, part) => sum + sizeOf(part), 0);
      // One repair is about one sender, and a long line has repairs of its own.
      const same = of === undefined || (of === (sender ?? "self") && orphans === (seq === 0));
      if (!same || (parts.length > 0 && size + bytes > this.#maxBytes) || parts.length > 200) {
        this.#next = now;
        continue;
      }
      of = sender ?? "self";
      orphans = seq === 0;
      size += bytes;
      oldest = Math.min(oldest, line.saidAt);
      parts.push(...pieces);
      packed.push(key);
    }
    if (of === undefined) return undefined;
    const bucket = of === "self" ? this.#own : this.#others;
    const hasTurn = of === "self" && now - oldest < FRESH_MS;
    if (!(hasTurn && this.#turns.repair(packed.length, now)) && !bucket.take(size, now)) {
      const turn = hasTurn ? this.#turns.repairAt(now) : Infinity;
      this.#postpone(of, Math.min(turn, bucket.readyAt(size, now)), now);
      return this.#next <= now ? this.due(self, now) : undefined;
    }
    for (const key of packed) this.repaired(key, now);
    return of === "self"
      ? { of: self.id, source: self.local, parts }
      : { of: orphans ? NOBODY : of.id!, source: of.source!, parts };
  }

  #planOwn(seq: number, now: number): void {
    if (this.#log.get(seq) === undefined) return;
    const key = `self/${seq}`;
    if (this.#isFresh(key, now)) return;
    this.#add(key, { sender: undefined, seq, hash: undefined, due: now });
  }

  #plan(
    key: string,
    what: Omit<Planned, "due">,
    members: { readonly count: number; readonly has: (id: Hex64) => boolean },
    now: number,
  ): void {
    if (this.#planned.has(key) || this.#isFresh(key, now)) return;
    const grtt = this.#roundTrip.ms;
    // Nobody waits for a sender that is gone.
    const alive = what.hash === undefined && members.has(what.sender!.id!);
    const wait = alive ? SENDER_FIRST_FACTOR * grtt : 0;
    const backoff = randomBackoff(BACKOFF_FACTOR * grtt, members.count, this.#random);
    this.#add(key, { ...what, due: now + wait + backoff });
  }

  #add(key: string, planned: Planned): void {
    if (this.#planned.has(key) || this.#planned.size >= MAX_PLANNED) return;
    this.#planned.set(key, planned);
    if (planned.sender === undefined) this.#owed++;
    this.#next = Math.min(this.#next, planned.due);
  }

  #drop(key: string): void {
    const planned = this.#planned.get(key);
    if (planned !== undefined && planned.sender === undefined) this.#owed--;
    this.#planned.delete(key);
  }

  #isFresh(key: string, now: number): boolean {
    return now - (this.#repairedAt.get(key) ?? -Infinity) < REPEAT_FACTOR * this.#roundTrip.ms;
  }

  #remember(key: string, now: number): void {
    this.#repairedAt.delete(key);
    this.#repairedAt.set(key, now);
    if (this.#repairedAt.size <= MAX_REMEMBERED) return;
    this.#repairedAt.delete(this.#repairedAt.keys().next().value!);
  }

  /** Puts off all repairs that need the same, empty bucket. */
  #postpone(of: Sender | "self", to: number, now: number): void {
    this.#next = Infinity;
    for (const planned of this.#planned.values()) {
      const same = (of === "self") === (planned.sender === undefined);
      if (same && planned.due <= now) planned.due = to;
      this.#next = Math.min(this.#next, planned.due);
    }
  }
}
