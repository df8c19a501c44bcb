/**
 * The 64-bit hash by which reports name a datagram.
 *
 * @module
 */

/** A 64-bit hash or member id as 16 lower-case hex digits, most significant first. */
export type Hex64 = string;

/** FNV-1a's 64-bit offset basis, 0xcbf29ce484222325 (draft-eastlake-fnv). */
const BASIS_HIGH = 0xcbf29ce4;
const BASIS_LOW = 0x84222325;

/** The low part of FNV's 64-bit prime, 0x100000001b3; the rest is a shift by 40. */
const PRIME_LOW = 0x1b3;

/** The codes of the hex digits. */
const HEX = new TextEncoder().encode("0123456789abcdef");

/**
 * Writes two 32-bit halves as hex digits.
 *
 * @param high The upper 32 bits.
 * @param low The lower 32 bits.
 * @returns 16 digits.
 */
export function hex64(high: number, low: number): Hex64 {
  // One flat string at once: pieces put together are flattened when they become a key.
  return String.fromCharCode(
    HEX[high >>> 28]!,
    HEX[high >>> 24 & 15]!,
    HEX[high >>> 20 & 15]!,
    HEX[high >>> 16 & 15]!,
    HEX[high >>> 12 & 15]!,
    HEX[high >>> 8 & 15]!,
    HEX[high >>> 4 & 15]!,
    HEX[high & 15]!,
    HEX[low >>> 28]!,
    HEX[low >>> 24 & 15]!,
    HEX[low >>> 20 & 15]!,
    HEX[low >>> 16 & 15]!,
    HEX[low >>> 12 & 15]!,
    HEX[low >>> 8 & 15]!,
    HEX[low >>> 4 & 15]!,
    HEX[low & 15]!,
  );
}

/**
 * Hashes a datagram with FNV-1a, 64 bits: fast for short texts, a few lines in any language. It
 * tells lines apart, it does not prove who said them.
 *
 * @param bytes The datagram as it was on the wire.
 * @returns The hash.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(hashDatagram(new TextEncoder().encode("foobar")), "85944171f73967e8");
 * ```
 */
export function hashDatagram(bytes: Uint8Array): Hex64 {
  let high = BASIS_HIGH;
  let low = BASIS_LOW;
  for (let i = 0; i < bytes.length; i++) {
    low = (low ^ bytes[i]!) >>> 0;
    // 64-bit product from 32-bit halves: doubles are exact up to 2^53, and 2^32 * 0x1b3 is 2^41.
    const product = low * PRIME_LOW;
    const carry = (product / 0x100000000) >>> 0;
    high = (Math.imul(high, PRIME_LOW) + carry + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return hex64(high, low);
}
