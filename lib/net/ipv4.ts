/**
 * IPv4 addresses as text.
 *
 * @module
 */

/**
 * Says whether a text is an IPv4 address in dotted decimal, without leading zeros.
 *
 * @param text Any text.
 * @returns True if it is one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(isIPv4("192.168.1.5"), true);
 * assertEquals(isIPv4("192.168.1.05"), false);
 * ```
 */
export function isIPv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 &&
    parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}
