/**
 * Lines by consecutive numbers, none as an object of its own.
 *
 * @module
 */

import type { Hex64 } from "../framing/datagram_hash.ts";
import type { Ticket } from "./holdings.ts";

/** What a sender that says little takes. */
const FIRST_LINES = 32;

/** A line that is here, as its sender said it. */
export interface HereLine {
  /** The hash of its datagram. */
  readonly hash: Hex64;
  /** Always: it came before its number did. */
  readonly verified: true;
  /** How to find its datagram. */
  readonly kept: Ticket;
  /** When it was said, in milliseconds. */
  readonly saidAt: number;
}

/**
 * A window of lines. What there are thousands of and each of which stays for a while is expensive as
 * objects: the garbage collector moves them twice before it leaves them alone.
 */
export class LineRing {
  readonly #most: number;
  /** By number, in rings. */
  #seqs = new Float64Array(FIRST_LINES);
  #kept = new Float64Array(FIRST_LINES);
  #saidAt = new Float64Array(FIRST_LINES);
  #hashes: Hex64[] = Array<Hex64>(FIRST_LINES).fill("");

  /**
   * Starts with nothing.
   *
   * @param most How far the numbers of lines that are here may be apart: a power of two.
   */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Puts a line in.
   *
   * @param seq Its number, 1 or more.
   * @param hash The hash of its datagram.
   * @param kept How to find its datagram.
   * @param saidAt When it was said, in milliseconds.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   *
   * const ring = new LineRing(64);
   * ring.set(7, "85944171f73967e8", 1, 10);
   * assertEquals(ring.get(7)?.hash, "85944171f73967e8");
   * assertEquals(ring.get(7 + 64), undefined);
   * ```
   */
  set(seq: number, hash: Hex64, kept: Ticket, saidAt: number): void {
    let index = this.#indexOf(seq);
    while (this.#seqs[index] !== 0 && this.#seqs.length < this.#most) {
      this.#widen();
      index = this.#indexOf(seq);
    }
    this.#seqs[index] = seq;
    this.#hashes[index] = hash;
    this.#kept[index] = kept;
    this.#saidAt[index] = saidAt;
  }

  /**
   * Finds a line.
   *
   * @param seq Its number.
   * @returns The line, if it is here.
   */
  get(seq: number): HereLine | undefined {
    if (!this.has(seq)) return undefined;
    const index = this.#indexOf(seq);
    return {
      hash: this.#hashes[index]!,
      verified: true,
      kept: this.#kept[index]!,
      saidAt: this.#saidAt[index]!,
    };
  }

  /**
   * Says whether a line is here.
   *
   * @param seq Its number.
   * @returns True if it is.
   */
  has(seq: number): boolean {
    return seq > 0 && this.#seqs[this.#indexOf(seq)] === seq;
  }

  /**
   * Tells what a line is.
   *
   * @param seq Its number.
   * @returns The hash of its datagram, if it is here.
   */
  hashOf(seq: number): Hex64 | undefined {
    return this.has(seq) ? this.#hashes[this.#indexOf(seq)] : undefined;
  }

  /**
   * Takes a line out.
   *
   * @param seq Its number.
   * @returns How to find its datagram, if it was here.
   */
  take(seq: number): Ticket | undefined {
    if (!this.has(seq)) return undefined;
    const index = this.#indexOf(seq);
    this.#seqs[index] = 0;
    return this.#kept[index]!;
  }

  #indexOf(seq: number): number {
    return seq & (this.#seqs.length - 1);
  }

  #widen(): void {
    const [seqs, hashes, kept, saidAt] = [this.#seqs, this.#hashes, this.#kept, this.#saidAt];
    this.#seqs = new Float64Array(seqs.length * 2);
    this.#kept = new Float64Array(seqs.length * 2);
    this.#saidAt = new Float64Array(seqs.length * 2);
    this.#hashes = Array<Hex64>(seqs.length * 2).fill("");
    for (let i = 0; i < seqs.length; i++) {
      if (seqs[i] !== 0) this.set(seqs[i]!, hashes[i]!, kept[i]!, saidAt[i]!);
    }
  }
}
