/**
 * The numbered lines of one sender: which are here, which are missing, which are of no concern.
 *
 * @module
 */

import type { Hex64 } from "../framing/datagram_hash.ts";
import type { Holdings, Ticket } from "./holdings.ts";
import { LineRing } from "./line_ring.ts";
import { MissingLines } from "./missing_lines.ts";

/** Most lines of one sender that are kept, awaited or remembered: a paste of 1,000. */
export const MAX_LINES_PER_SENDER = 1024;

/** So many older ones may still be missing: on a busy machine a longer paste is heard with gaps. */
const MAX_STRAGGLERS = 2048;

/** A jump of numbers above this is no loss but another program's idea of numbers. */
const MAX_CREDIBLE_JUMP = 65_536;

/** A numbered line. */
export interface NumberedLine {
  /** The hash of its datagram, once somebody said it. */
  readonly hash: Hex64 | undefined;
  /** True once the sender itself said this hash. */
  readonly verified: boolean;
  /** How to find its datagram, once it came. */
  readonly kept: Ticket | undefined;
  /** When it was said, in milliseconds. */
  readonly saidAt: number;
}

/**
 * A window over the numbers, of at most {@linkcode MAX_LINES_PER_SENDER}; and behind it those that are
 * missing still. What comes of these is shown and not kept: their sender keeps them longer.
 */
export class NumberedLines {
  /** What is missing, by number. */
  readonly missing: MissingLines = new MissingLines();
  readonly #holdings: Holdings;
  /** Nearly all lines: those that came before their numbers did. */
  readonly #ring: LineRing = new LineRing(MAX_LINES_PER_SENDER);
  /** The others, those that are or were missing: in the window, or behind it. */
  readonly #late = new Map<number, { -readonly [K in keyof NumberedLine]: NumberedLine[K] }>();
  /** The numbers behind the window that are missing. */
  readonly #stragglers = new Set<number>();
  /** Lines up to here are of no concern, but for stragglers: old, or said before one joined. */
  #base = 0;
  #uncertain = 0;
  #highest = 0;
  #lost = 0;

  /**
   * Starts with nothing.
   *
   * @param holdings Where datagrams are kept.
   */
  constructor(holdings: Holdings) {
    this.#holdings = holdings;
  }

  /** Lines up to here may have been said before one joined. */
  get uncertain(): number {
    return this.#uncertain;
  }

  /** The highest number known of, 0 for none. */
  get highest(): number {
    return this.#highest;
  }

  /**
   * Starts to count.
   *
   * @param base Lines up to here are of no concern.
   * @param uncertain Lines up to here may be of none.
   */
  begin(base: number, uncertain: number): void {
    this.#uncertain = uncertain;
    this.#base = this.#highest = Math.max(0, base);
  }

  /**
   * Finds a line.
   *
   * @param seq Its number.
   * @returns The line, if its number is in the window or missing.
   */
  get(seq: number): NumberedLine | undefined {
    return this.#late.get(seq) ?? this.#ring.get(seq);
  }

  /**
   * Says whether a line is in the window, missing behind it, or soon to come.
   *
   * @param seq Its number.
   * @returns False if it is of no concern, or no credible number.
   */
  concerns(seq: number): boolean {
    if (seq <= this.#base) return this.#stragglers.has(seq);
    return seq <= this.#highest + MAX_LINES_PER_SENDER;
  }

  /**
   * Finds a line that is here.
   *
   * @param hash The hash of its datagram.
   * @returns The line, if there is one.
   */
  byHash(hash: Hex64): NumberedLine | undefined {
    for (const line of this.#late.values()) {
      if (line.kept !== undefined && line.hash === hash) return line;
    }
    for (let seq = this.#base + 1; seq <= this.#highest; seq++) {
      if (this.#ring.hashOf(seq) === hash) return this.#ring.get(seq);
    }
    return undefined;
  }

  /**
   * Moves the window to where it must be when numbers go up to here, before they do.
   *
   * @param to The number.
   */
  makeRoom(to: number): void {
    const base = to - MAX_LINES_PER_SENDER;
    if (base <= this.#base) return;
    const skipped = Math.max(0, base - this.#highest);
    if (skipped < MAX_CREDIBLE_JUMP) this.#lost += skipped;
    for (let seq = this.#base + 1; seq <= Math.min(base, this.#highest); seq++) this.#pass(seq);
    this.#base = base;
  }

  /**
   * Learns that numbers go up to here; bounded whatever the number.
   *
   * @param to The number.
   * @param now The time in milliseconds.
   */
  raise(to: number, now: number): void {
    if (to <= this.#highest) return;
    this.makeRoom(to);
    for (let seq = Math.max(this.#highest, this.#base) + 1; seq <= to; seq++) {
      this.#late.set(seq, { hash: undefined, verified: false, kept: undefined, saidAt: now });
      this.missing.add(seq, now);
    }
    this.#highest = to;
  }

  /**
   * Has the line behind the highest.
   *
   * @param hash The hash of its datagram, as its sender said it.
   * @param kept How to find its datagram.
   * @param saidAt When it was said, in milliseconds.
   */
  append(hash: Hex64, kept: Ticket, saidAt: number): void {
    const seq = this.#highest + 1;
    this.makeRoom(seq);
    this.#ring.set(seq, hash, kept, saidAt);
    this.#highest = seq;
  }

  /**
   * Learns from its sender what a line is.
   *
   * @param seq Its number.
   * @param hash The hash of its datagram.
   * @param saidAt When it was said, in milliseconds.
   * @param now The time in milliseconds.
   * @returns False if that is known, or of no concern, or the line is here.
   */
  verify(seq: number, hash: Hex64, saidAt: number, now: number): boolean {
    const line = this.#late.get(seq);
    if (line === undefined || line.verified) return false;
    line.verified = true;
    line.saidAt = saidAt;
    // What a third party brought under this number was something else.
    if (line.kept !== undefined && line.hash !== hash) {
      this.#holdings.drop(line.kept);
      line.kept = undefined;
      this.missing.add(seq, now);
    }
    line.hash = hash;
    return line.kept === undefined;
  }

  /**
   * Has a line that was missing.
   *
   * @param seq Its number.
   * @param hash The hash of its datagram.
   * @param kept How to find its datagram; dropped if it is behind the window.
   * @param saidAt When it was said, in milliseconds.
   */
  fill(seq: number, hash: Hex64, kept: Ticket, saidAt: number): void {
    const line = this.#late.get(seq)!;
    this.#unwant(seq);
    line.hash = hash;
    line.kept = kept;
    line.saidAt = saidAt;
    if (seq <= this.#base) this.#drop(seq);
  }

  /**
   * Tells what is here, as a report has it.
   *
   * @returns The highest number, the bits below it and when it was said; nothing if none is known.
   */
  summary(): { highest: number; has: number; saidAt: number } | undefined {
    // Said by others and never seen is no news to pass on: a lie would go round for ever.
    let highest = this.#highest;
    while (highest > this.#base && !this.#has(highest)) highest--;
    const top = this.get(highest);
    if (top === undefined) return undefined;
    let has = 0;
    for (let back = 0; back < 32; back++) if (this.#has(highest - back)) has |= 1 << back;
    return { highest, has: has >>> 0, saidAt: top.saidAt };
  }

  /**
   * Gives up what nobody can have any more.
   *
   * @param now The time in milliseconds.
   * @returns How many lines were lost since this was asked last.
   */
  takeLost(now: number): number {
    for (const seq of this.missing.hopeless(now)) {
      if (seq > this.#uncertain) this.#lost++;
      if (seq <= this.#base) this.#drop(seq);
      else this.#unwant(seq);
    }
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  /**
   * Forgets a line and all before it: it proved older than one's presence.
   *
   * @param upTo Its number.
   */
  forget(upTo: number): void {
    for (const seq of [...this.#late.keys()]) if (seq <= upTo) this.#drop(seq);
    for (let seq = this.#base + 1; seq <= Math.min(upTo, this.#highest); seq++) this.#drop(seq);
    this.#base = Math.max(this.#base, upTo);
  }

  /** Forgets everything. */
  clear(): void {
    this.forget(this.#highest);
  }

  #has(seq: number): boolean {
    return this.#ring.has(seq) || this.#late.get(seq)?.kept !== undefined;
  }

  /** Lets a line out of the window. */
  #pass(seq: number): void {
    if (this.missing.get(seq) !== undefined && seq > this.#uncertain) {
      if (this.#stragglers.size < MAX_STRAGGLERS) return void this.#stragglers.add(seq);
      this.#lost++;
    }
    this.#drop(seq);
  }

  #unwant(seq: number): void {
    this.#stragglers.delete(seq);
    this.missing.delete(seq, this.#late.get(seq)?.hash);
  }

  #drop(seq: number): void {
    const kept = this.#ring.take(seq) ?? this.#late.get(seq)?.kept;
    // What is here is not wanted already.
    if (kept === undefined) this.#unwant(seq);
    else this.#holdings.drop(kept);
    this.#late.delete(seq);
  }
}
