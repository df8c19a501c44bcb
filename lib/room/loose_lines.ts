/**
 * Datagrams of one sender that have no number yet, and those that may be copies.
 *
 * @module
 */

import type { Hex64 } from "../framing/datagram_hash.ts";
import type { Holdings, Ticket } from "./holdings.ts";
import type { ShownTicket } from "./shown_lines.ts";

/** Most datagrams of one sender without a number. */
export const MAX_LOOSE = 1024;

/** Most of them that wait unshown: repeats of one line in quick succession. */
const MAX_HELD = 64;

/** An equal datagram so soon behind another may be a copy, in milliseconds. */
export const COPY_DOUBT_MS = 2000;

/** Lines of one sender overtake each other by no more than this, in milliseconds. */
const REORDER_MS = 250;

/** A report is not read later than this behind the lines that came before it, in milliseconds. */
const REPORT_LAG_MS = 10_000;

/** A datagram without a number. */
export interface LooseLine {
  /** Its hash. */
  readonly hash: Hex64;
  /** How to find its datagram. */
  readonly kept: Ticket;
  /** When it came, or was said if a repair brought it, in milliseconds. */
  readonly at: number;
  /** False while it may be a copy. */
  shown: boolean;
  /** Where it was shown. */
  entry: ShownTicket | undefined;
}

/** The datagrams without a number, in the order they came. */
export class LooseLines {
  #holdings: Holdings;
  #lines: LooseLine[] = [];
  #held = 0;
  /**
   * When each hash was accepted last, in whole milliseconds, which take no memory of their own: those
   * of now, and those before.
   */
  #recent = new Map<Hex64, number>();
  #before = new Map<Hex64, number>();
  #recentSince = -Infinity;

  /**
   * Starts empty.
   *
   * @param holdings Where datagrams are kept.
   */
  constructor(holdings: Holdings) {
    this.#holdings = holdings;
  }

  /** How many there are. */
  get size(): number {
    return this.#lines.length;
  }

  /** How many wait unshown. */
  get held(): number {
    return this.#held;
  }

  /**
   * Says whether an equal datagram came a moment ago.
   *
   * @param hash The hash.
   * @param now The time in milliseconds.
   * @param withinMs What a moment is.
   * @returns True if it did.
   */
  isRepeat(hash: Hex64, now: number, withinMs: number): boolean {
    const at = this.#recent.get(hash) ?? this.#before.get(hash);
    return at !== undefined && now - at < withinMs;
  }

  /**
   * Takes note that a line was accepted, so that copies of it are noticed.
   *
   * @param hash Its hash.
   * @param now The time in milliseconds.
   */
  accepted(hash: Hex64, now: number): void {
    // Forgotten many at a time, which costs a line nothing.
    if (now - this.#recentSince >= COPY_DOUBT_MS || this.#recent.size >= MAX_LOOSE) {
      this.#before = this.#recent;
      this.#recent = new Map();
      this.#recentSince = now;
    }
    this.#recent.set(hash, Math.floor(now));
  }

  /**
   * Keeps a datagram that is shown.
   *
   * @param hash Its hash.
   * @param kept How to find its datagram.
   * @param at When it came or was said, in milliseconds.
   * @returns The line.
   */
  add(hash: Hex64, kept: Ticket, at: number): LooseLine {
    return this.#push({ hash, kept, at, shown: true, entry: undefined });
  }

  /**
   * Keeps a datagram that may be a copy. Too many: the oldest goes, since a line that a report
   * proves real comes again by repair.
   *
   * @param hash Its hash.
   * @param kept How to find its datagram.
   * @param now The time in milliseconds.
   */
  hold(hash: Hex64, kept: Ticket, now: number): void {
    if (this.#held >= MAX_HELD) this.#removeAt(this.#lines.findIndex((line) => !line.shown));
    this.#held++;
    this.#push({ hash, kept, at: now, shown: false, entry: undefined });
  }

  /**
   * Takes out the first with a hash, one that was shown before one that waits.
   *
   * @param hash The hash.
   * @returns The line, if there is one.
   */
  take(hash: Hex64): LooseLine | undefined {
    let index = -1;
    for (let i = 0; i < this.#lines.length; i++) {
      const line = this.#lines[i]!;
      if (line.hash !== hash) continue;
      if (index === -1 || line.shown) index = i;
      if (line.shown) break;
    }
    if (index === -1) return undefined;
    // Nearly always it is the first.
    const line = index === 0 ? this.#lines.shift()! : this.#lines.splice(index, 1)[0]!;
    if (!line.shown) this.#held--;
    return line;
  }

  /**
   * Forgets the first with a hash that was shown.
   *
   * @param hash The hash.
   * @returns True if there was one.
   */
  discard(hash: Hex64): boolean {
    const index = this.#lines.findIndex((line) => line.shown && line.hash === hash);
    if (index === -1) return false;
    this.#removeAt(index);
    return true;
  }

  /**
   * Says whether a datagram is among them.
   *
   * @param hash Its hash.
   * @returns True if it is, shown or not.
   */
  has(hash: Hex64): boolean {
    // The last one, mostly, or none.
    for (let i = this.#lines.length - 1; i >= 0; i--) {
      if (this.#lines[i]!.hash === hash) return true;
    }
    return false;
  }

  /**
   * Looks for a hash.
   *
   * @param hash The hash.
   * @returns The first line that has it and was shown.
   */
  find(hash: Hex64): LooseLine | undefined {
    return this.#lines.find((line) => line.shown && line.hash === hash);
  }

  /**
   * Lists those that were shown.
   *
   * @returns The lines, the latest first.
   */
  *latest(): Generator<LooseLine> {
    for (let i = this.#lines.length - 1; i >= 0; i--) {
      if (this.#lines[i]!.shown) yield this.#lines[i]!;
    }
  }

  /**
   * Drops what fits no number, every number being known: it was a copy, or nobody's. A busy machine
   * reads a report long after lines that were said behind it, so the time of the last line with a
   * number tells what is old, and not the time now.
   *
   * @param numberedAt When the last line came that a report gave a number, in milliseconds.
   * @param now The time in milliseconds.
   */
  settle(numberedAt: number, now: number): void {
    const old = Math.max(numberedAt - REORDER_MS, now - REPORT_LAG_MS);
    for (let i = this.#lines.length - 1; i >= 0; i--) {
      if (this.#lines[i]!.at <= old) this.#removeAt(i);
    }
  }

  /**
   * Takes out what waits: to show it (the sender never reports), or to forget it.
   *
   * @returns The lines, the first first; shown from now on.
   */
  release(): LooseLine[] {
    if (this.#held === 0) return [];
    this.#held = 0;
    const released = this.#lines.filter((line) => !line.shown);
    for (const line of released) line.shown = true;
    return released;
  }

  /** Forgets what waits. */
  dropHeld(): void {
    for (let i = this.#lines.length - 1; i >= 0; i--) {
      if (!this.#lines[i]!.shown) this.#removeAt(i);
    }
  }

  /**
   * Takes over what was heard before it was known whose it is.
   *
   * @param other Another's lines, empty afterwards.
   */
  adopt(other: LooseLines): void {
    this.#held += other.#held;
    for (const line of other.#lines) this.#push(line);
    for (const [hash, at] of [...other.#before, ...other.#recent]) this.accepted(hash, at);
    other.#lines = [];
    other.#held = 0;
    other.#recent.clear();
    other.#before.clear();
  }

  /**
   * Keeps only the latest.
   *
   * @param most How many.
   */
  trim(most: number): void {
    while (this.#lines.length > most) this.#removeAt(0);
  }

  #push(line: LooseLine): LooseLine {
    this.#lines.push(line);
    if (this.#lines.length > MAX_LOOSE) this.#removeAt(0);
    return line;
  }

  #removeAt(index: number): void {
    const [line] = this.#lines.splice(index, 1);
    if (line === undefined) return;
    if (!line.shown) this.#held--;
    this.#holdings.drop(line.kept);
  }
}
