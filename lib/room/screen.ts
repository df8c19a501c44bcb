/**
 * Showing lines in the order in which they belong.
 *
 * @module
 */

import type { Accepted } from "./accepted_line.ts";
import type { RoomEffect } from "./room_effect.ts";
import type { Sender } from "./senders.ts";
import { ShownLines } from "./shown_lines.ts";

/** What was shown of everybody. */
export class Screen {
  #shown = new ShownLines();

  /**
   * Shows a line.
   *
   * @param sender Whose it is; its socket is known.
   * @param accepted The line.
   * @param effects Where to put what is to be done.
   */
  show(sender: Sender, accepted: Accepted, effects: RoomEffect[]): void {
    const { bytes, seq, saidAt, recovered, loose } = accepted;
    const place = this.#shown.add(sender, seq, saidAt);
    if (loose !== undefined) loose.entry = this.#shown.last;
    const { id, name } = sender;
    const source = sender.source!;
    effects.push({ kind: "show", bytes, source, member: id, name, seq, saidAt, recovered, place });
  }

  /**
   * Moves what stands wrong now that it has a number.
   *
   * @param sender Whose lines.
   * @param effects Where to put what is to be done.
   */
  reorder(sender: Sender, effects: RoomEffect[]): void {
    for (const { entry, seq } of sender.lines.takeNumbered()) {
      const move = this.#shown.number(entry, seq);
      if (move !== undefined) effects.push({ kind: "moved", ...move });
    }
  }

  /**
   * Shows what waited for a report, since the sender makes none.
   *
   * @param sender A simple client.
   * @param effects Where to put what is to be done.
   */
  release(sender: Sender, effects: RoomEffect[]): void {
    for (const { bytes, loose } of sender.lines.release()) {
      this.show(sender, { bytes, seq: 0, saidAt: loose.at, recovered: false, loose }, effects);
    }
  }
}
