/**
 * What was said here: who has it, and what nobody has.
 *
 * @module
 */

import { sanitise } from "../text.ts";
import type { RoomCore } from "./room_core.ts";
import type { LineReceipt } from "./room_event.ts";
import { describeReceipts } from "./room_people.ts";
import { SaidLines } from "./said_lines.ts";

/** Regular reports that may be lost before a line counts as unheard. */
const RECEIPT_ROUNDS = 3;

/** The texts of a room's link, and the receipts of its core. */
export class OwnLines {
  readonly #lines = new SaidLines();
  readonly #core: () => Pick<RoomCore, "interval" | "members" | "receipts">;
  #saidAt = -Infinity;

  /**
   * Starts with nothing said.
   *
   * @param core The room's core; asked when it is needed.
   */
  constructor(core: () => Pick<RoomCore, "interval" | "members" | "receipts">) {
    this.#core = core;
  }

  /** When something was said last, in milliseconds. */
  get saidAt(): number {
    return this.#saidAt;
  }

  /** When {@linkcode unheard} is to be asked next, in milliseconds. */
  get nextDeadline(): number {
    return this.#lines.nextDeadline(this.#patience);
  }

  /**
   * Takes note of a line, before the core does.
   *
   * @param bytes The datagram.
   * @param now The time in milliseconds.
   */
  said(bytes: Uint8Array, now: number): void {
    this.#saidAt = now;
    this.#lines.said(new TextDecoder().decode(bytes), now);
  }

  /**
   * Tells who has the last lines.
   *
   * @param now The time in milliseconds.
   * @returns A receipt per line, the latest last.
   */
  receipts(now: number): LineReceipt[] {
    const core = this.#core();
    return describeReceipts(this.#lines.list(core.receipts()), core.members(), now);
  }

  /**
   * Finds lines that nobody has though somebody could, each once.
   *
   * @param now The time in milliseconds.
   * @returns Their texts, safe for a terminal.
   */
  unheard(now: number): string[] {
    if (now < this.nextDeadline) return [];
    const core = this.#core();
    const present = new Map(core.members().map(({ id, since }) => [id, since]));
    const lines = this.#lines.unheard(core.receipts(), present, this.#patience, now);
    return lines.map(({ text }) => sanitise(text));
  }

  /** How long receipts may take, in milliseconds. */
  get #patience(): number {
    return RECEIPT_ROUNDS * this.#core().interval;
  }
}
