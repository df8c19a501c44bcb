/**
 * Sealed bytes: what only those read who know the passphrase of a room. The layout is in
 * docs/PEOPLE.md.
 *
 * @module
 */

import { createCipheriv, createDecipheriv } from "node:crypto";
import { isSealed, SEALED_MAGIC } from "./sealed_magic.ts";

/** The version of the layout; others are not opened. */
const VERSION = 1;

/** Bytes of the magic and the version. */
const HEAD_BYTES = SEALED_MAGIC.length + 1;

/** Bytes of a nonce of AES-GCM (NIST SP 800-38D, 5.2.1.1). */
export const NONCE_BYTES = 12;

/** Bytes of a tag of AES-GCM, none left out. */
const TAG_BYTES = 16;

/** Bytes of a key of AES-256. */
export const SEAL_KEY_BYTES = 32;

/** How much longer something gets when it is sealed, in bytes. */
export const SEAL_BYTES: number = HEAD_BYTES + NONCE_BYTES + TAG_BYTES;

/** What is sealed with what. */
export interface SealOptions {
  /** {@linkcode SEAL_KEY_BYTES} bytes. */
  readonly key: Uint8Array;
  /** What it belongs to: it opens only together with the same. Not on the wire. */
  readonly about: Uint8Array;
}

/** What was sealed. */
export interface Unsealed {
  /** The nonce: whoever has the key uses none twice. */
  readonly nonce: Uint8Array;
  /** What it was. */
  readonly plain: Uint8Array<ArrayBuffer>;
}

/**
 * Seals bytes: AES-256-GCM behind the magic, the version and the nonce.
 *
 * @param plain The bytes.
 * @param nonce {@linkcode NONCE_BYTES} bytes, never used before with this key.
 * @param options With what.
 * @returns {@linkcode SEAL_BYTES} more.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const options = { key: new Uint8Array(32), about: new Uint8Array(0) };
 * const plain = new TextEncoder().encode("Mel: psst");
 * const sealed = seal(plain, new Uint8Array(12), options);
 * assertEquals(openSealed(sealed, options)?.plain, plain);
 * sealed[20]! ^= 1;
 * assertEquals(openSealed(sealed, options), undefined);
 * ```
 */
export function seal(
  plain: Uint8Array,
  nonce: Uint8Array,
  { key, about }: SealOptions,
): Uint8Array<ArrayBuffer> {
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(aboutWithHead(about));
  const sealed = new Uint8Array(plain.length + SEAL_BYTES);
  sealed.set(SEALED_MAGIC);
  sealed[SEALED_MAGIC.length] = VERSION;
  sealed.set(nonce, HEAD_BYTES);
  sealed.set(cipher.update(plain), HEAD_BYTES + NONCE_BYTES);
  cipher.final();
  sealed.set(cipher.getAuthTag(), sealed.length - TAG_BYTES);
  return sealed;
}

/**
 * Opens what was sealed.
 *
 * @param bytes Whatever somebody sent.
 * @param options With what it was sealed.
 * @returns What it was; undefined if one bit of it is another, or of `about`, or the key.
 */
export function openSealed(bytes: Uint8Array, { key, about }: SealOptions): Unsealed | undefined {
  if (bytes.length < SEAL_BYTES || !isSealed(bytes) || bytes[SEALED_MAGIC.length] !== VERSION) {
    return undefined;
  }
  const nonce = bytes.slice(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
  const end = bytes.length - TAG_BYTES;
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(aboutWithHead(about));
  decipher.setAuthTag(bytes.subarray(end));
  const plain = new Uint8Array(decipher.update(bytes.subarray(HEAD_BYTES + NONCE_BYTES, end)));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return { nonce, plain };
}

function aboutWithHead(about: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + about.length);
  bytes.set(SEALED_MAGIC);
  bytes[SEALED_MAGIC.length] = VERSION;
  bytes.set(about, HEAD_BYTES);
  return bytes;
}
