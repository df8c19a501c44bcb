/**
 * The key of one's tickets, as the server gives it, checked where it comes in.
 *
 * @module
 */

import { isRecord } from "../../json.ts";
import { parseTicketKey } from "../../people/ticket.ts";
import { ShapeError, show } from "../server_shapes.ts";

/** The key of one's tickets, and when it was given. */
export interface GateKey {
  /** The key. */
  readonly key: Uint8Array;
  /** The time of the server, in milliseconds since 1970. */
  readonly serverNow: number;
}

/**
 * Reads the answer to `peer.listen`.
 *
 * @param value What the server sent.
 * @returns The key.
 * @throws {ShapeError} If it is no such answer.
 */
export function gateKey(value: unknown): GateKey {
  const { ticketKey, now } = isRecord(value) ? value : {};
  const key = typeof ticketKey === "string" ? parseTicketKey(ticketKey) : undefined;
  // The key itself is not for a screen.
  if (key === undefined) throw new ShapeError("a key of tickets that is none");
  if (Number.isSafeInteger(now)) return { key, serverNow: now as number };
  throw new ShapeError(`the time ${show(now)}`);
}
