/**
 * What becomes of pasted lines: in a room they are said, whatever they look like. Pure.
 *
 * @module
 */

/** What to do with a line. */
export type PasteJudgement =
  /** What is done with a typed line. */
  | "run"
  /** Say it, a slash at its beginning too. */
  | "say"
  /** Neither, and tell so. */
  | "refuse"
  /** Neither, and that has been told. */
  | "drop";

/**
 * Follows pastes of several lines. Somebody else's text must not do anything but be said, and what was
 * meant for a room must not become commands when the room is left.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const pastes = new Pastes();
 * assertEquals(pastes.judge(undefined, true), "run");
 * assertEquals([pastes.judge(1, true), pastes.judge(1, false)], ["say", "refuse"]);
 * ```
 */
export class Pastes {
  #last = 0;
  #inRoom = false;
  #refused = false;

  /**
   * Judges a line.
   *
   * @param paste Which paste the line is a part of; undefined if it was typed.
   * @param chatting Whether the client is in a room now.
   * @returns What to do with it.
   */
  judge(paste: number | undefined, chatting: boolean): PasteJudgement {
    if (paste === undefined) return "run";
    if (paste !== this.#last) {
      this.#last = paste;
      this.#inRoom = chatting;
      this.#refused = false;
    }
    if (!this.#inRoom) return "run";
    if (chatting) return "say";
    const told = this.#refused;
    this.#refused = true;
    return told ? "drop" : "refuse";
  }
}
