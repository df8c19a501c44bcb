/**
 * The last lines of a room, for newcomers who ask for them.
 *
 * @module
 */

import { decodeChatLine, MAX_CHAT_LINE_BYTES } from "../framing/chat_line.ts";
import { MAX_LINE_BYTES } from "../framing/json_lines.ts";
import { isRecord } from "../json.ts";
import type { SocketAddress } from "../net/datagram.ts";
import { isIPv4 } from "../net/ipv4.ts";
import { Holdings, type Ticket } from "./holdings.ts";
import { type PastLine, pastText } from "./past_line.ts";
import type { HistoryAnswer, HistoryEntry } from "./peer_methods.ts";
import type { MoveLine, ShowLine } from "./room_effect.ts";

/** Most lines told to a newcomer: two screens, and with 1200 bytes each they fit into an answer. */
export const HISTORY_LINES = 50;

/** Lines remembered: some may be moved out of the last 50, and others take their places. */
const KEPT_LINES = 2 * HISTORY_LINES;

/** Bytes of an answer's line that are not for lines: an id of 256 characters, escaped, and braces. */
const ENVELOPE_BYTES = 2048;

/** Bytes of the lines of an answer: one line of JSON. */
export const MAX_ANSWER_BYTES: number = MAX_LINE_BYTES - ENVELOPE_BYTES;

/** The same where they are sealed, since base64 makes four bytes of three. */
export const MAX_SEALED_ANSWER_BYTES: number = Math.floor(MAX_ANSWER_BYTES * 3 / 4) -
  ENVELOPE_BYTES;

const encoder = new TextEncoder();

/** Most bytes kept: more than all lines have, each as long as a datagram is read at most. */
const MAX_KEPT_BYTES = 1024 * 1024;

/** A line in its place. */
interface Kept {
  /** How to find its datagram; undefined if nobody remembers it, and it only counts among places. */
  readonly kept: Ticket | undefined;
  readonly source: SocketAddress;
  readonly at: number;
  /** Whether the room's core showed it: only such lines count where it tells places. */
  readonly counts: boolean;
}

/** The highest age told, in milliseconds (30 days): some lines are so old that nobody knows. */
const MAX_AGE_MS = 30 * 24 * 3600 * 1000;

/** Nobody's. */
const NOWHERE: SocketAddress = { address: "0.0.0.0", port: 0 };

/**
 * Remembers the last lines of a room in the order in which they belong. Tell it every line that is
 * said or shown, at once.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const history = new RoomHistory();
 * const bytes = new TextEncoder().encode("Mel: hi");
 * history.said(bytes, { address: "10.0.0.1", port: 5000 }, 1_000);
 * assertEquals(history.answer(3_500).lines, [
 *   { age: 2_500, from: { address: "10.0.0.1", port: 5000 }, text: "Mel: hi" },
 * ]);
 * ```
 */
export class RoomHistory {
  /** The oldest first. */
  readonly #lines: Kept[] = [];
  readonly #datagrams = new Holdings(MAX_KEPT_BYTES);
  /** Whether older lines were forgotten. */
  #isCut = false;

  /**
   * Takes a line of one's own.
   *
   * @param bytes The datagram, not to be changed any more.
   * @param source One's data socket, as others see it.
   * @param at When it was said, in milliseconds.
   */
  said(bytes: Uint8Array, source: SocketAddress, at: number): void {
    this.#lines.push({ kept: this.#datagrams.keep(bytes), source, at, counts: false });
    this.#trim();
  }

  /**
   * Takes a line that the room's core shows: each of them, since it counts them.
   *
   * @param line The line. One that is "late" belongs before all that is told, and is not told.
   * @param at When it was said, in milliseconds; -Infinity if that is not known.
   */
  shown({ bytes, source, place }: Pick<ShowLine, "bytes" | "source" | "place">, at: number): void {
    if (place === "late") return this.repeated({ place });
    const index = this.#indexOf(place);
    if (index === undefined) return;
    const said = Number.isFinite(at) ? at : this.#lines[index - 1]?.at ?? at;
    const line = { kept: this.#datagrams.keep(bytes), source, at: said, counts: true };
    if (index === this.#lines.length) this.#lines.push(line);
    else this.#lines.splice(index, 0, line);
    this.#trim();
  }

  /**
   * Takes note that the room's core shows a line that stands among the adopted ones already: it is not
   * told twice, but counts.
   *
   * @param line The line.
   */
  repeated({ place }: Pick<ShowLine, "place">): void {
    const index = place === "late" ? this.#lines.length : this.#indexOf(place);
    if (index === undefined) return;
    this.#lines.splice(index, 0, forgotten(this.#lines[index - 1]?.at ?? -Infinity));
    this.#trim();
  }

  /**
   * Moves a line that the room's core had shown in the wrong place.
   *
   * @param move From where to where, in lines shown by the core.
   */
  moved({ from, to }: Pick<MoveLine, "from" | "to">): void {
    const at = this.#positionOf(from);
    const [line] = at === undefined ? [] : this.#lines.splice(at, 1);
    const index = this.#indexOf(to);
    if (index === undefined) return;
    this.#lines.splice(index, 0, line ?? forgotten(this.#lines[index]?.at ?? -Infinity));
    this.#trim();
  }

  /**
   * Takes what others told, so that it is told to those who come later: it belongs before all that
   * was said and shown here.
   *
   * @param lines The lines, the oldest first.
   */
  adopt(lines: readonly PastLine[]): void {
    if (this.#isCut) return;
    const told = lines.map(({ bytes, source, at }): Kept => {
      return { kept: this.#datagrams.keep(bytes), source, at, counts: false };
    });
    this.#lines.unshift(...told);
    this.#trim();
  }

  /**
   * Makes the answer to a newcomer. If it would not fit a line of JSON, the oldest are left out.
   *
   * @param now The time in milliseconds.
   * @param maxBytes Most bytes that the lines may take.
   * @returns The last lines, the oldest first.
   */
  answer(now: number, maxBytes: number = MAX_ANSWER_BYTES): HistoryAnswer {
    const lines: HistoryEntry[] = [];
    let free = maxBytes;
    for (let i = this.#lines.length - 1; i >= 0 && lines.length < HISTORY_LINES; i--) {
      const { kept, source, at } = this.#lines[i]!;
      const bytes = kept === undefined ? undefined : this.#datagrams.get(kept);
      if (bytes === undefined || isBlank(bytes)) continue;
      const entry: HistoryEntry = {
        age: Math.min(MAX_AGE_MS, Math.max(0, Math.ceil(now - at))),
        from: { address: source.address, port: source.port },
        text: pastText(bytes),
      };
      free -= encoder.encode(JSON.stringify(entry)).length + 1;
      if (free < 0) break;
      lines.push(entry);
    }
    return { lines: lines.reverse() };
  }

  /** Finds the index of the line with so many counted ones behind it. */
  #positionOf(place: number): number | undefined {
    let left = place;
    for (let i = this.#lines.length - 1; i >= 0; i--) {
      if (this.#lines[i]!.counts && left-- === 0) return i;
    }
    return undefined;
  }

  /** Finds where to insert a line so that so many counted ones are behind it, if it is not too old. */
  #indexOf(place: number): number | undefined {
    if (place === 0) return this.#lines.length;
    return this.#positionOf(place - 1);
  }

  #trim(): void {
    // Cut in blocks: shifting all of them for each new one is slow.
    if (this.#lines.length <= 2 * KEPT_LINES) return;
    for (const { kept } of this.#lines.splice(0, this.#lines.length - KEPT_LINES)) {
      if (kept !== undefined) this.#datagrams.drop(kept);
    }
    this.#isCut = true;
  }
}

/**
 * Checks what a peer answered to `room.history`.
 *
 * @param value The result, as it came.
 * @returns The lines, the oldest first; undefined if it is not in order. The texts may hold anything
 * that UTF-8 can.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const line = { age: 7, from: { address: "10.0.0.1", port: 5000 }, text: "Mel: hi" };
 * assertEquals(parseHistory({ lines: [line] }), [line]);
 * assertEquals(parseHistory({ lines: [{ ...line, age: -1 }] }), undefined);
 * ```
 */
export function parseHistory(value: unknown): HistoryEntry[] | undefined {
  if (!isRecord(value) || !Array.isArray(value.lines)) return undefined;
  if (value.lines.length > HISTORY_LINES) return undefined;
  const entries: HistoryEntry[] = [];
  for (const line of value.lines) {
    const entry = entryOf(line);
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  return entries;
}

function entryOf(line: unknown): HistoryEntry | undefined {
  if (!isRecord(line) || !isRecord(line.from)) return undefined;
  const { age, text, from: { address, port } } = line;
  if (!isWithin(age, 0, MAX_AGE_MS) || !isWithin(port, 1, 65535)) return undefined;
  if (typeof address !== "string" || !isIPv4(address)) return undefined;
  if (typeof text !== "string" || text === "" || !text.isWellFormed()) return undefined;
  if (encoder.encode(text).length > MAX_CHAT_LINE_BYTES) return undefined;
  return { age, from: { address, port }, text };
}

/** Holds the place of a line that is not to be told. */
function forgotten(at: number): Kept {
  return { kept: undefined, source: NOWHERE, at, counts: true };
}

/** Lines that nobody sees are not told. */
function isBlank(bytes: Uint8Array): boolean {
  return decodeChatLine(bytes) === "";
}

function isWithin(value: unknown, low: number, high: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high;
}
