/**
 * The border between what others told and what one heard: no line twice, none missing.
 *
 * @module
 */

import type { SocketAddress } from "../net/datagram.ts";
import { pastKey, type PastLine } from "./past_line.ts";
import type { HistoryEntry } from "./peer_methods.ts";

/** Lines said this many milliseconds before one came, or later, may still be heard by oneself. */
export const BORDER_MS = 3000;

/**
 * Two members hear one line at times that differ by less than this, in milliseconds: equal lines
 * farther apart were said twice.
 */
export const SAME_LINE_MS = 500;

/** Most lines heard that are remembered while one waits: an answer has 50, and they are the last. */
const MAX_LIVE = 4096;

const encoder = new TextEncoder();

/** A line that was heard. */
interface Live {
  readonly key: string;
  readonly at: number;
}

/** A line that was told. When it was said is known from the ends of the request only. */
interface Told {
  readonly key: string;
  /** It was not said before, in milliseconds. */
  readonly low: number;
  /** It was not said later. */
  readonly high: number;
}

/** Tells history from what is or will be heard, by socket, text and time. */
export class HistoryMerge {
  readonly #enteredAt: number;
  #live: Live[] = [];
  /** Told and said after one came, but not heard yet: the room's core will bring them. */
  #awaited: Told[] = [];
  /** Shown as history, though the room's core may bring them too. */
  #shown: Told[] = [];

  /**
   * Begins when one enters.
   *
   * @param enteredAt When that is, in milliseconds.
   */
  constructor(enteredAt: number) {
    this.#enteredAt = enteredAt;
  }

  /**
   * Takes a line that was heard before the answer.
   *
   * @param source The data socket it came from.
   * @param bytes The datagram.
   * @param at When it was said, in milliseconds.
   */
  live(source: SocketAddress, bytes: Uint8Array, at: number): void {
    this.#live.push({ key: pastKey(source, bytes), at });
    // In blocks, since shifting for each line is slow.
    if (this.#live.length > 2 * MAX_LIVE) this.#live.splice(0, MAX_LIVE);
  }

  /**
   * Takes the answer.
   *
   * @param lines The lines, the oldest first.
   * @param askedAt When it was asked for, in milliseconds.
   * @param now When it came.
   * @returns Those of them that are history, the oldest first.
   */
  told(lines: readonly HistoryEntry[], askedAt: number, now: number): PastLine[] {
    const history: PastLine[] = [];
    // From the latest on: of equal lines, those that were heard are the later ones.
    for (let i = lines.length - 1; i >= 0; i--) {
      const { age, from, text } = lines[i]!;
      const bytes = encoder.encode(text);
      const told = { key: pastKey(from, bytes), low: askedAt - age, high: now - age };
      const isNear = told.high >= this.#enteredAt - BORDER_MS;
      if (isNear && this.#takeLive(told)) continue;
      // Heard by the one who told it after one came, it may have left its sender before.
      if (told.low > this.#enteredAt + SAME_LINE_MS) {
        this.#awaited.push(told);
        continue;
      }
      history.push({ bytes, source: from, at: told.high });
      if (isNear) this.#shown.push(told);
    }
    this.#live = [];
    return history.reverse();
  }

  /**
   * Says of a line heard after the answer whether it was shown as history. Each is found once.
   *
   * @param source The data socket it came from.
   * @param bytes The datagram.
   * @param at When it was said, in milliseconds.
   * @returns True if it was.
   */
  isShown(source: SocketAddress, bytes: Uint8Array, at: number): boolean {
    if (this.#shown.length === 0) return false;
    const live = { key: pastKey(source, bytes), at };
    return !take(this.#awaited, (told) => isSame(told, live)) &&
      take(this.#shown, (told) => isSame(told, live));
  }

  #takeLive(told: Told): boolean {
    const index = this.#live.findLastIndex((live) => isSame(told, live));
    if (index === -1) return false;
    this.#live.splice(index, 1);
    return true;
  }
}

/** Removes the first that fits. */
function take(list: Told[], fits: (told: Told) => boolean): boolean {
  const index = list.findIndex(fits);
  if (index === -1) return false;
  list.splice(index, 1);
  return true;
}

function isSame({ key, low, high }: Told, live: Live): boolean {
  return key === live.key && live.at >= low - SAME_LINE_MS && live.at <= high + SAME_LINE_MS;
}
