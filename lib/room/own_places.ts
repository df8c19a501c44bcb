/**
 * Where lines of one's own come from: what is heard from there is no news.
 *
 * @module
 */

import type { SocketAddress } from "../net/datagram.ts";
import { keyOf } from "./member_table.ts";

/**
 * How long a socket that was left counts as one's own, in milliseconds: somewhat longer than others
 * pass on what came from it. Later it may be somebody else's.
 */
export const LEFT_PLACE_MS = 150_000;

/** Most sockets remembered: somebody who moves more often loses the oldest. */
export const MAX_PLACES = 16;

/** The present socket and those that were left lately. */
export class OwnPlaces {
  /** When each of the others was left; the oldest first. */
  readonly #leftAt = new Map<string, number>();
  #present: SocketAddress;

  /**
   * Starts with one.
   *
   * @param local The data socket.
   */
  constructor(local: SocketAddress) {
    this.#present = local;
  }

  /**
   * Moves to another.
   *
   * @param local The new data socket.
   * @param now The time in milliseconds.
   */
  moved(local: SocketAddress, now: number): void {
    this.#leftAt.set(keyOf(this.#present), now);
    this.#leftAt.delete(keyOf(local));
    this.#present = local;
    if (this.#leftAt.size >= MAX_PLACES) this.#leftAt.delete(this.#leftAt.keys().next().value!);
  }

  /**
   * Says whether a line comes from oneself.
   *
   * @param source Where it comes from.
   * @param now The time in milliseconds.
   * @returns True if so.
   */
  has(source: SocketAddress, now: number): boolean {
    const { address, port } = this.#present;
    if (source.port === port && source.address === address) return true;
    if (this.#leftAt.size === 0) return false;
    const leftAt = this.#leftAt.get(keyOf(source));
    return leftAt !== undefined && now - leftAt < LEFT_PLACE_MS;
  }
}
