/**
 * The keys of a sealed room, made of its passphrase.
 *
 * @module
 */

import { hkdfSync, scrypt } from "node:crypto";
import { UserError } from "../errors.ts";
import { SEAL_KEY_BYTES } from "./seal.ts";

/**
 * Fewest characters of a new passphrase: the check value is public, so everybody may try passphrases at
 * home, at the price of scrypt each.
 */
export const MIN_PASSPHRASE_LENGTH = 8;

/** Most characters of a passphrase: a sentence. */
export const MAX_PASSPHRASE_LENGTH = 256;

/** Bytes of a check value. */
const CHECK_BYTES = 16;

/**
 * What scrypt (RFC 7914) takes: 32 MiB and about 0.2 s, one of the choices of OWASP's Password Storage
 * Cheat Sheet.
 */
const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 } as const;

/** What a passphrase is good for. */
export interface SealKeys {
  /** Seals what is said in the room. */
  readonly key: Uint8Array;
  /** Tells right passphrases from wrong ones: 16 bytes in base64url. It is public. */
  readonly check: string;
}

/**
 * Makes the keys. It takes a fifth of a second, in a thread of its own.
 *
 * @param room The room's name.
 * @param passphrase The passphrase; how its accents and widths are written does not matter (NFKC).
 * @returns The keys.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { key, check } = await sealKeys("vault", "open, sesame");
 * assertEquals([key.length, check.length], [32, 22]);
 * ```
 */
export async function sealKeys(room: string, passphrase: string): Promise<SealKeys> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const text = passphrase.normalize("NFKC");
  scrypt(text, room, SEAL_KEY_BYTES, COST, (error, key) => error ? reject(error) : resolve(key));
  const master = await promise;
  const derive = (use: string, bytes: number): Uint8Array =>
    new Uint8Array(hkdfSync("sha256", master, "", `crds sealed room: ${use}`, bytes));
  return {
    key: derive("datagrams", SEAL_KEY_BYTES),
    check: derive("check", CHECK_BYTES).toBase64({ alphabet: "base64url", omitPadding: true }),
  };
}

/**
 * Checks a new passphrase. What it is, no error tells.
 *
 * @param passphrase The passphrase.
 * @param to What it is for, as it stands in an error.
 * @throws {UserError} If it is too short or too long.
 */
export function checkNewPassphrase(passphrase: string, to: string): void {
  const { length } = passphrase;
  if (length >= MIN_PASSPHRASE_LENGTH && length <= MAX_PASSPHRASE_LENGTH) return;
  const [low, high] = [MIN_PASSPHRASE_LENGTH, MAX_PASSPHRASE_LENGTH];
  throw new UserError(
    `Cannot ${to}: the passphrase has ${length} characters. Choose one of ${low} to ${high}: ` +
      "a few words are safer than a short riddle.",
  );
}
