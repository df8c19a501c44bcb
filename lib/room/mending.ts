/**
 * Answering nacks: the sender at once, other holders if it does not.
 *
 * @module
 */

import { MAX_CONTROL_BYTES } from "../framing/control_bytes.ts";
import type { Nack, Repair } from "../framing/control_messages.ts";
import type { Hex64 } from "../framing/datagram_hash.ts";
import type { SocketAddress } from "../net/datagram.ts";
import type { RoundTrip } from "./back_off.ts";
import { HolderRepairs, type Members } from "./holder_repairs.ts";
import { OwnRepairs, type RepairTurns } from "./own_repairs.ts";
import type { SenderLog } from "./sender_log.ts";
import type { Sender } from "./senders.ts";

/** Who this member is. */
export interface Self {
  /** Its id. */
  readonly id: Hex64;
  /** Its data socket. */
  readonly local: SocketAddress;
}

/** What a repair brings. */
export type Mended = Pick<Repair, "of" | "source" | "parts">;

/** The repairs this member is to make. */
export class Mending {
  /** Of its own lines. */
  readonly own: OwnRepairs;
  /** Of the others'. */
  readonly others: HolderRepairs;

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
    this.own = new OwnRepairs(log, turns, roundTrip, maxBytes);
    this.others = new HolderRepairs(roundTrip, random, maxBytes);
  }

  /** When to repair next, in milliseconds; infinite if there is nothing to repair. */
  get next(): number {
    return Math.min(this.own.next, this.others.next);
  }

  /**
   * Takes a nack: plans what of it can be repaired here.
   *
   * @param nack The nack.
   * @param self Who this member is.
   * @param find Finds a sender by id, or by source.
   * @param members Who there is.
   * @param now The time in milliseconds.
   */
  asked(
    nack: Nack,
    self: Self,
    find: (key: Hex64 | SocketAddress) => Sender | undefined,
    members: Members,
    now: number,
  ): void {
    for (const { of, ranges } of nack.wanted) {
      const sender = of === self.id ? undefined : find(of);
      if (sender !== undefined) this.others.plan(sender, ranges, members, now);
      if (of !== self.id) continue;
      for (const { first, count } of ranges) {
        for (let seq = first; seq < first + count; seq++) this.own.plan(seq, now);
      }
    }
    for (const { source, hash } of nack.orphans) {
      const sender = find(source);
      if (sender?.lines.byHash(hash)?.bytes === undefined) continue;
      this.others.planOrphan(sender, hash, members, now);
    }
  }

  /**
   * Makes the next repair, if one is due.
   *
   * @param self Who this member is.
   * @param now The time in milliseconds.
   * @returns What it brings; ask again until there is nothing.
   */
  due(self: Self, now: number): Mended | undefined {
    const parts = this.own.due(now);
    if (parts !== undefined) return { of: self.id, source: self.local, parts };
    return this.others.due(now);
  }
}
