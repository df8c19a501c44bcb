/**
 * The datagrams kept to repair the lines of others: so many bytes, then the oldest go.
 *
 * @module
 */

/** Most bytes a room keeps of others' lines: 4 MiB are 50,000 lines of usual length. */
export const MAX_HELD_BYTES = 4 * 1024 * 1024;

/** What a kept datagram costs beside its bytes: without it 4 million empty ones would fit. */
const OVERHEAD_BYTES = 64;

/** A datagram that is kept while there is room. */
export interface Kept {
  /** The datagram; nothing once it had to go. */
  bytes: Uint8Array | undefined;
}

/** Datagrams in the order they came. */
export class Holdings {
  #limit: number;
  #queue: Kept[] = [];
  #head = 0;
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

  /**
   * Keeps a datagram; the oldest go if there is no room.
   *
   * @param bytes The datagram, not to be changed any more.
   * @returns Where it is kept.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   *
   * const holdings = new Holdings(200);
   * const old = holdings.keep(new Uint8Array(100));
   * holdings.keep(new Uint8Array(100));
   * assertEquals(old.bytes, undefined);
   * ```
   */
  keep(bytes: Uint8Array): Kept {
    const kept: Kept = { bytes };
    this.#queue.push(kept);
    this.#bytes += bytes.length + OVERHEAD_BYTES;
    while (this.#bytes > this.#limit && this.#head < this.#queue.length) {
      this.drop(this.#queue[this.#head++]!);
    }
    // Amortised: the part of the queue that is gone is cut off when it is the larger one.
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head).filter((one) => one.bytes !== undefined);
      this.#head = 0;
    }
    return kept;
  }

  /**
   * Lets a datagram go before its time.
   *
   * @param kept Where it is kept; may be dropped twice.
   */
  drop(kept: Kept): void {
    if (kept.bytes === undefined) return;
    this.#bytes -= kept.bytes.length + OVERHEAD_BYTES;
    kept.bytes = undefined;
  }
}
