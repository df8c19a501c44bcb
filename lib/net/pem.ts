/**
 * PEM: certificates and keys as text (RFC 7468).
 *
 * @module
 */

import { decodeBase64, encodeBase64 } from "../framing/base64.ts";

/** Bytes of one certificate or key: those with the longest keys and many names have less. */
const MAX_BLOCK_BYTES = 16 * 1024;

/** One thing of a PEM file. */
export interface PemBlock {
  /** What it is: `CERTIFICATE`, `PRIVATE KEY`. */
  readonly label: string;
  /** Its bytes (DER). */
  readonly der: Uint8Array<ArrayBuffer>;
}

/**
 * Finds what is in a PEM file; text around it does not count.
 *
 * @param text The file.
 * @returns Its blocks, in order.
 * @throws {SyntaxError} If one is damaged; the message is a part of a sentence.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const text = formatPem("CERTIFICATE", Uint8Array.of(1, 2, 3));
 * assertEquals(text, "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n");
 * assertEquals(parsePem(text)[0]?.der, Uint8Array.of(1, 2, 3));
 * ```
 */
export function parsePem(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  const pattern = /-----BEGIN ([A-Z0-9 ]{1,40})-----(?:([^-]*)-----END \1-----)?/g;
  for (const [, label = "", body = ""] of text.matchAll(pattern)) {
    const der = decodeBase64(body.replace(/\s+/g, ""), MAX_BLOCK_BYTES);
    if (der === undefined) throw new SyntaxError(`the ${label.toLowerCase()} in it is damaged`);
    blocks.push({ label, der });
  }
  return blocks;
}

/**
 * Writes one thing as PEM.
 *
 * @param label What it is.
 * @param der Its bytes.
 * @returns Lines, each with its end.
 */
export function formatPem(label: string, der: Uint8Array): string {
  const lines = encodeBase64(der).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
