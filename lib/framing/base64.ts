/**
 * Datagrams as text, for the lines of the session protocol (RFC 4648, section 4).
 *
 * @module
 */

/** What base64 is made of; the length is checked apart. */
const ALPHABET = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Writes bytes as text.
 *
 * @param bytes The bytes.
 * @returns Base64 with its padding.
 */
export function encodeBase64(bytes: Uint8Array): string {
  return bytes.toBase64();
}

/**
 * Reads text that stands for bytes. Strict: no white space, no missing padding, no stray bits, so
 * that one datagram has one form.
 *
 * @param text Whatever somebody sent.
 * @param maxBytes How many bytes it may stand for.
 * @returns The bytes; undefined if it is no base64, stands for nothing or for too much.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(decodeBase64("aGk=", 2), new Uint8Array([0x68, 0x69]));
 * assertEquals(decodeBase64("aGk", 2), undefined);
 * assertEquals(decodeBase64("aGkh", 2), undefined);
 * ```
 */
export function decodeBase64(text: string, maxBytes: number): Uint8Array<ArrayBuffer> | undefined {
  // First the length: what is too long is not even looked at.
  if (text.length > 4 * Math.ceil(maxBytes / 3) || !ALPHABET.test(text)) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(text, { lastChunkHandling: "strict" });
    return bytes.length <= maxBytes ? bytes : undefined;
  } catch {
    return undefined;
  }
}
