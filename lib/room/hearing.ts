/**
 * What others say on the control port, and what follows from it.
 *
 * @module
 */

import {
  type Bye,
  type Control,
  type Nack,
  NOBODY,
  type Repair,
  type RepairPart,
  type Report,
} from "../framing/control_messages.ts";
import { hashDatagram, type Hex64 } from "../framing/datagram_hash.ts";
import type { SocketAddress } from "../net/datagram.ts";
import type { Accepted } from "./accepted_line.ts";
import { MAX_LIES } from "./asking.ts";
import { keyOf, type MemberChange } from "./member_table.ts";
import { PartialLines } from "./repair_parts.ts";
import type { RoomEffect } from "./room_effect.ts";
import type { RoomParts } from "./room_parts.ts";
import { timeOf } from "./sender_log.ts";
import type { Sender } from "./senders.ts";

/** The same kind of warning is not told again for so long, in milliseconds. */
const WARNING_PAUSE_MS = 60_000;

/** Takes control datagrams of others. */
export class Hearing {
  #room: RoomParts;
  #partial = new PartialLines();
  /** Those of whom reports wait for lines. */
  #unread = new Set<Sender>();
  #warnedAt = new Map<string, number>();

  /**
   * Starts to listen.
   *
   * @param room The parts of the room's core.
   */
  constructor(room: RoomParts) {
    this.#room = room;
  }

  /**
   * Takes a control datagram of this room that is somebody else's.
   *
   * @param control What it says.
   * @param size Its bytes.
   * @param from Where it came from.
   * @param now The time in milliseconds.
   * @param effects Where to put what is to be done.
   */
  heard(
    control: Control,
    size: number,
    from: SocketAddress,
    now: number,
    effects: RoomEffect[],
  ): void {
    if (control.kind === "nack" || control.kind === "repair") {
      this.#room.members.heard(control.member, from.address, now);
    }
    if (control.kind === "report") this.#heardReport(control, size, from, now, effects);
    else if (control.kind === "nack") this.#heardNack(control, now, effects);
    else if (control.kind === "repair") this.#heardRepair(control, size, now, effects);
    else if (control.kind === "bye") this.#heardBye(control, from, now, effects);
  }

  /** When {@linkcode due} is to be called next, in milliseconds. */
  get nextDeadline(): number {
    let next = Infinity;
    if (this.#unread.size === 0) return next;
    for (const { lines } of this.#unread) next = Math.min(next, lines.nextDeadline);
    return next;
  }

  /**
   * Takes reports that waited for lines to be read.
   *
   * @param now The time in milliseconds.
   * @param effects Where to put what is to be done.
   */
  due(now: number, effects: RoomEffect[]): void {
    for (const sender of this.#unread) {
      if (sender.lines.nextDeadline <= now) {
        this.#numbered(sender, sender.lines.due(now), now, effects);
      }
    }
  }

  #heardReport(
    report: Report,
    size: number,
    from: SocketAddress,
    now: number,
    effects: RoomEffect[],
  ): void {
    const change = this.#room.members.reported(report, from, now);
    if (change.kind === "refused") {
      if (change.lasting) this.#warn(from, `A report is ignored: ${change.why}`, now, effects);
      return;
    }
    this.#room.sized(size);
    this.#tellChange(change, now, effects);
    const sender = this.#identify(report.member, report.source, now);
    if (sender === undefined) return;
    sender.name = report.name;
    this.#numbered(sender, sender.lines.reported(report, now, sender.since), now, effects);
    for (const heard of report.heard) this.#hearsay(report.member, heard, now);
    for (const { source, hash, age } of report.orphans) {
      if (
        timeOf(age, now) < this.#room.joinedAt || this.#room.places.has(source, now)
      ) continue;
      if (this.#room.senders.at(source)?.lines.byHash(hash) !== undefined) continue;
      this.#room.asking.wantOrphan({ source, hash }, this.#room.count, now);
    }
  }

  /** Takes reports that wait, if they name a line that others talk of. */
  #readUpTo(seq: number, sender: Sender, now: number, effects: RoomEffect[]): void {
    if (!this.#unread.has(sender) || seq <= sender.lines.highest) return;
    this.#numbered(sender, sender.lines.readAll(), now, effects);
  }

  /** Lines have got numbers: some move, some are shown, some are missing. */
  #numbered(
    sender: Sender,
    waiting: readonly Accepted[],
    now: number,
    effects: RoomEffect[],
  ): void {
    if (sender.lines.nextDeadline === Infinity) this.#unread.delete(sender);
    else this.#unread.add(sender);
    this.#room.screen.reorder(sender, effects);
    for (const accepted of waiting) this.#room.screen.show(sender, accepted, effects);
    this.#room.asking.plan(sender, this.#room.count, now);
  }

  #tellChange(
    change: Exclude<MemberChange, { kind: "refused" }>,
    now: number,
    effects: RoomEffect[],
  ): void {
    const { kind, member } = change;
    if (kind === "joined") {
      this.#room.reports.welcome(now, this.#room.round());
      effects.push({ kind: "memberJoined", member });
    } else if (kind === "renamed") {
      effects.push({ kind: "memberRenamed", member, before: change.before });
    }
  }

  #hearsay(from: Hex64, heard: Report["heard"][number], now: number): void {
    if (heard.member === this.#room.self.id) return this.#room.receipts.heard(from, heard);
    const saidAt = timeOf(heard.age, now);
    let sender = this.#room.senders.of(heard.member);
    // Of somebody who left before one came there is nothing to want.
    if (sender === undefined && saidAt < this.#room.joinedAt) return;
    sender ??= this.#identify(heard.member, undefined, now);
    if (sender === undefined) return;
    sender.lines.hearsay(heard.highest, heard.has, saidAt, now);
    this.#room.asking.plan(sender, this.#room.count, now);
  }

  #heardNack(nack: Nack, now: number, effects: RoomEffect[]): void {
    const find = (id: Hex64) => this.#room.senders.of(id);
    for (const { of, ranges } of nack.wanted) {
      const last = ranges.at(-1);
      const sender = find(of);
      if (sender !== undefined && last !== undefined) {
        this.#readUpTo(last.first + last.count - 1, sender, now, effects);
      }
    }
    this.#adaptPace(nack, now);
    this.#room.asking.heard(nack, find, now);
    this.#room.mending.asked(
      nack,
      this.#room.self,
      (key) => typeof key === "string" ? this.#room.senders.of(key) : this.#room.senders.at(key),
      { count: this.#room.count, has: (id) => this.#room.members.get(id) !== undefined },
      now,
    );
  }

  /** Speaks as fast as those who ask can hear. */
  #adaptPace({ wanted }: Nack, now: number): void {
    const { self, log, pace } = this.#room;
    for (const { of, ranges } of wanted) {
      if (of !== self.id) continue;
      const [first, last] = [ranges[0], ranges.at(-1)];
      if (first === undefined || last === undefined) continue;
      const saidAt = log.saidAt(last.first + last.count - 1);
      if (saidAt === undefined) continue;
      const lines = ranges.reduce((sum, { count }) => sum + count, 0);
      pace.asked(lines, log.highest - first.first, saidAt, now);
    }
  }

  #heardRepair(repair: Repair, size: number, now: number, effects: RoomEffect[]): void {
    const { of, source } = repair;
    const { own, others } = this.#room.mending;
    others.heard(size, now);
    if (of === this.#room.self.id) {
      for (const { seq } of repair.parts) own.repaired(seq, now);
      return;
    }
    const sender = of === NOBODY ? undefined : this.#room.senders.of(of);
    if (of !== NOBODY && sender === undefined) return;
    // Heard of by id, heard by socket: this says that both are one, or its line would come twice.
    if (sender !== undefined && sender.source === undefined) {
      if (this.#room.senders.at(source)?.id === undefined) this.#identify(of, source, now);
    }
    for (const part of repair.parts) {
      if (sender !== undefined) this.#readUpTo(part.seq, sender, now, effects);
      if (sender !== undefined) others.repaired(sender, part.seq, now);
      const bytes = this.#partial.add(of === NOBODY ? keyOf(source) : of, part);
      if (bytes === undefined) continue;
      if (sender === undefined) {
        this.#mendOrphan(source, bytes, timeOf(part.age, now), now, effects);
      } else this.#mend(sender, repair, part, bytes, now, effects);
    }
    if (sender !== undefined) this.#room.asking.plan(sender, this.#room.count, now);
  }

  #mend(
    sender: Sender,
    { member, source }: Repair,
    { seq, age }: RepairPart,
    bytes: Uint8Array,
    now: number,
    effects: RoomEffect[],
  ): void {
    const wanted = sender.lines.missing.get(seq);
    const accepted = sender.lines.repaired(seq, bytes, timeOf(age, now), now);
    sender.source ??= source;
    this.#room.screen.reorder(sender, effects);
    // A second nack leaves open which one was answered (Karn's algorithm, RFC 6298, section 3).
    const answered = wanted?.asked === 1 && sender.lines.missing.get(seq) === undefined;
    if (answered && member === sender.id) this.#room.roundTrip.sample(wanted.askedAt, now);
    if (accepted === "bad") {
      if (member === sender.id && ++sender.lies === MAX_LIES) {
        this.#warn(source, "A member repairs other lines than it reported", now, effects);
      }
    } else if (accepted !== undefined) {
      if (this.#room.senders.takeStray(hashDatagram(accepted.bytes), now)) return;
      this.#room.screen.show(sender, accepted, effects);
    }
  }

  #mendOrphan(
    source: SocketAddress,
    bytes: Uint8Array,
    saidAt: number,
    now: number,
    effects: RoomEffect[],
  ): void {
    const hash = hashDatagram(bytes);
    this.#room.mending.others.repairedOrphan(source, hash, now);
    if (!this.#room.asking.gotOrphan({ source, hash })) return;
    const sender = this.#room.senders.heard(source, now);
    if (sender.lines.byHash(hash) !== undefined) return;
    const accepted = sender.lines.heard(bytes, now, 0, saidAt);
    if (accepted !== undefined) {
      this.#room.screen.show(sender, { ...accepted, recovered: true }, effects);
    }
  }

  #heardBye(bye: Bye, from: SocketAddress, now: number, effects: RoomEffect[]): void {
    const member = this.#room.members.bye(bye.member, from.address);
    if (member === undefined) return;
    effects.push({ kind: "memberLeft", member, why: "bye" });
    const sender = this.#room.senders.of(bye.member);
    if (sender === undefined) return;
    sender.lines.hearsay(bye.highest, 0, now, now);
    this.#room.asking.plan(sender, this.#room.count, now);
  }

  #identify(id: Hex64, source: SocketAddress | undefined, now: number): Sender | undefined {
    return this.#room.senders.identify(
      id,
      source,
      now,
      (one) => this.#room.members.get(one) !== undefined,
    );
  }

  #warn(from: SocketAddress, why: string, now: number, effects: RoomEffect[]): void {
    if (now - (this.#warnedAt.get(why) ?? -Infinity) < WARNING_PAUSE_MS) return;
    this.#warnedAt.set(why, now);
    effects.push({ kind: "warning", from, why });
  }
}
