/**
 * Datagrams that are kept, others' and one's own: so many bytes, then the oldest go.
 *
 * They stand one behind the other in one piece of memory, and are found by numbers. As objects of their
 * own they cost a busy room more than all else: the garbage collector moved each of them twice.
 *
 * @module
 */

/** Most bytes a room keeps of others' lines: 4 MiB are 30,000 lines of usual length. */
export const MAX_HELD_BYTES = 4 * 1024 * 1024;

/** What a kept datagram costs beside its bytes: without it 4 million empty ones would fit. */
const OVERHEAD_BYTES = 64;

/** Datagrams kept at the same time lie no further apart than this: as many as fit, empty ones. */
const MAX_APART = MAX_HELD_BYTES / OVERHEAD_BYTES;

/** What a room with few lines takes: some 50 of them. */
const FIRST_BYTES = 4096;
const FIRST_COUNT = 64;

/** Finds a datagram that is kept; above 0. */
export type Ticket = number;

/** Datagrams in the order they came. */
export class Holdings {
  readonly #limit: number;
  /** The datagrams, the first first; those let go leave gaps until they are moved together. */
  #memory = new Uint8Array(FIRST_BYTES);
  #end = 0;
  /** Where each is, plus 1; 0 once it was let go. By ticket, in a ring. */
  #places = new Uint32Array(FIRST_COUNT);
  #lengths = new Uint16Array(FIRST_COUNT);
  /** The first ticket that may be kept, and the next to be given. */
  #first: Ticket = 1;
  #next: Ticket = 1;
  /** The bytes kept, without what they cost beside, and with it. */
  #kept = 0;
  #bytes = 0;

  /**
   * Starts empty.
   *
   * @param limit Most bytes to keep.
   */
  constructor(limit: number = MAX_HELD_BYTES) {
    this.#limit = limit;
  }

  /** The bytes kept now, with what they cost beside. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The bytes of memory taken, what is free in it included. */
  get size(): number {
    return this.#memory.byteLength + this.#places.byteLength + this.#lengths.byteLength;
  }

  /**
   * Keeps a copy of a datagram; the oldest go if there is no room.
   *
   * @param bytes The datagram, at most 65,535 bytes.
   * @returns How to find it.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   *
   * const holdings = new Holdings(200);
   * const old = holdings.keep(new Uint8Array(100));
   * const ticket = holdings.keep(Uint8Array.of(1, 2));
   * assertEquals(holdings.get(ticket), Uint8Array.of(1, 2));
   * assertEquals(holdings.get(old), undefined);
   * ```
   */
  keep(bytes: Uint8Array): Ticket {
    const { length } = bytes;
    this.#bytes += length + OVERHEAD_BYTES;
    this.#kept += length;
    while (this.#first < this.#next) {
      if (this.#bytes <= this.#limit && this.#next - this.#first < MAX_APART) break;
      this.drop(this.#first);
    }
    if (this.#end + length > this.#memory.length) this.#tidy();
    if (this.#next - this.#first >= this.#places.length) this.#widen();
    const index = this.#indexOf(this.#next);
    this.#memory.set(bytes, this.#end);
    this.#places[index] = this.#end + 1;
    this.#lengths[index] = length;
    this.#end += length;
    return this.#next++;
  }

  /**
   * Finds a datagram.
   *
   * @param ticket What {@linkcode keep} returned.
   * @returns A copy of it; nothing once it had to go.
   */
  get(ticket: Ticket): Uint8Array<ArrayBuffer> | undefined {
    if (!this.has(ticket)) return undefined;
    const index = this.#indexOf(ticket);
    const start = this.#places[index]! - 1;
    return this.#memory.slice(start, start + this.#lengths[index]!);
  }

  /**
   * Says whether a datagram is kept.
   *
   * @param ticket What {@linkcode keep} returned.
   * @returns False once it had to go.
   */
  has(ticket: Ticket): boolean {
    const isGiven = ticket >= this.#first && ticket < this.#next;
    return isGiven && this.#places[this.#indexOf(ticket)] !== 0;
  }

  /**
   * Lets a datagram go before its time.
   *
   * @param ticket How to find it; may be dropped twice.
   */
  drop(ticket: Ticket): void {
    if (!this.has(ticket)) return;
    const index = this.#indexOf(ticket);
    this.#places[index] = 0;
    this.#kept -= this.#lengths[index]!;
    this.#bytes -= this.#lengths[index]! + OVERHEAD_BYTES;
    while (this.#first < this.#next && this.#places[this.#indexOf(this.#first)] === 0) {
      this.#first++;
    }
  }

  #indexOf(ticket: Ticket): number {
    return ticket & (this.#places.length - 1);
  }

  /** Moves together what is kept, where as much again has room: so each is moved once, on average. */
  #tidy(): void {
    const wanted = Math.max(FIRST_BYTES, 2 * this.#kept);
    const fits = wanted <= this.#memory.length && this.#memory.length <= 4 * wanted;
    const memory = fits ? this.#memory : new Uint8Array(wanted);
    let end = 0;
    for (let ticket = this.#first; ticket < this.#next; ticket++) {
      const index = this.#indexOf(ticket);
      const place = this.#places[index]!;
      if (place === 0) continue;
      const length = this.#lengths[index]!;
      if (fits) memory.copyWithin(end, place - 1, place - 1 + length);
      else memory.set(this.#memory.subarray(place - 1, place - 1 + length), end);
      this.#places[index] = end + 1;
      end += length;
    }
    this.#memory = memory;
    this.#end = end;
  }

  #widen(): void {
    const [places, lengths] = [this.#places, this.#lengths];
    this.#places = new Uint32Array(places.length * 2);
    this.#lengths = new Uint16Array(places.length * 2);
    for (let ticket = this.#first; ticket < this.#next; ticket++) {
      const from = ticket & (places.length - 1);
      this.#places[this.#indexOf(ticket)] = places[from]!;
      this.#lengths[this.#indexOf(ticket)] = lengths[from]!;
    }
  }
}
