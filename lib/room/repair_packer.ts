/**
 * Packing lines into a repair, as many as fit a datagram.
 *
 * @module
 */

import { REPAIR_HEAD_BYTES } from "../framing/control.ts";
import type { RepairPart } from "../framing/control_messages.ts";
import { partsOf, sizeOf } from "./repair_parts.ts";

/** Most parts of a repair: a byte counts them. */
const MAX_PARTS = 200;

/** A repair that is being packed. */
export class RepairPacker {
  /** What it brings. */
  readonly parts: RepairPart[] = [];
  readonly #maxBytes: number;
  #size = REPAIR_HEAD_BYTES;

  /**
   * Starts with nothing.
   *
   * @param maxBytes Most bytes of a repair.
   */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Its size in bytes; of a line too long for one datagram, that of all together. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds a line, if it fits. A line too long for a datagram has a repair of its own.
   *
   * @param seq Its number, 0 for an orphan.
   * @param age Its age in units of 10 ms.
   * @param bytes Its datagram.
   * @returns False if it does not fit.
   */
  add(seq: number, age: number, bytes: Uint8Array): boolean {
    const pieces = partsOf(seq, age, bytes, this.#maxBytes);
    const size = pieces.reduce((sum, part) => sum + sizeOf(part), 0);
    const isFirst = this.parts.length === 0;
    if (!isFirst && this.#size + size > this.#maxBytes) return false;
    if (this.parts.length + pieces.length > MAX_PARTS) return false;
    this.parts.push(...pieces);
    this.#size += size;
    return true;
  }
}
