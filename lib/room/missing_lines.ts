/**
 * The numbers of one sender that have no line yet.
 *
 * @module
 */

import type { Hex64 } from "../framing/datagram_hash.ts";
import { claimed, isAskable, want, type Wanted } from "./wanted.ts";

/** Lines whose time is in doubt (before one joined?) that are asked for at once: they may be idle. */
const MAX_UNCERTAIN_ASKED = 16;

/** A missing line is given up after this time, in milliseconds: an age says no more either. */
export const GIVE_UP_MS = 600_000;

/** ...or when nobody said to have it for so long, in milliseconds. */
export const NO_EVIDENCE_MS = 180_000;

/** Missing lines by number, and by hash where it is known. */
export class MissingLines {
  #wanted = new Map<number, Wanted>();
  #byHash = new Map<Hex64, number[]>();
  /** Of how many it is known what they are. */
  #hashed = 0;

  /** How many there are. */
  get size(): number {
    return this.#wanted.size;
  }

  /** Of how many it is not known what they are. */
  get unhashed(): number {
    return this.#wanted.size - this.#hashed;
  }

  /**
   * Says how a line is asked for.
   *
   * @param seq Its number.
   * @returns Its state if it is missing.
   */
  get(seq: number): Wanted | undefined {
    return this.#wanted.get(seq);
  }

  /**
   * Lists what is missing.
   *
   * @returns Numbers and states.
   */
  entries(): IterableIterator<[number, Wanted]> {
    return this.#wanted.entries();
  }

  /**
   * Takes note that somebody says to have all lines from some number on.
   *
   * @param first The number.
   * @param now The time in milliseconds.
   */
  claimedFrom(first: number, now: number): void {
    this.#wanted.forEach((wanted, seq) => {
      if (seq >= first) claimed(wanted, now);
    });
  }

  /**
   * Misses a line.
   *
   * @param seq Its number.
   * @param now The time in milliseconds.
   */
  add(seq: number, now: number): void {
    this.#wanted.set(seq, want(now));
  }

  /**
   * Learns what datagram a missing line is.
   *
   * @param seq Its number.
   * @param hash The datagram's hash.
   */
  awaitHash(seq: number, hash: Hex64): void {
    this.#hashed++;
    const seqs = this.#byHash.get(hash);
    if (seqs === undefined) this.#byHash.set(hash, [seq]);
    else seqs.push(seq);
  }

  /**
   * Finds where a datagram belongs that comes late.
   *
   * @param hash Its hash.
   * @returns The first missing number that it fits.
   */
  at(hash: Hex64): number | undefined {
    return this.#byHash.get(hash)?.[0];
  }

  /**
   * Misses a line no more.
   *
   * @param seq Its number.
   * @param hash The hash it was awaited by, if any.
   */
  delete(seq: number, hash: Hex64 | undefined): void {
    if (!this.#wanted.delete(seq) || hash === undefined) return;
    const seqs = this.#byHash.get(hash);
    if (seqs === undefined || !seqs.includes(seq)) return;
    this.#hashed--;
    const rest = seqs.filter((other) => other !== seq);
    if (rest.length > 0) this.#byHash.set(hash, rest);
    else this.#byHash.delete(hash);
  }

  /**
   * Lists what may be asked for: of the lines in doubt only the latest, since the first of them
   * that proves too old answers for the rest.
   *
   * @param uncertain Numbers up to here are in doubt.
   * @returns Numbers and states.
   */
  *askable(uncertain: number): Generator<[number, Wanted]> {
    const doubtful: number[] = [];
    for (const entry of this.#wanted) {
      if (entry[0] <= uncertain) doubtful.push(entry[0]);
      else if (isAskable(entry[1])) yield entry;
    }
    doubtful.sort((a, b) => b - a);
    for (const seq of doubtful.slice(0, MAX_UNCERTAIN_ASKED)) {
      const wanted = this.#wanted.get(seq)!;
      if (isAskable(wanted)) yield [seq, wanted];
    }
  }

  /**
   * Lists what nobody can have any more.
   *
   * @param now The time in milliseconds.
   * @returns Numbers.
   */
  hopeless(now: number): number[] {
    const seqs: number[] = [];
    for (const [seq, { since, evidenceAt }] of this.#wanted) {
      if (now - since >= GIVE_UP_MS || now - evidenceAt >= NO_EVIDENCE_MS) seqs.push(seq);
    }
    return seqs;
  }
}
