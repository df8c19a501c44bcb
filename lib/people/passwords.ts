/**
 * What a password may be, and what is kept of one. Pure.
 *
 * @module
 */

/** The length of a password, in characters: below, a computer guesses; above, nobody types. */
export const PASSWORD_LENGTH = { min: 8, max: 256 } as const;

/** What scrypt is told (RFC 7914): the same work as OWASP's N = 2^17, p = 1 in an eighth of the memory. */
export interface ScryptCost {
  /** N as a power of two. */
  readonly logN: number;
  /** The block size. */
  readonly r: number;
  /** How often in parallel. */
  readonly p: number;
}

/** What new passwords are kept with: 16 MiB each while it works, 0.2 s of one core. */
export const SCRYPT_COST: ScryptCost = { logN: 14, r: 8, p: 5 };

/** The most that a hash may ask for: a file that somebody has tampered with must not take all memory. */
const MAX_COST: ScryptCost = { logN: 20, r: 32, p: 16 };

/** How long the salt is, in bytes. */
export const SALT_BYTES = 16;

/** How long the hash is, in bytes. */
export const HASH_BYTES = 32;

/** What is kept of a password. */
export interface PasswordHash {
  /** What it cost. */
  readonly cost: ScryptCost;
  /** Random bytes. */
  readonly salt: Uint8Array<ArrayBuffer>;
  /** The hash of both. */
  readonly hash: Uint8Array<ArrayBuffer>;
}

/**
 * Says what is wrong with a password.
 *
 * @param password The password.
 * @param name The name it is for.
 * @returns The fault with what to do about it, or undefined if it may be used.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(faultOfPassword("secret", "Mel"), "it has 6 characters, and at least 8 are needed");
 * assertEquals(faultOfPassword("correct horse", "Mel"), undefined);
 * ```
 */
export function faultOfPassword(password: string, name: string): string | undefined {
  const { min, max } = PASSWORD_LENGTH;
  const length = Array.from(password).length;
  if (length < min) {
    return length === 0
      ? "it is empty"
      : `it has ${length} character${length === 1 ? "" : "s"}, and at least ${min} are needed`;
  }
  if (length > max) return `it has ${length} characters, and at most ${max} are taken`;
  if (password.toLowerCase() === name.toLowerCase()) return "it is the name";
  return undefined;
}

/**
 * Makes a password the same bytes wherever it is typed (NFKC, as RFC 8265 asks for in spirit): some
 * systems write an accent with its letter, some behind it.
 *
 * @param password The password.
 * @returns Its bytes.
 */
export function passwordBytes(password: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(password.normalize("NFKC"));
}

/**
 * Writes what is kept of a password: the parameters stand beside the hash, so that they can change.
 *
 * @param hash What is kept.
 * @returns One line: `scrypt$14$8$5$<salt>$<hash>`, both in base64url.
 */
export function formatHash({ cost: { logN, r, p }, salt, hash }: PasswordHash): string {
  return ["scrypt", logN, r, p, ...[salt, hash].map(toBase64)].join("$");
}

/**
 * Reads what is kept of a password.
 *
 * @param text What {@linkcode formatHash} wrote.
 * @returns What is kept; undefined if the text is something else, or would cost too much.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const hash = { cost: SCRYPT_COST, salt: new Uint8Array(16), hash: new Uint8Array(32) };
 * assertEquals(parseHash(formatHash(hash)), hash);
 * assertEquals(parseHash("secret"), undefined);
 * ```
 */
export function parseHash(text: string): PasswordHash | undefined {
  const fields = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([\w-]{22})\$([\w-]{43})$/.exec(text);
  if (fields === null) return undefined;
  const [logN, r, p] = fields.slice(1, 4).map(Number) as [number, number, number];
  const isSane = logN >= 1 && r >= 1 && p >= 1 &&
    logN <= MAX_COST.logN && r <= MAX_COST.r && p <= MAX_COST.p;
  if (!isSane) return undefined;
  const [salt, hash] = fields.slice(4).map(fromBase64);
  return { cost: { logN, r, p }, salt: salt!, hash: hash! };
}

function toBase64(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(text, { alphabet: "base64url" });
}
