/**
 * The lab protocol's replies (DESIGN section 4): encoding for servers, decoding for clients.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import { decodeField, encodeField, LabFormatError } from "./lab.ts";

/** The listing's length is an unsigned 64-bit big-endian number of bytes. */
export const LISTING_HEADER_BYTES = 8;

/** A client takes no longer listing than this (about 300,000 rooms): the length is a stranger's. */
export const MAX_LISTING_BYTES = 16 * 1024 * 1024;

/** What a server answers. */
export type LabReply =
  | { readonly kind: "listing"; readonly text: string }
  | { readonly kind: "room"; readonly address: string; readonly port: string }
  | { readonly kind: "unknown" };

/** Which reply comes next: a listing (getdir), or a room's address (chat). */
export type LabReplyKind = "listing" | "room";

const encoder = new TextEncoder();
const lenientDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Encodes the answer to getdir.
 *
 * @param text The listing.
 * @returns Its length in bytes, then its bytes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(encodeListing("é"), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 2, 0xc3, 0xa9));
 * ```
 */
export function encodeListing(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  const reply = new Uint8Array(LISTING_HEADER_BYTES + bytes.length);
  new DataView(reply.buffer).setBigUint64(0, BigInt(bytes.length));
  reply.set(bytes, LISTING_HEADER_BYTES);
  return reply;
}

/**
 * Encodes the answer to chat.
 *
 * @param room The room's address and port, or undefined if there is no such room.
 * @returns The two fields, or one byte 0.
 */
export function encodeRoomReply(
  room: { readonly address: string; readonly port: number } | undefined,
): Uint8Array {
  if (room === undefined) return Uint8Array.of(0);
  return concat([encodeField(room.address), encodeField(String(room.port))]);
}

/**
 * Takes a server's bytes, however TCP split them, and returns the replies that were expected.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new LabReplyDecoder();
 * decoder.expect("listing");
 * assertEquals(decoder.push(encodeListing("lab: 239.1.2.3:50100\n")), [
 *   { kind: "listing", text: "lab: 239.1.2.3:50100\n" },
 * ]);
 * ```
 */
export class LabReplyDecoder {
  #expected: LabReplyKind[] = [];
  #chunks: Uint8Array[] = [];
  #size = 0;
  /** No reply can be complete with fewer bytes than this: saves joining the chunks in vain. */
  #needed = 1;

  /**
   * Says which reply comes after those already expected.
   *
   * @param kind The kind of reply.
   */
  expect(kind: LabReplyKind): void {
    this.#expected.push(kind);
  }

  /**
   * Takes what arrived.
   *
   * @param chunk Bytes of the connection; copied.
   * @returns The replies that are now complete, in order.
   * @throws {LabFormatError} If the bytes are no reply to what was asked, or too long.
   */
  push(chunk: Uint8Array): LabReply[] {
    if (chunk.length === 0) return [];
    this.#chunks.push(chunk.slice());
    this.#size += chunk.length;
    const replies: LabReply[] = [];
    while (this.#size >= this.#needed) {
      const kind = this.#expected[0];
      if (kind === undefined) throw new LabFormatError("the server sent bytes nobody asked for");
      const bytes = concat(this.#chunks);
      const taken = kind === "listing" ? this.#listing(bytes) : this.#room(bytes);
      this.#chunks = [bytes.subarray(taken?.length ?? 0)];
      if (taken === undefined) break;
      this.#size -= taken.length;
      this.#needed = 1;
      this.#expected.shift();
      replies.push(taken.reply);
    }
    return replies;
  }

  #listing(bytes: Uint8Array): { reply: LabReply; length: number } | undefined {
    this.#needed = LISTING_HEADER_BYTES;
    if (bytes.length < this.#needed) return undefined;
    const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
    if (length > BigInt(MAX_LISTING_BYTES)) {
      throw new LabFormatError(
        `the server announces a listing of ${length} bytes, and ${MAX_LISTING_BYTES} is the most`,
      );
    }
    this.#needed = LISTING_HEADER_BYTES + Number(length);
    if (bytes.length < this.#needed) return undefined;
    const text = lenientDecoder.decode(bytes.subarray(LISTING_HEADER_BYTES, this.#needed));
    return { reply: { kind: "listing", text }, length: this.#needed };
  }

  #room(bytes: Uint8Array): { reply: LabReply; length: number } | undefined {
    const addressLength = bytes[0] ?? 0;
    if (addressLength === 0) return { reply: { kind: "unknown" }, length: 1 };
    const portLength = bytes[1 + addressLength];
    if (portLength === 0) throw new LabFormatError("a field has length 0");
    this.#needed = 2 + addressLength + (portLength ?? 0);
    if (portLength === undefined || bytes.length < this.#needed) return undefined;
    const address = decodeField(bytes.subarray(1, 1 + addressLength));
    const port = decodeField(bytes.subarray(2 + addressLength, this.#needed));
    return { reply: { kind: "room", address, port }, length: this.#needed };
  }
}
