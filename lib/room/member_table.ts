/**
 * Who is in the room, by their reports.
 *
 * @module
 */

import type { Report } from "../framing/control_messages.ts";
import type { Hex64 } from "../framing/datagram_hash.ts";
import type { SocketAddress } from "../net/datagram.ts";
import { MIN_INTERVAL_MS } from "./report_schedule.ts";

/** Most members known at once: twice the largest room planned for. */
export const MAX_MEMBERS = 1000;

/** Most of them at one address: a machine that many are logged in to, but no flood. */
export const MAX_MEMBERS_PER_ADDRESS = 256;

/** A member is gone after so many intervals without a report (RFC 3550, section 6.3.5). */
export const GONE_INTERVALS = 5;

/** Longest interval believed, in milliseconds: what 1,000 members need for large reports. */
const MAX_INTERVAL_MS = 600_000;

/** A data socket may change hands after this silence of its owner, in milliseconds. */
const TAKEOVER_MS = 15_000;

/**
 * A member may have another socket after this silence of its old one, in milliseconds: who goes over
 * to a relay waits so long with its report, and nobody takes an id from somebody who talks.
 */
export const MOVE_MS = 2000;

/** Two that claim one id for so long, in milliseconds, are worth a warning. */
const CONTEST_MS = 5000;

/** Somebody in the room. */
export interface Member {
  /** Its id. */
  readonly id: Hex64;
  /** Its chat name: legal, but others may have the same. */
  readonly name: string;
  /** Its data socket: what comes from there is what it says. */
  readonly source: SocketAddress;
  /** The TCP port where it can be reached, 0 for none. */
  readonly tcpPort: number;
  /** Whether it reaches the room through the CRDS. */
  readonly relayed: boolean;
  /** When it was first heard, in milliseconds. */
  readonly since: number;
  /** When it was last heard, in milliseconds. */
  readonly heardAt: number;
  /** After how much silence it is gone, in milliseconds. */
  readonly patienceMs: number;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What a report changed. */
export type MemberChange =
  | { readonly kind: "same" | "joined" | "moved"; readonly member: Member }
  | { readonly kind: "renamed"; readonly member: Member; readonly before: string }
  | {
    readonly kind: "refused";
    readonly why: string;
    /** False while it may still be in order: a member that moves. */
    readonly lasting: boolean;
  };

/** The members, this one not included. */
export class MemberTable {
  #members = new Map<Hex64, Mutable<Member>>();
  #bySource = new Map<string, Hex64>();
  #perAddress = new Map<string, number>();
  /** Since when two claim an id; only ids of members, so it stays small. */
  #contested = new Map<Hex64, number>();
  /** Not later than the first expiry. */
  #next = Infinity;

  /** How many there are. */
  get size(): number {
    return this.#members.size;
  }

  /** When somebody may be gone next, in milliseconds. */
  get next(): number {
    return this.#next;
  }

  /**
   * Lists the members.
   *
   * @returns All of them, in the order they came.
   */
  list(): Member[] {
    return [...this.#members.values()].map((member) => ({ ...member }));
  }

  /**
   * Finds a member.
   *
   * @param id Its id.
   * @returns The member, if it is in the room.
   */
  get(id: Hex64): Member | undefined {
    return this.#members.get(id);
  }

  /**
   * Takes a report.
   *
   * @param report The report.
   * @param from Where the control datagram came from.
   * @param now The time in milliseconds.
   * @returns What it changed.
   */
  reported(report: Report, from: SocketAddress, now: number): MemberChange {
    const { member: id, name, source, tcpPort, relayed } = report;
    if (source.address !== from.address) return refused("it names a socket of another host");
    const before = this.#members.get(id);
    const interval = Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, report.interval * 100));
    const patienceMs = GONE_INTERVALS * interval;
    if (before !== undefined && isSame(before, report)) {
      before.heardAt = now;
      before.patienceMs = patienceMs;
      return { kind: "same", member: before };
    }
    const moved = before !== undefined && keyOf(before.source) !== keyOf(source);
    if (moved && now - before.heardAt < MOVE_MS) {
      const since = this.#contested.get(id) ?? now;
      this.#contested.set(id, since);
      return refused("its id is somebody else's", now - since >= CONTEST_MS);
    }
    this.#contested.delete(id);
    const owner = this.#members.get(this.#bySource.get(keyOf(source)) ?? "");
    if (owner !== undefined && owner.id !== id && now - owner.heardAt < TAKEOVER_MS) {
      return refused("its socket is somebody else's");
    }
    if (before === undefined) {
      if (this.#members.size >= MAX_MEMBERS) return refused("the room is full");
      if ((this.#perAddress.get(source.address) ?? 0) >= MAX_MEMBERS_PER_ADDRESS) {
        return refused("its host has too many members");
      }
    }
    if (owner !== undefined && owner.id !== id) this.#bySource.delete(keyOf(source));
    if (before !== undefined) this.#unlist(before);
    const member: Member = {
      id,
      name,
      source,
      tcpPort,
      relayed,
      since: before?.since ?? now,
      heardAt: now,
      patienceMs,
    };
    this.#members.set(id, { ...member });
    this.#bySource.set(keyOf(source), id);
    this.#perAddress.set(source.address, (this.#perAddress.get(source.address) ?? 0) + 1);
    this.#next = Math.min(this.#next, now + member.patienceMs);
    if (before === undefined) return { kind: "joined", member };
    if (moved) return { kind: "moved", member };
    return before.name === name
      ? { kind: "same", member }
      : { kind: "renamed", member, before: before.name };
  }

  /**
   * Takes note that a member is alive.
   *
   * @param id Its id.
   * @param address The address it was heard from; another's words do not count.
   * @param now The time in milliseconds.
   */
  heard(id: Hex64, address: string, now: number): void {
    const member = this.#members.get(id);
    if (member?.source.address === address) member.heardAt = now;
  }

  /**
   * Removes a member that says so.
   *
   * @param id Its id.
   * @param address The address it was heard from.
   * @returns The member, if it was one and spoke for itself.
   */
  bye(id: Hex64, address: string): Member | undefined {
    const member = this.#members.get(id);
    if (member === undefined || member.source.address !== address) return undefined;
    this.#remove(member);
    return member;
  }

  /**
   * Removes those who were silent too long.
   *
   * @param now The time in milliseconds.
   * @param patienceMs How much silence is in order by this member's own reckoning.
   * @returns Who is gone.
   */
  expire(now: number, patienceMs: number): Member[] {
    if (now < this.#next) return [];
    const gone: Member[] = [];
    this.#next = Infinity;
    for (const member of this.#members.values()) {
      const end = member.heardAt + Math.max(member.patienceMs, patienceMs);
      if (end <= now) gone.push(member);
      else this.#next = Math.min(this.#next, end);
    }
    for (const member of gone) this.#remove(member);
    return gone;
  }

  #remove(member: Member): void {
    this.#members.delete(member.id);
    this.#contested.delete(member.id);
    this.#unlist(member);
  }

  #unlist({ id, source }: Member): void {
    const key = keyOf(source);
    if (this.#bySource.get(key) === id) this.#bySource.delete(key);
    const left = (this.#perAddress.get(source.address) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(source.address, left);
    else this.#perAddress.delete(source.address);
  }
}

/**
 * Makes a key of an address and port.
 *
 * @param source The address and port.
 * @returns "address:port".
 */
export function keyOf({ address, port }: SocketAddress): string {
  return `${address}:${port}`;
}

/** Nearly every report repeats what is known. */
function isSame(member: Member, { name, source, tcpPort, relayed }: Report): boolean {
  return member.name === name && member.tcpPort === tcpPort && member.relayed === relayed &&
    member.source.port === source.port && member.source.address === source.address;
}

function refused(why: string, lasting = true): MemberChange {
  return { kind: "refused", why, lasting };
}
