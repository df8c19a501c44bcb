/**
 * A line of the past: what members tell newcomers, and how it is recognised.
 *
 * @module
 */

import { MAX_CHAT_LINE_BYTES } from "../framing/chat_line.ts";
import { hashDatagram } from "../framing/datagram_hash.ts";
import type { SocketAddress } from "../net/datagram.ts";
import { keyOf } from "./member_table.ts";

/** A line that was said before, on this member's own clock. */
export interface PastLine {
  /** The datagram, as far as it could be told as text; not yet safe for a terminal. */
  readonly bytes: Uint8Array;
  /** The data socket it came from. */
  readonly source: SocketAddress;
  /** When it was said, in milliseconds; may be before the clock began. */
  readonly at: number;
}

const encoder = new TextEncoder();
// A byte order mark is kept: else a text would change each time it is passed on.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Makes the text by which a datagram is told: what is no UTF-8 becomes U+FFFD, and what is more than
 * {@linkcode MAX_CHAT_LINE_BYTES} bytes then is cut between two characters.
 *
 * @param bytes A datagram, or the bytes of such a text: those give the same text.
 * @returns The text; it may hold escape codes and other things that no terminal should see.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(pastText(Uint8Array.of(0x4d, 0xff)), "M\ufffd");
 * ```
 */
export function pastText(bytes: Uint8Array): string {
  const text = decoder.decode(bytes);
  // A byte becomes three at most.
  if (bytes.length * 3 <= MAX_CHAT_LINE_BYTES) return text;
  const { read } = encoder.encodeInto(text, new Uint8Array(MAX_CHAT_LINE_BYTES));
  return text.slice(0, read);
}

/**
 * Makes what is the same for a line that was heard and the same line that was told.
 *
 * @param source The data socket it came from.
 * @param bytes Its datagram, or the bytes of its {@linkcode pastText}.
 * @returns A key.
 */
export function pastKey(source: SocketAddress, bytes: Uint8Array): string {
  return `${keyOf(source)} ${hashDatagram(encoder.encode(pastText(bytes)))}`;
}
