/**
 * Probes, each with a token of its own, and who answers how many of them.
 *
 * @module
 */

import { encodeControl } from "../../framing/control.ts";
import type { Hex64 } from "../../framing/datagram_hash.ts";

/** The probes of one examination in one room. */
export class Probing {
  readonly #roomPort: number;
  readonly #member: Hex64;
  readonly #tokens = new Set<Hex64>();
  /** The tokens that each of the others answered. */
  readonly #echoes = new Map<Hex64, Set<Hex64>>();
  #here = false;

  /**
   * Begins without a probe.
   *
   * @param roomPort The room's port.
   */
  constructor(roomPort: number) {
    this.#roomPort = roomPort;
    this.#member = randomToken();
  }

  /** How many were made. */
  get count(): number {
    return this.#tokens.size;
  }

  /** How many the most diligent of others answered who is not on this machine. */
  get answered(): number {
    return Math.max(0, ...[...this.#echoes.values()].map(({ size }) => size));
  }

  /** Whether somebody on this machine answered. */
  get answeredHere(): boolean {
    return this.#here;
  }

  /**
   * Makes a probe.
   *
   * @returns The datagram.
   */
  next(): Uint8Array {
    const token = randomToken();
    this.#tokens.add(token);
    return encodeControl({
      kind: "probe",
      roomPort: this.#roomPort,
      member: this.#member,
      token,
    });
  }

  /**
   * Says whether a token is one of these probes'.
   *
   * @param token The token.
   * @returns True if it is.
   */
  has(token: Hex64): boolean {
    return this.#tokens.has(token);
  }

  /**
   * Takes an echo.
   *
   * @param echo Its token, its sender, and whether that is on this machine.
   */
  echoed({ token, member, here }: { token: Hex64; member: Hex64; here: boolean }): void {
    if (!this.#tokens.has(token)) return;
    if (here) {
      this.#here = true;
      return;
    }
    const tokens = this.#echoes.get(member) ?? new Set();
    this.#echoes.set(member, tokens.add(token));
  }
}

/** Makes 64 random bits that are not all zero. */
function randomToken(): Hex64 {
  const bits = crypto.getRandomValues(new BigUint64Array(1))[0]! || 1n;
  return bits.toString(16).padStart(16, "0");
}
