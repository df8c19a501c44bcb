/**
 * The chat line, `Name: text`: what travels to a room, one datagram per message (DESIGN section 6).
 *
 * @module
 */

import { sanitise } from "../text.ts";
import { checkChatName } from "./chat_name.ts";

export {
  chatNameFrom,
  checkChatName,
  FALLBACK_CHAT_NAME,
  MAX_CHAT_NAME_LENGTH,
} from "./chat_name.ts";

/** Most bytes of one datagram: it passes every VPN unfragmented, and one lost fragment loses all. */
export const MAX_CHAT_LINE_BYTES = 1200;

/** Every line end of Unicode (TR 14): each starts a message of its own. */
const LINE_END = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

/** A grapheme where a line may be broken: white space, except what says "no break here". */
const BREAKABLE_SPACE = /^[^\S\u00a0\u2007\u202f\ufeff]+$/;

/** What senders put behind a line and nobody wants to see: a line end, a C string's NUL, or both. */
const TRAILER = /(?:\r?\n\0?|\0)$/;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A word and the white space before it, both as graphemes. */
interface Word {
  gap: string;
  graphemes: string[];
}

/**
 * Makes the datagrams that say a text: one per line of it, more when a line is too long for one.
 *
 * A long line is divided between words (the white space there goes), a word longer than a datagram
 * between graphemes, a grapheme longer than a datagram between code points. Each part has the name.
 *
 * @param name The chat name, see {@linkcode checkChatName}.
 * @param text What was typed or pasted; blank lines of it are dropped.
 * @param maxBytes Most bytes of a datagram; fewer than {@linkcode MAX_CHAT_LINE_BYTES} where something
 *   is put around it.
 * @returns The datagrams in order, each at most so long; none for no text.
 * @throws {UserError} If the name is not a legal one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const datagrams = encodeChatLines("Mel", "Good morning!\n\nSleep well?");
 * assertEquals(datagrams.map(decodeChatLine), ["Mel: Good morning!", "Mel: Sleep well?"]);
 * ```
 */
export function encodeChatLines(
  name: string,
  text: string,
  maxBytes: number = MAX_CHAT_LINE_BYTES,
): Uint8Array<ArrayBuffer>[] {
  const prefix = `${checkChatName(name)}: `;
  const room = maxBytes - byteLength(prefix);
  return text.split(LINE_END)
    .filter((line) => line.trim() !== "")
    .flatMap((line) => byteLength(line) <= room ? [line] : divide(line, room))
    .map((part) => encoder.encode(prefix + part));
}

/**
 * Makes the text to show of a datagram, whatever somebody sent.
 *
 * @param bytes A datagram; bytes that are no UTF-8 become U+FFFD.
 * @returns One line without its line end (or NUL), safe for a terminal.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(decodeChatLine(new TextEncoder().encode("Mel: \x1b[2Jhi\n")), "Mel: \ufffd[2Jhi");
 * ```
 */
export function decodeChatLine(bytes: Uint8Array): string {
  const text = decoder.decode(bytes);
  // Most lines are nothing but printable ASCII: there is nothing to take out.
  return isPlain(bytes) ? text : sanitise(text.replace(TRAILER, ""));
}

function isPlain(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! < 0x20 || bytes[i]! > 0x7e) return false;
  return true;
}

/** Divides a line into parts of at most `room` bytes. */
function divide(line: string, room: number): string[] {
  const parts: string[] = [];
  let part = "";
  let free = room;
  const close = () => {
    if (part !== "") parts.push(part.trimEnd());
    part = "";
    free = room;
  };
  const add = (piece: string) => {
    part += piece;
    free -= byteLength(piece);
  };
  for (const { gap, graphemes } of wordsOf(line)) {
    const word = graphemes.join("");
    if (byteLength(gap + word) <= free) {
      add(gap + word);
      continue;
    }
    if (byteLength(word) <= room) {
      close();
      add(word);
      continue;
    }
    const pieces = graphemes.flatMap((g) => byteLength(g) <= room ? [g] : Array.from(g));
    // A very long word starts where there is room behind the words before it.
    if (byteLength(gap + pieces[0]) <= free) add(gap);
    else close();
    for (const piece of pieces) {
      if (byteLength(piece) > free) close();
      add(piece);
    }
  }
  close();
  return parts.filter((part) => part !== "");
}

/** Divides a line into words; white space behind the last word is not among them. */
function* wordsOf(line: string): Generator<Word> {
  let word: Word = { gap: "", graphemes: [] };
  for (const { segment } of graphemes.segment(line)) {
    if (!BREAKABLE_SPACE.test(segment)) {
      word.graphemes.push(segment);
    } else if (word.graphemes.length === 0) {
      word.gap += segment;
    } else {
      yield word;
      word = { gap: segment, graphemes: [] };
    }
  }
  if (word.graphemes.length > 0) yield word;
}

/** Counts the bytes of a text in UTF-8; a lone surrogate counts as the U+FFFD it becomes. */
function byteLength(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  return bytes;
}
