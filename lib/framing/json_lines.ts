/**
 * Lines of JSON, the session protocol's framing (DESIGN section 5): one value per line, UTF-8.
 *
 * @module
 */

/** Most bytes of one line without its `\n`: room for any honest message, and a bound on memory. */
export const MAX_LINE_BYTES: number = 64 * 1024;

/** What bytes turned out to be. An oversized line is told once, as soon as it is too long. */
export type JsonLineEvent =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "oversized" }
  | { readonly kind: "invalid-utf8" };

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The first piece of memory for a line that arrives in parts; it doubles up to the cap. */
const SMALL_KEPT_BYTES = 256;

/** A connection keeps at most this much between two lines, so that idle ones cost little. */
const MAX_SPARE_BYTES = 1024;

const EMPTY = new Uint8Array(0);
const encoder = new TextEncoder();
// A byte order mark is no JSON (RFC 8259, section 8.1): kept, so that the parser refuses it.
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Takes a connection's bytes, however TCP split them, and returns its lines. Pure: no I/O.
 *
 * A line ends with `\n` or `\r\n` and comes without it; empty lines are skipped. What follows the
 * last line end is kept (a copy, never more than {@linkcode MAX_LINE_BYTES}).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new JsonLineDecoder();
 * const encode = (text: string) => new TextEncoder().encode(text);
 * assertEquals(decoder.push(encode('{"id":1}\n\n{"id"')), [{ kind: "line", text: '{"id":1}' }]);
 * assertEquals(decoder.pending, true);
 * assertEquals(decoder.push(encode(":2}\r\n")), [{ kind: "line", text: '{"id":2}' }]);
 * ```
 */
export class JsonLineDecoder {
  #kept: Uint8Array = EMPTY;
  #size = 0;
  #skipping = false;

  /** Whether a line was begun and its end has not arrived. */
  get pending(): boolean {
    return this.#size > 0 || this.#skipping;
  }

  /**
   * Takes what arrived.
   *
   * @param chunk Bytes of the connection; they may be overwritten after the call.
   * @returns What the bytes complete, in order.
   */
  push(chunk: Uint8Array): JsonLineEvent[] {
    const events: JsonLineEvent[] = [];
    let start = 0;
    if (this.pending) {
      const end = chunk.indexOf(LINE_FEED);
      if (end === -1) {
        this.#keep(chunk, events);
        return events;
      }
      this.#keep(chunk.subarray(0, end), events);
      addLine(this.#kept.subarray(0, this.#size), events);
      this.#forget();
      start = end + 1;
    }
    const last = chunk.lastIndexOf(LINE_FEED);
    if (last >= start) addLines(chunk.subarray(start, last), events);
    else if (start === chunk.length) return events;
    this.#keep(last >= start ? chunk.subarray(last + 1) : chunk.subarray(start), events);
    return events;
  }

  /** Adds to the line that was begun, unless that makes it too long. */
  #keep(bytes: Uint8Array, events: JsonLineEvent[]): void {
    if (this.#skipping || bytes.length === 0) return;
    const size = this.#size + bytes.length;
    if (size > MAX_LINE_BYTES) {
      this.#forget();
      this.#skipping = true;
      events.push({ kind: "oversized" });
      return;
    }
    if (size > this.#kept.length) {
      const room = Math.max(size, 2 * this.#kept.length, SMALL_KEPT_BYTES);
      const kept = new Uint8Array(Math.min(room, MAX_LINE_BYTES));
      kept.set(this.#kept.subarray(0, this.#size));
      this.#kept = kept;
    }
    this.#kept.set(bytes, this.#size);
    this.#size = size;
  }

  #forget(): void {
    this.#size = 0;
    this.#skipping = false;
    if (this.#kept.length > MAX_SPARE_BYTES) this.#kept = EMPTY;
  }
}

/**
 * Checks that a line's text may be sent.
 *
 * @param text The text without `\n`.
 * @returns The same text.
 * @throws {RangeError} If it has more than {@linkcode MAX_LINE_BYTES} bytes of UTF-8.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(checkLine('{"id":1}'), '{"id":1}');
 * assertThrows(() => checkLine("x".repeat(MAX_LINE_BYTES + 1)), RangeError);
 * ```
 */
export function checkLine(text: string): string {
  const size = sizeOf(text);
  if (size <= MAX_LINE_BYTES) return text;
  throw new RangeError(`Cannot send a line of ${size} bytes: at most ${MAX_LINE_BYTES} fit.`);
}

/** Counts the bytes of a text in UTF-8, but only where the answer matters. */
function sizeOf(text: string): number {
  // A UTF-16 unit takes at most three bytes.
  return text.length * 3 <= MAX_LINE_BYTES ? text.length : encoder.encode(text).length;
}

/** Adds one line that arrived in parts. */
function addLine(bytes: Uint8Array, events: JsonLineEvent[]): void {
  const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
  if (end === 0) return;
  if (bytes.length > MAX_LINE_BYTES) {
    events.push({ kind: "oversized" });
    return;
  }
  const text = decode(bytes.subarray(0, end));
  events.push(text === undefined ? { kind: "invalid-utf8" } : { kind: "line", text });
}

/** Adds the lines of bytes that end where a line ends: decoded together, which is much faster. */
function addLines(bytes: Uint8Array, events: JsonLineEvent[]): void {
  const text = decode(bytes);
  if (text === undefined) return addLinesOneByOne(bytes, events);
  const fits = bytes.length <= MAX_LINE_BYTES;
  for (let start = 0; start <= text.length;) {
    let end = text.indexOf("\n", start);
    if (end === -1) end = text.length;
    const next = end + 1;
    if (!fits && sizeOf(text.slice(start, end)) > MAX_LINE_BYTES) {
      events.push({ kind: "oversized" });
    } else {
      if (end > start && text.charCodeAt(end - 1) === CARRIAGE_RETURN) end--;
      if (end > start) events.push({ kind: "line", text: text.slice(start, end) });
    }
    start = next;
  }
}

/** Finds out which of the lines is no UTF-8. */
function addLinesOneByOne(bytes: Uint8Array, events: JsonLineEvent[]): void {
  for (let start = 0; start <= bytes.length;) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found === -1 ? bytes.length : found;
    addLine(bytes.subarray(start, end), events);
    start = end + 1;
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}
