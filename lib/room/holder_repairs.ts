/**
 * Repairing the lines of others, where their sender does not.
 *
 * @module
 */

import { NOBODY, type Repair, type SeqRange } from "../framing/control_messages.ts";
import type { Hex64 } from "../framing/datagram_hash.ts";
import type { SocketAddress } from "../net/datagram.ts";
import { BACKOFF_FACTOR, randomBackoff, type RoundTrip } from "./back_off.ts";
import { keyOf } from "./member_table.ts";
import { MAX_LINES_PER_SENDER } from "./numbered_lines.ts";
import { REPAIR_BURST_BYTES, REPAIR_BYTES_PER_SECOND, REPEAT_FACTOR } from "./own_repairs.ts";
import { RepairPacker } from "./repair_packer.ts";
import { RepairTimes } from "./repair_times.ts";
import { ageOf } from "./sender_log.ts";
import type { Sender } from "./senders.ts";
import { TokenBucket } from "./token_bucket.ts";

/** Holders let the sender go first: so many round trips (DESIGN section 7). */
const SENDER_FIRST_FACTOR = 2;

/** Most nacks that one plans to answer, and most lines without a number; asking again helps. */
export const MAX_PLANS = 256;

/** A nack that is to be answered: as a whole, since mostly the sender does it meanwhile. */
interface Plan {
  readonly sender: Sender;
  /** The next line, and those behind it. */
  next: number | undefined;
  readonly seqs: Iterator<number>;
  /** When it was heard, in milliseconds: what was repaired since then is done. */
  readonly heardAt: number;
  due: number;
}

/** A line without a number that is to be repaired. */
interface OrphanPlan {
  readonly sender: Sender;
  readonly hash: Hex64;
  due: number;
}

/** Who there is. */
export interface Members {
  /** How many, this one included. */
  readonly count: number;
  /** Says whether one is among them. */
  readonly has: (id: Hex64) => boolean;
}

/** The repairs of others' lines that this member is to make. */
export class HolderRepairs {
  readonly #roundTrip: RoundTrip;
  readonly #random: () => number;
  readonly #maxBytes: number;
  readonly #bucket = new TokenBucket(REPAIR_BYTES_PER_SECOND, REPAIR_BURST_BYTES);
  readonly #plans = new Set<Plan>();
  readonly #orphans = new Map<string, OrphanPlan>();
  readonly #repaired = new WeakMap<Sender, RepairTimes>();
  /** When lines without a number were repaired last; the oldest first. */
  readonly #orphansAt = new Map<string, number>();
  /** Not later than the first planned repair. */
  #next = Infinity;

  /**
   * Starts with nothing to repair.
   *
   * @param roundTrip The measured round trip.
   * @param random Yields numbers in [0, 1).
   * @param maxBytes Most bytes of a repair.
   */
  constructor(roundTrip: RoundTrip, random: () => number, maxBytes: number) {
    this.#roundTrip = roundTrip;
    this.#random = random;
    this.#maxBytes = maxBytes;
  }

  /** When to repair next, in milliseconds; infinite if there is nothing to repair. */
  get next(): number {
    return this.#next;
  }

  /**
   * Plans to repair lines, those of them that are kept and that nobody repairs before it is time.
   *
   * @param sender Whose lines.
   * @param ranges Their numbers.
   * @param members Who there is.
   * @param now The time in milliseconds.
   */
  plan(sender: Sender, ranges: readonly SeqRange[], members: Members, now: number): void {
    if (this.#plans.size >= MAX_PLANS) return;
    const seqs = keptOf(sender, ranges);
    const first = seqs.next();
    if (first.done) return;
    // Nobody waits for a sender that is gone.
    const wait = members.has(sender.id!) ? SENDER_FIRST_FACTOR * this.#roundTrip.ms : 0;
    const due = now + wait + this.#backOff(members);
    this.#plans.add({ sender, seqs, heardAt: now, due, next: first.value });
    this.#next = Math.min(this.#next, due);
  }

  /**
   * Plans to repair a line without a number.
   *
   * @param sender Whose line; its socket is known.
   * @param hash The hash of its datagram.
   * @param members Who there is.
   * @param now The time in milliseconds.
   */
  planOrphan(sender: Sender, hash: Hex64, members: Members, now: number): void {
    const key = orphanKey(sender.source!, hash);
    const repairedAt = this.#orphansAt.get(key) ?? -Infinity;
    if (now - repairedAt < REPEAT_FACTOR * this.#roundTrip.ms) return;
    if (this.#orphans.has(key) || this.#orphans.size >= MAX_PLANS) return;
    const due = now + this.#backOff(members);
    this.#orphans.set(key, { sender, hash, due });
    this.#next = Math.min(this.#next, due);
  }

  /**
   * Takes note that a line was repaired: one need not.
   *
   * @param sender Whose line.
   * @param seq Its number.
   * @param now The time in milliseconds.
   */
  repaired(sender: Sender, seq: number, now: number): void {
    let times = this.#repaired.get(sender);
    if (times === undefined) {
      times = new RepairTimes(MAX_LINES_PER_SENDER);
      this.#repaired.set(sender, times);
    }
    times.mark(seq, now);
  }

  /**
   * Takes note that a line without a number was repaired.
   *
   * @param source Where it came from.
   * @param hash The hash of its datagram.
   * @param now The time in milliseconds.
   */
  repairedOrphan(source: SocketAddress, hash: Hex64, now: number): void {
    const key = orphanKey(source, hash);
    this.#orphans.delete(key);
    this.#orphansAt.delete(key);
    this.#orphansAt.set(key, now);
    if (this.#orphansAt.size <= MAX_PLANS) return;
    this.#orphansAt.delete(this.#orphansAt.keys().next().value!);
  }

  /**
   * Takes note of a repair on the wire: holders together stay below the rate of one member.
   *
   * @param bytes Its size.
   * @param now The time in milliseconds.
   */
  heard(bytes: number, now: number): void {
    this.#bucket.drain(bytes, now);
  }

  /**
   * Makes the next repair, if one is due.
   *
   * @param now The time in milliseconds.
   * @returns What it brings; ask again until there is nothing.
   */
  due(now: number): Pick<Repair, "of" | "source" | "parts"> | undefined {
    if (now < this.#next) return undefined;
    for (const plan of this.#plans) {
      const repair = plan.due > now ? undefined : this.#answer(plan, now);
      if (repair !== undefined) return repair;
    }
    for (const [key, plan] of this.#orphans) {
      const repair = plan.due > now ? undefined : this.#repairOrphan(key, plan, now);
      if (repair !== undefined) return repair;
    }
    this.#next = Infinity;
    for (const { due } of this.#plans) this.#next = Math.min(this.#next, due);
    for (const { due } of this.#orphans.values()) this.#next = Math.min(this.#next, due);
    return undefined;
  }

  #answer(plan: Plan, now: number): Pick<Repair, "of" | "source" | "parts"> | undefined {
    if (!this.#bucket.take(this.#maxBytes, now)) {
      this.#postpone(this.#bucket.readyAt(this.#maxBytes, now), now);
      return undefined;
    }
    const { sender, seqs, heardAt } = plan;
    const packer = new RepairPacker(this.#maxBytes);
    const fresh = heardAt - REPEAT_FACTOR * this.#roundTrip.ms;
    for (; plan.next !== undefined; plan.next = seqs.next().value) {
      if ((this.#repaired.get(sender)?.at(plan.next) ?? -Infinity) > fresh) continue;
      const line = sender.source === undefined ? undefined : sender.lines.kept(plan.next);
      if (line === undefined) continue;
      if (!packer.add(plan.next, ageOf(line.saidAt, now), line.bytes)) break;
      this.repaired(sender, plan.next, now);
    }
    if (plan.next === undefined) this.#plans.delete(plan);
    // What was taken for the longest repair and not used goes back.
    const used = packer.parts.length === 0 ? 0 : packer.size;
    this.#bucket.drain(used - this.#maxBytes, now);
    return used === 0 ? undefined : { of: sender.id!, source: sender.source!, parts: packer.parts };
  }

  #repairOrphan(
    key: string,
    { sender, hash }: OrphanPlan,
    now: number,
  ): Pick<Repair, "of" | "source" | "parts"> | undefined {
    const line = sender.lines.byHash(hash);
    if (line?.bytes === undefined) return void this.#orphans.delete(key);
    const packer = new RepairPacker(this.#maxBytes);
    packer.add(0, ageOf(line.saidAt, now), line.bytes);
    if (!this.#bucket.take(packer.size, now)) {
      this.#postpone(this.#bucket.readyAt(packer.size, now), now);
      return undefined;
    }
    this.repairedOrphan(sender.source!, hash, now);
    return { of: NOBODY, source: sender.source!, parts: packer.parts };
  }

  #backOff({ count }: Members): number {
    return randomBackoff(BACKOFF_FACTOR * this.#roundTrip.ms, count, this.#random);
  }

  /** Puts off all that is due, since all need the same bucket. */
  #postpone(to: number, now: number): void {
    for (const plan of this.#plans) if (plan.due <= now) plan.due = to;
    for (const plan of this.#orphans.values()) if (plan.due <= now) plan.due = to;
  }
}

function* keptOf({ lines }: Sender, ranges: readonly SeqRange[]): Generator<number, undefined> {
  for (const { first, count } of ranges) {
    for (let seq = first; seq < first + count; seq++) if (lines.keeps(seq)) yield seq;
  }
  return undefined;
}

function orphanKey(source: SocketAddress, hash: Hex64): string {
  return `${keyOf(source)}/${hash}`;
}
