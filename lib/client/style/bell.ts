/**
 * When the terminal's bell rings. Pure.
 *
 * @module
 */

/** When people want to hear it. */
export const BELL_WISHES = ["off", "mention", "all"] as const;

/** One of {@linkcode BELL_WISHES}. */
export type BellWish = typeof BELL_WISHES[number];

/** ms in which a bell is heard once: a burst of messages is one piece of news. */
export const BELL_GAP = 1000;

const BELL = "\x07";

/** Keeps track of when the bell rang. */
export class Bell {
  #rangAt = -Infinity;

  /**
   * Says what to write with a message.
   *
   * @param wish When it is to ring.
   * @param isMention Whether the message has one's name.
   * @param now The time in milliseconds.
   * @returns The control character that rings, or nothing.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   *
   * const bell = new Bell();
   * assertEquals(bell.ring("mention", true, 0), "\x07");
   * assertEquals(bell.ring("mention", true, 999), "");
   * ```
   */
  ring(wish: BellWish, isMention: boolean, now: number): string {
    const isWanted = wish === "all" || (wish === "mention" && isMention);
    if (!isWanted || Math.abs(now - this.#rangAt) < BELL_GAP) return "";
    this.#rangAt = now;
    return BELL;
  }
}
