/**
 * The last lines said here, to tell who has them.
 *
 * @module
 */

import type { Hex64 } from "../framing/datagram_hash.ts";
import { MAX_RECEIPT_LINES, type Receipt } from "./receipts.ts";

/** A line with its receipt. */
export interface SaidLine extends Receipt {
  /** The line: `Name: text`. */
  readonly text: string;
}

/** The texts of the last lines; and which of them nobody seems to have. */
export class SaidLines {
  #texts = new Map<number, { text: string; saidAt: number }>();
  #last = 0;
  /** Lines up to here were told of, or are known to have arrived. */
  #told = 0;

  /** When {@linkcode unheard} is to be asked next, in milliseconds, given how long receipts take. */
  nextDeadline(patience: number): number {
    const next = this.#texts.get(this.#told + 1);
    return next === undefined ? Infinity : next.saidAt + patience;
  }

  /**
   * Takes note of a line; numbers are given from 1 on, as the room's core does.
   *
   * @param text The line.
   * @param now The time in milliseconds.
   */
  said(text: string, now: number): void {
    this.#texts.set(++this.#last, { text, saidAt: now });
    this.#texts.delete(this.#last - MAX_RECEIPT_LINES);
    this.#told = Math.max(this.#told, this.#last - MAX_RECEIPT_LINES);
  }

  /**
   * Puts texts to receipts.
   *
   * @param receipts The core's.
   * @returns Those whose text is known, the latest last.
   */
  list(receipts: readonly Receipt[]): SaidLine[] {
    return receipts.flatMap((receipt) => {
      const text = this.#texts.get(receipt.seq)?.text;
      return text === undefined ? [] : [{ ...receipt, text }];
    });
  }

  /**
   * Finds lines that nobody has, each once.
   *
   * @param receipts The core's.
   * @param present Since when members are present: who came later cannot have it.
   * @param patience How long receipts may take, in milliseconds.
   * @param now The time in milliseconds.
   * @returns The lines.
   */
  unheard(
    receipts: readonly Receipt[],
    present: ReadonlyMap<Hex64, number>,
    patience: number,
    now: number,
  ): SaidLine[] {
    const unheard: SaidLine[] = [];
    if (now < this.nextDeadline(patience)) return unheard;
    for (const line of this.list(receipts)) {
      if (line.seq <= this.#told) continue;
      if (now < line.saidAt + patience) break;
      this.#told = line.seq;
      const mayHave = [...present.values()].some((since) => since <= line.saidAt);
      const isHeard = line.has.length > 0 || line.untold.length > 0;
      if (!isHeard && mayHave) unheard.push(line);
    }
    return unheard;
  }
}
