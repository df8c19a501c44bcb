/**
 * From the bytes of a pipe to lines. Pure: no I/O.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import type { InputEvent } from "./console.ts";

/** Bytes of one line of a script: far above any message, and a bound on memory. */
export const MAX_PIPE_LINE_BYTES = 1024 * 1024;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const LEAVE = 0x1d;

/**
 * Splits bytes into lines at `\n` or `\r\n`. The byte 0x1d leaves, wherever it stands: what stands
 * before it is a line of its own, a line end right behind it belongs to it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const splitter = new LineSplitter();
 * assertEquals(splitter.push(new TextEncoder().encode("chat lab\nHel")), [
 *   { kind: "line", text: "chat lab" },
 * ]);
 * assertEquals(splitter.push(new TextEncoder().encode("lo\x1d\n")), [
 *   { kind: "line", text: "Hello" },
 *   { kind: "leave" },
 * ]);
 * assertEquals(splitter.end(), [{ kind: "end" }]);
 * ```
 */
export class LineSplitter {
  #parts: Uint8Array[] = [];
  #size = 0;
  #afterLeave = false;

  /**
   * Takes the next bytes.
   *
   * @param bytes Any number of bytes; the splitter keeps a copy of what it needs.
   * @returns What they complete, in order.
   */
  push(bytes: Uint8Array): InputEvent[] {
    const events: InputEvent[] = [];
    let start = 0;
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index];
      if (byte !== LINE_FEED && byte !== LEAVE) continue;
      this.#keep(bytes.subarray(start, index));
      start = index + 1;
      this.#finish(events, byte === LEAVE || this.#afterLeave);
      this.#afterLeave = byte === LEAVE;
      if (byte === LEAVE) events.push({ kind: "leave" });
    }
    this.#keep(bytes.subarray(start));
    return events;
  }

  /**
   * Takes the end of the input.
   *
   * @returns The last line if it had no line end, then `end`.
   */
  end(): InputEvent[] {
    const events: InputEvent[] = [];
    this.#finish(events, true);
    events.push({ kind: "end" });
    return events;
  }

  #keep(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#size > MAX_PIPE_LINE_BYTES) this.#parts = [];
    else if (bytes.length > 0) this.#parts.push(bytes.slice());
  }

  #finish(events: InputEvent[], skipEmpty: boolean): void {
    const dropped = this.#size > MAX_PIPE_LINE_BYTES;
    const line = this.#takeLine();
    if (dropped) events.push({ kind: "dropped" });
    else if (line !== "" || !skipEmpty) events.push({ kind: "line", text: line });
  }

  #takeLine(): string {
    const parts = this.#parts;
    this.#parts = [];
    this.#size = 0;
    const bytes = parts.length === 1 ? parts[0]! : concat(parts);
    const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
    return new TextDecoder().decode(bytes.subarray(0, end));
  }
}
