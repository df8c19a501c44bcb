/**
 * Hashing passwords: slow on purpose, and nobody else waits for it.
 *
 * @module
 */

import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import {
  formatHash,
  HASH_BYTES,
  parseHash,
  passwordBytes,
  type PasswordHash,
  SALT_BYTES,
  SCRYPT_COST,
  type ScryptCost,
} from "./passwords.ts";

/** How many may wait: at 0.2 s each, on two cores, the last of them waits for less than a minute. */
export const MAX_WAITING_HASHES = 256;

/** Too many passwords wait to be checked. */
export class HasherBusy extends Error {}

/** Settings of a {@linkcode PasswordHasher}. */
export interface PasswordHasherOptions {
  /**
   * How many are worked on at one time, in threads of the system's pool.
   *
   * @default {one less than there are cores, and at least one}
   */
  readonly workers?: number;
  /**
   * How many may wait besides.
   *
   * @default {MAX_WAITING_HASHES}
   */
  readonly maxWaiting?: number;
  /**
   * What new hashes cost.
   *
   * @default {SCRYPT_COST}
   */
  readonly cost?: ScryptCost;
}

/**
 * Hashes passwords with scrypt, off the event loop, few at a time, the first who came first.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const hasher = new PasswordHasher({ cost: { logN: 4, r: 8, p: 1 } });
 * const kept = await hasher.hash("correct horse");
 * assertEquals(await hasher.verify("correct horse", kept), true);
 * assertEquals(await hasher.verify("wrong horse", kept), false);
 * ```
 */
export class PasswordHasher {
  readonly #workers: number;
  readonly #maxWaiting: number;
  readonly #cost: ScryptCost;
  /** What a password is compared with that nobody has. */
  readonly #nobody: PasswordHash;
  readonly #waiting: (() => void)[] = [];
  #working = 0;

  /**
   * Makes a hasher that does nothing yet.
   *
   * @param options Settings.
   */
  constructor(options: PasswordHasherOptions = {}) {
    this.#workers = options.workers ?? Math.max(1, navigator.hardwareConcurrency - 1);
    this.#maxWaiting = options.maxWaiting ?? MAX_WAITING_HASHES;
    this.#cost = options.cost ?? SCRYPT_COST;
    this.#nobody = { cost: this.#cost, salt: random(SALT_BYTES), hash: random(HASH_BYTES) };
  }

  /**
   * Makes what is kept of a new password.
   *
   * @param password The password.
   * @returns What `formatHash()` writes.
   * @throws {HasherBusy} If too many wait.
   */
  async hash(password: string): Promise<string> {
    const salt = random(SALT_BYTES);
    const hash = await this.#work(password, { cost: this.#cost, salt });
    return formatHash({ cost: this.#cost, salt, hash });
  }

  /**
   * Compares a password with what is kept; it takes the same time whatever differs, and also if
   * nothing is kept.
   *
   * @param password The password.
   * @param kept What `hash()` made; undefined for a name that nobody has.
   * @returns Whether it is the same.
   * @throws {HasherBusy} If too many wait.
   */
  async verify(password: string, kept: string | undefined): Promise<boolean> {
    const known = kept === undefined ? undefined : parseHash(kept);
    const { cost, salt, hash } = known ?? this.#nobody;
    const same = timingSafeEqual(await this.#work(password, { cost, salt }), hash);
    return same && known !== undefined;
  }

  /** Waits for its turn and works. */
  async #work(
    password: string,
    { cost, salt }: Pick<PasswordHash, "cost" | "salt">,
  ): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#working >= this.#workers) {
      if (this.#waiting.length >= this.#maxWaiting) throw new HasherBusy();
      // Whoever ends hands its place over.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#working++;
    try {
      return await derive(passwordBytes(password), salt, cost);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#working--;
      else next();
    }
  }
}

function derive(
  password: Uint8Array,
  salt: Uint8Array,
  { logN, r, p }: ScryptCost,
): Promise<Uint8Array<ArrayBuffer>> {
  const N = 2 ** logN;
  // RFC 7914, section 2: 128 r (N + p + 2) bytes; OpenSSL refuses to take more than it is told.
  const maxmem = 128 * r * (N + p + 2) + 1024 * 1024;
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, { N, r, p, maxmem }, (error, key) => {
      if (error) reject(error);
      else resolve(new Uint8Array(key));
    });
  });
}

function random(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(randomBytes(length));
}
