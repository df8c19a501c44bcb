/**
 * Who speaks in a room without telling of themselves: other people's programs.
 *
 * @module
 */

import { decodeChatLine } from "../framing/chat_line.ts";
import type { SocketAddress } from "../net/datagram.ts";
import { keyOf } from "./member_table.ts";

/** Most simple clients remembered: a class of students and their teacher. */
export const MAX_SIMPLE_CLIENTS = 64;

/** After this silence (milliseconds) nobody counts on them: they say no bye. */
export const SIMPLE_SILENCE_MS = 600_000;

/** Longest name shown, in UTF-16 units: others' programs have their own idea of names. */
const MAX_NAME_LENGTH = 64;

/** A simple client. */
export interface SimpleClient {
  /** What stands before the colon of its last line; its address if there is none. */
  readonly name: string;
  /** Where its lines come from. */
  readonly source: SocketAddress;
  /** When it was first heard, in milliseconds. */
  readonly since: number;
  /** When it was last heard, in milliseconds. */
  readonly heardAt: number;
  /** How many lines it said. */
  readonly lines: number;
}

/** Those heard lately. */
export class SimpleClients {
  /** The longest silent first. */
  readonly #clients = new Map<string, SimpleClient>();

  /**
   * Takes note of a line that nobody claims.
   *
   * @param bytes The datagram.
   * @param source Where it came from.
   * @param now The time in milliseconds.
   */
  heard(bytes: Uint8Array, source: SocketAddress, now: number): void {
    const key = keyOf(source);
    const known = this.#clients.get(key);
    const [, name = ""] = /^([^:]+): /.exec(decodeChatLine(bytes)) ?? [];
    this.#clients.delete(key);
    this.#clients.set(key, {
      name: shorten(name.trim()) || source.address,
      source,
      since: known?.since ?? now,
      heardAt: now,
      lines: (known?.lines ?? 0) + 1,
    });
    if (this.#clients.size <= MAX_SIMPLE_CLIENTS) return;
    this.#clients.delete(this.#clients.keys().next().value!);
  }

  /**
   * Lists them.
   *
   * @param members The data sockets of members: whoever reports is no simple client.
   * @param now The time in milliseconds.
   * @returns Those not silent for long.
   */
  list(members: Iterable<SocketAddress>, now: number): SimpleClient[] {
    for (const source of members) this.#clients.delete(keyOf(source));
    return [...this.#clients.values()].filter(({ heardAt }) => now - heardAt < SIMPLE_SILENCE_MS);
  }
}

/** Cuts a name between two characters. */
function shorten(name: string): string {
  const cut = name.slice(0, MAX_NAME_LENGTH);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
