/**
 * A room that loses nothing, without sockets and clocks (DESIGN section 7, docs/CONTROL.md): what is
 * heard goes in with the time, what is to be done comes out.
 *
 * @module
 */

import { decodeControl, encodeControl, isControl } from "../framing/control.ts";
import { type Control, MAX_REPAIRED_BYTES } from "../framing/control_messages.ts";
import type { Hex64 } from "../framing/datagram_hash.ts";
import type { SocketAddress } from "../net/datagram.ts";
import { Hearing } from "./hearing.ts";
import { type Member, MOVE_MS } from "./member_table.ts";
import type { Receipt } from "./receipts.ts";
import { intoDatagrams } from "./repair_parts.ts";
import { ReportMaker } from "./report_maker.ts";
import type { RoomEffect } from "./room_effect.ts";
import { type RoomCoreOptions, RoomParts, type RoomPlace } from "./room_parts.ts";
import { doubtOf, type Sender, STRANGER_MS } from "./senders.ts";

export type { RoomCoreOptions, RoomPlace } from "./room_parts.ts";

/** A bye may be lost like everything: it is sent so often. */
const BYES = 2;

/** Others' clocks and networks differ by less than this, in milliseconds. */
const MOVE_MARGIN_MS = 100;

/**
 * Being in a room. Call {@linkcode due} now and whenever {@linkcode nextDeadline} has come, do what each
 * call returns, in order.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const random = () => 0.5;
 * const common = { roomPort: 20100, tcpPort: 0, now: 0, random };
 * const mel = new RoomCore({
 *   ...common,
 *   id: "00000000000000aa",
 *   local: { address: "10.0.0.1", port: 5000 },
 *   name: "Mel",
 * });
 * const bob = new RoomCore({
 *   ...common,
 *   id: "00000000000000bb",
 *   local: { address: "10.0.0.2", port: 5000 },
 *   name: "Bob",
 * });
 * const [report] = mel.due(0);
 * assertEquals(report?.kind, "sendControl");
 * if (report?.kind === "sendControl") {
 *   const [joined] = bob.heardControl(report.bytes, { address: "10.0.0.1", port: 5001 }, 1);
 *   assertEquals(joined?.kind, "memberJoined");
 * }
 * ```
 */
export class RoomCore {
  #room: RoomParts;
  #hearing: Hearing;
  #maker: ReportMaker;
  #name: string;
  #tcpPort: number;
  #relayed: boolean;
  /** Strangers with lines that may be copies. */
  #doubtful = new Set<Sender>();
  #left = false;

  /**
   * Enters the room.
   *
   * @param options Who one is, and where.
   */
  constructor(options: RoomCoreOptions) {
    this.#room = new RoomParts(options);
    this.#hearing = new Hearing(this.#room);
    this.#maker = new ReportMaker(this.#room.senders);
    this.#name = options.name;
    this.#tcpPort = options.tcpPort;
    this.#relayed = options.relayed ?? false;
  }

  /** The id. */
  get id(): Hex64 {
    return this.#room.self.id;
  }

  /** The mean time between regular reports, in milliseconds. */
  get interval(): number {
    return this.#room.interval();
  }

  /** When {@linkcode due} is to be called next, in milliseconds; infinite after leaving. */
  get nextDeadline(): number {
    if (this.#left) return Infinity;
    let next = Math.min(
      this.#room.reports.next(this.#room.interval()),
      this.#room.asking.next(),
      this.#room.mending.next,
      this.#room.members.next,
      this.#hearing.nextDeadline,
    );
    if (this.#doubtful.size === 0) return next;
    for (const { since } of this.#doubtful) next = Math.min(next, since + STRANGER_MS);
    return next;
  }

  /**
   * Lists the other members.
   *
   * @returns Each with the lines that came by themselves and those that had to be repaired.
   */
  members(): (Member & { readonly direct: number; readonly recovered: number })[] {
    return this.#room.members.list().map((member) => {
      const counts = this.#room.senders.of(member.id)?.lines.counts ?? { direct: 0, recovered: 0 };
      return { ...member, ...counts };
    });
  }

  /**
   * Tells who has the last lines said here.
   *
   * @returns The receipts of the last 64 lines, the latest last.
   */
  receipts(): Receipt[] {
    return this.#room.receipts.list((id) => this.#room.members.get(id) !== undefined);
  }

  /** What the room holds in memory; each number is bounded. */
  get size(): { members: number; senders: number; strangers: number; heldBytes: number } {
    return {
      members: this.#room.members.size,
      senders: this.#room.senders.size,
      strangers: this.#room.senders.strangers,
      heldBytes: this.#room.holdings.bytes,
    };
  }

  /**
   * Says when the next line may be said, so that the others can hear it. It is no fault to say it before.
   *
   * @param now The time in milliseconds.
   * @returns The time in milliseconds, now or later; then ask again.
   */
  readyAt(now: number): number {
    return this.#left ? now : this.#room.pace.readyAt(this.#room.mending.own.owed, now);
  }

  /**
   * Says a line. Call it when the datagram can leave at once: a report that overtakes it makes
   * everybody ask for it.
   *
   * @param datagram The chat line, not to be changed any more.
   * @param now The time in milliseconds.
   * @returns What to do: send it, perhaps a report behind it.
   */
  said(datagram: Uint8Array, now: number): RoomEffect[] {
    const effects: RoomEffect[] = [{ kind: "sendData", bytes: datagram }];
    if (this.#left) return effects;
    this.#room.pace.said(this.#room.members.size, now);
    this.#room.receipts.said(this.#room.log.add(datagram, now), now);
    if (this.#room.reports.said(now)) this.#report(false, now, effects);
    return effects;
  }

  /**
   * Takes a datagram from the room's port.
   *
   * @param bytes The datagram; the callee keeps it.
   * @param source Where it came from.
   * @param now The time in milliseconds.
   * @returns What to do.
   */
  heardData(bytes: Uint8Array, source: SocketAddress, now: number): RoomEffect[] {
    if (isControl(bytes)) return this.heardControl(bytes, source, now);
    const effects: RoomEffect[] = [];
    if (this.#left || bytes.length === 0 || bytes.length > MAX_REPAIRED_BYTES) return effects;
    if (this.#room.places.has(source, now)) return effects;
    const sender = this.#room.senders.heard(source, now);
    const accepted = sender.lines.heard(bytes, now, doubtOf(sender, now));
    if (sender.id !== undefined) this.#room.members.heard(sender.id, source.address, now);
    else if (sender.lines.loose.held > 0) this.#doubtful.add(sender);
    if (accepted !== undefined) this.#room.screen.show(sender, accepted, effects);
    if (sender.lines.nextDeadline <= now) this.#hearing.due(now, effects);
    return effects;
  }

  /**
   * Takes a datagram from the control port.
   *
   * @param bytes The datagram; the callee keeps nothing of it.
   * @param source Where it came from.
   * @param now The time in milliseconds.
   * @returns What to do; nothing for what is not of this room or cannot be read.
   */
  heardControl(bytes: Uint8Array, source: SocketAddress, now: number): RoomEffect[] {
    const effects: RoomEffect[] = [];
    if (this.#left) return effects;
    const control = decodeControl(bytes);
    if (control === undefined || control.roomPort !== this.#room.roomPort) return effects;
    if (control.member === this.#room.self.id) return effects;
    this.#hearing.heard(control, bytes.length, source, now, effects);
    return effects;
  }

  /**
   * Does what time has come for.
   *
   * @param now The time in milliseconds.
   * @returns What to do.
   */
  due(now: number): RoomEffect[] {
    const effects: RoomEffect[] = [];
    if (this.#left) return effects;
    const interval = this.#room.interval();
    if (this.#room.reports.next(interval) <= now) {
      this.#report(this.#room.reports.regular(interval) <= now, now, effects);
    }
    this.#hearing.due(now, effects);
    for (;;) {
      const mended = this.#room.mending.due(this.#room.self, now);
      if (mended === undefined) break;
      for (const parts of intoDatagrams(mended.parts, this.#room.maxControlBytes)) {
        this.#send({ kind: "repair", ...this.#head(), ...mended, parts }, effects);
      }
    }
    for (;;) {
      const asked = this.#room.asking.due(this.#room.count, now);
      if (asked === undefined) break;
      if (asked.wanted.length + asked.orphans.length === 0) continue;
      this.#send({ kind: "nack", ...this.#head(), ...asked }, effects);
    }
    for (const member of this.#room.members.expire(now, 5 * interval)) {
      // Its equal lines in quick succession stay unproved; copies are the likelier.
      this.#room.senders.of(member.id)?.lines.loose.dropHeld();
      effects.push({ kind: "memberLeft", member, why: "silent" });
    }
    for (const sender of this.#doubtful) {
      if (sender.id === undefined && now < sender.since + STRANGER_MS) continue;
      this.#doubtful.delete(sender);
      if (sender.id === undefined) this.#room.screen.release(sender, effects);
    }
    return effects;
  }

  /**
   * Changes the name; the next report, soon, tells the others.
   *
   * @param name A legal chat name.
   * @param now The time in milliseconds.
   */
  rename(name: string, now: number): void {
    if (name === this.#name) return;
    this.#name = name;
    this.#room.reports.changed(now);
  }

  /**
   * Has another data socket from now on, as after the interface went and came back, or through a
   * relay. The others are told when the old socket was silent long enough for them to believe it;
   * what is said until then they show, and know whose it is afterwards.
   *
   * @param place The new socket's address and port; whether it is a relay's; where peers connect.
   * @param now The time in milliseconds.
   */
  moved({ local, relayed, tcpPort }: RoomPlace, now: number): void {
    this.#room.self = { ...this.#room.self, local };
    this.#room.places.moved(local, now);
    this.#relayed = relayed;
    this.#tcpPort = tcpPort;
    this.#room.reports.changed(now + MOVE_MS + MOVE_MARGIN_MS);
  }

  /**
   * Leaves the room: a last report of what was said, and the bye. Everything afterwards does nothing.
   *
   * @param now The time in milliseconds.
   * @returns What to do.
   */
  leave(now: number): RoomEffect[] {
    const effects: RoomEffect[] = [];
    if (this.#left) return effects;
    if (this.#room.log.highest > 0) this.#report(false, now, effects);
    for (let i = 0; i < BYES; i++) {
      this.#send({ kind: "bye", ...this.#head(), highest: this.#room.log.highest }, effects);
    }
    this.#left = true;
    return effects;
  }

  #head(): { roomPort: number; member: Hex64 } {
    return { roomPort: this.#room.roomPort, member: this.#room.self.id };
  }

  #send(control: Control, effects: RoomEffect[]): number {
    const bytes = encodeControl(control);
    effects.push({ kind: "sendControl", bytes });
    return bytes.length;
  }

  #report(regular: boolean, now: number, effects: RoomEffect[]): void {
    const told = regular ? this.#maker.tell(now) : { heard: [], orphans: [] };
    const size = this.#send({
      kind: "report",
      ...this.#head(),
      source: this.#room.self.local,
      tcpPort: this.#tcpPort,
      relayed: this.#relayed,
      name: this.#name,
      interval: Math.min(0xffff, Math.round(this.#room.interval() / 100)),
      present: Math.floor((now - this.#room.joinedAt) / 100),
      oldest: this.#room.log.oldest,
      highest: this.#room.log.highest,
      lines: this.#room.log.recent(this.#room.reports.lines, now),
      ...told,
    }, effects);
    if (regular) {
      this.#room.sized(size);
      this.#takeLost(now, effects);
    }
    this.#room.reports.sent(now, regular);
  }

  #takeLost(now: number, effects: RoomEffect[]): void {
    for (const { id, name, lines } of this.#room.senders.identified()) {
      const count = lines.takeLost(now);
      if (count > 0) effects.push({ kind: "lost", member: id!, name, count });
    }
  }
}
