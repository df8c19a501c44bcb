/**
 * Who has the lines that this member said.
 *
 * @module
 */

import type { HeardSender } from "../framing/control_messages.ts";
import type { Hex64 } from "../framing/datagram_hash.ts";

/** Lines whose receipts are kept. */
export const MAX_RECEIPT_LINES = 64;

/** Lines that a report tells of. */
const TOLD_LINES = 32;

/** Who has one line. */
export interface Receipt {
  /** The line's number. */
  readonly seq: number;
  /** When it was said, in milliseconds. */
  readonly saidAt: number;
  /** Those of the members present now who said to have it. */
  readonly has: readonly Hex64[];
  /** Those of whom it is not known: a report tells of 32 lines, and theirs came behind more. */
  readonly untold: readonly Hex64[];
}

/** The receipts of the last lines. */
export class Receipts {
  /** In the order of their numbers; lists of who only once somebody told of the line. */
  #lines = new Map<number, { saidAt: number; has?: Set<Hex64>; untold?: Set<Hex64> }>();

  /**
   * Waits for the receipts of a line.
   *
   * @param seq Its number.
   * @param now The time in milliseconds.
   */
  said(seq: number, now: number): void {
    this.#lines.set(seq, { saidAt: now });
    this.#lines.delete(seq - MAX_RECEIPT_LINES);
  }

  /**
   * Takes what a member says to have.
   *
   * @param member Who says so.
   * @param heard What it has of this member's lines.
   */
  heard(member: Hex64, heard: Pick<HeardSender, "highest" | "has">): void {
    for (let back = 0; back < TOLD_LINES; back++) {
      if ((heard.has >>> back & 1) === 0) continue;
      const line = this.#lines.get(heard.highest - back);
      if (line !== undefined) (line.has ??= new Set()).add(member);
    }
    for (const [seq, line] of this.#lines) {
      if (seq > heard.highest - TOLD_LINES) break;
      if (!line.has?.has(member)) (line.untold ??= new Set()).add(member);
    }
  }

  /**
   * Lists the last lines.
   *
   * @param present Says who is in the room.
   * @returns The receipts, the latest line last.
   */
  list(present: (member: Hex64) => boolean): Receipt[] {
    return [...this.#lines].map(([seq, { saidAt, has, untold }]) => ({
      seq,
      saidAt,
      has: [...has ?? []].filter(present),
      untold: [...untold ?? []].filter((id) => present(id) && !has?.has(id)),
    }));
  }
}
