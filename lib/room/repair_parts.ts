/**
 * Packing lines into repairs, and putting those together that were too long for one.
 *
 * @module
 */

import { REPAIR_HEAD_BYTES, REPAIR_PART_BYTES } from "../framing/control.ts";
import { MAX_CONTROL_BYTES } from "../framing/control_bytes.ts";
import type { RepairPart } from "../framing/control_messages.ts";

/** Lines that are put together at once: more are started by liars only. */
const MAX_PARTIAL = 32;

/**
 * Cuts a line into parts that fit a repair: nearly always one.
 *
 * @param seq Its number, 0 for an orphan.
 * @param age Its age in units of 10 ms.
 * @param bytes Its datagram.
 * @param maxBytes Most bytes of a repair.
 * @returns The parts.
 */
export function partsOf(
  seq: number,
  age: number,
  bytes: Uint8Array,
  maxBytes: number = MAX_CONTROL_BYTES,
): RepairPart[] {
  const parts: RepairPart[] = [];
  const most = maxBytes - REPAIR_HEAD_BYTES - REPAIR_PART_BYTES;
  for (let offset = 0; offset < bytes.length; offset += most) {
    const piece = bytes.subarray(offset, offset + most);
    parts.push({ seq, age, total: bytes.length, offset, bytes: piece });
  }
  return parts;
}

/**
 * Says how many bytes a part takes in a repair.
 *
 * @param part The part.
 * @returns Bytes.
 */
export function sizeOf(part: RepairPart): number {
  return REPAIR_PART_BYTES + part.bytes.length;
}

/**
 * Divides the parts of a repair into datagrams; only those of a long line need more than one.
 *
 * @param parts The parts.
 * @param maxBytes Most bytes of a repair.
 * @returns The parts of each datagram.
 */
export function intoDatagrams(
  parts: readonly RepairPart[],
  maxBytes: number = MAX_CONTROL_BYTES,
): RepairPart[][] {
  const datagrams: RepairPart[][] = [];
  let free = 0;
  for (const part of parts) {
    if (datagrams.length === 0 || sizeOf(part) > free) {
      datagrams.push([]);
      free = maxBytes - REPAIR_HEAD_BYTES;
    }
    datagrams.at(-1)!.push(part);
    free -= sizeOf(part);
  }
  return datagrams;
}

/** Puts lines together whose parts arrive one by one, in any order. */
export class PartialLines {
  #lines = new Map<string, Map<number, Uint8Array>>();

  /**
   * Takes a part.
   *
   * @param of Whose line: an id, or an address and port.
   * @param part The part.
   * @returns The datagram once all of it is here; perhaps a view of the part.
   */
  add(of: string, { seq, total, offset, bytes }: RepairPart): Uint8Array | undefined {
    if (offset === 0 && bytes.length === total) return bytes;
    const id = `${of}/${seq}/${total}`;
    const parts = this.#lines.get(id) ?? new Map<number, Uint8Array>();
    parts.set(offset, bytes.slice());
    this.#lines.delete(id);
    this.#lines.set(id, parts);
    if (this.#lines.size > MAX_PARTIAL) this.#lines.delete(this.#lines.keys().next().value!);
    const line = new Uint8Array(total);
    let end = 0;
    for (const [at, piece] of [...parts].sort(([a], [b]) => a - b)) {
      if (at !== end) return undefined;
      line.set(piece, at);
      end += piece.length;
    }
    if (end !== total) return undefined;
    this.#lines.delete(id);
    return line;
  }
}
