/**
 * Byte strings for tables: what is sent, what is expected, and every way to split it.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";

/**
 * Joins text (as UTF-8), byte values and byte arrays.
 *
 * @param parts What to join.
 * @returns The bytes.
 */
export function bytes(...parts: (string | number | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  return concat(
    parts.map((part) =>
      typeof part === "string"
        ? new TextEncoder().encode(part)
        : typeof part === "number"
        ? Uint8Array.of(part)
        : part
    ),
  );
}

/**
 * Makes a field of the lab protocol by hand, so that tests do not trust the encoder under test.
 *
 * @param content Text or bytes, at most 255 bytes.
 * @returns A length byte and the content.
 */
export function field(content: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const body = bytes(content);
  return bytes(body.length, body);
}

/** The request getdir. */
export const GETDIR: Uint8Array<ArrayBuffer> = bytes(1);

/**
 * Makes the request makeroom.
 *
 * @param name The room's name.
 * @param address Its address.
 * @param port Its port.
 * @returns The bytes.
 */
export function makeroom(name: string, address: string, port: string): Uint8Array<ArrayBuffer> {
  return bytes(2, field(name), field(address), field(port));
}

/**
 * Makes the request deleteroom.
 *
 * @param name The room's name.
 * @returns The bytes.
 */
export function deleteroom(name: string): Uint8Array<ArrayBuffer> {
  return bytes(3, field(name));
}

/**
 * Makes the request chat.
 *
 * @param name The room's name.
 * @returns The bytes.
 */
export function chat(name: string): Uint8Array<ArrayBuffer> {
  return bytes(4, field(name));
}

/**
 * Makes the reply to getdir.
 *
 * @param text The listing.
 * @returns The bytes.
 */
export function listing(text: string): Uint8Array<ArrayBuffer> {
  const body = bytes(text);
  const size = body.length;
  return bytes(0, 0, 0, 0, size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255, body);
}

/**
 * Splits bytes in every way that a table should be run: whole, byte by byte, and in two pieces at
 * every point.
 *
 * @param whole The bytes.
 * @returns The ways, each a list of pieces.
 */
export function* everySplit(whole: Uint8Array): Generator<Uint8Array[]> {
  yield [whole];
  yield byteByByte(whole);
  for (let at = 1; at < whole.length; at++) yield [whole.subarray(0, at), whole.subarray(at)];
}

/**
 * Splits bytes into single ones.
 *
 * @param whole The bytes.
 * @returns One piece per byte.
 */
export function byteByByte(whole: Uint8Array): Uint8Array[] {
  return Array.from(whole, (byte) => Uint8Array.of(byte));
}
