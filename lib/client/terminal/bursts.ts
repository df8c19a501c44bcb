/**
 * Recognises a paste where the terminal does not mark it: lines that come faster than anybody types.
 * Pure: the driver has the clock.
 *
 * @module
 */

import type { KeyEvent } from "./keys.ts";
import { MAX_PASTE_LENGTH } from "./paste_collector.ts";

/** ms without a key after which a paste is over: less than lies between two keys of a person. */
export const BURST_GAP = 10;

/**
 * Enters in what counts as a paste: two lines in one read are also what somebody typed while the machine
 * was busy, or what a program types.
 */
const MIN_LINES = 3;

/**
 * Stands between the keys and the editor. Where Enter comes together with text, in one read, it waits
 * for what follows: more text behind the Enter makes it a paste.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const bursts = new Bursts();
 * const keys = [{ kind: "text", text: "one" }, { kind: "key", name: "enter" }] as const;
 * assertEquals(bursts.push(keys), []);
 * assertEquals(bursts.push([{ kind: "text", text: "two" }]), []);
 * assertEquals(bursts.flush().length, 3);
 * ```
 */
export class Bursts {
  #held: KeyEvent[] = [];
  #length = 0;

  /** Whether something waits for {@linkcode flush}. */
  get pending(): boolean {
    return this.#held.length > 0;
  }

  /**
   * Takes what one read brought.
   *
   * @param events The keys.
   * @returns What is sure, in order.
   */
  push(events: readonly KeyEvent[]): KeyEvent[] {
    const plain = events.every(isPlain);
    if (this.pending && !plain) return [...this.flush(), ...events];
    const begins = events.length > 1 && plain && events.some(isEnter);
    if (!this.pending && !begins) return [...events];
    for (const event of events) this.#hold(event);
    return [];
  }

  /**
   * Says that nothing more came for {@linkcode BURST_GAP}.
   *
   * @returns What was held: a paste, or the keys of one line that was typed.
   */
  flush(): KeyEvent[] {
    const held = this.#held;
    const cut = this.#length > MAX_PASTE_LENGTH;
    this.#held = [];
    this.#length = 0;
    if (!cut && held.filter(isEnter).length < MIN_LINES) return held;
    return [{ kind: "paste", text: held.map(textOf).join(""), cut, burst: true }];
  }

  #hold(event: KeyEvent): void {
    this.#length += textOf(event).length;
    // What is too long is refused as a whole; a bit of it says so.
    if (this.#length <= MAX_PASTE_LENGTH || this.#held.length < 3) this.#held.push(event);
  }
}

function isEnter(event: KeyEvent): boolean {
  return event.kind === "key" && event.name === "enter";
}

/** What a paste consists of. */
function isPlain(event: KeyEvent): boolean {
  return event.kind === "text" || isEnter(event) || (event.kind === "key" && event.name === "tab");
}

function textOf(event: KeyEvent): string {
  if (event.kind !== "key") return event.text;
  return event.name === "enter" ? "\n" : "\t";
}
