/**
 * What is known of somebody who is here.
 *
 * @module
 */

import type { Room } from "../directory/room.ts";
import { keyOfRoom } from "./room_counts.ts";

/** One connected client as others see it. */
export interface Person {
  /** The name it holds, or `anonymous@` and its address. */
  readonly name: string;
  /** The IP address it comes from. */
  readonly address: string;
  /** Since when, in milliseconds since 1970. */
  readonly since: number;
  /** When it last did something, in milliseconds since 1970. */
  readonly active: number;
  /** The room it says it is in, as it was then: a room of that name may be another one later. */
  readonly room?: Room;
  /** There, if the name is that of an account, and this is whoever it belongs to. */
  readonly account?: true;
}

/** One change of who is here; only people with a name are reported. */
export interface PresenceChange {
  /** What happened; a new name or room is `changed`. */
  readonly kind: "came" | "left" | "changed";
  /** The person, after the change (before it, for `left`). */
  readonly person: Person;
  /** The name before the change, if it is another one. */
  readonly formerly?: string;
  /** There, if with it the person went on or off with an account. */
  readonly account?: "on" | "off";
}

/** A session: what stands for one connection while it lasts. Compared by identity. */
export interface Session {
  /** The address it comes from. */
  readonly address: string;
  /** Called when another connection with the same secret takes the name over. */
  readonly displaced?: () => void;
}

/** How a session claims a name. */
export interface Claim {
  /** With it, the name is taken over from a session that gave the same one. Kept for that. */
  readonly secret?: string | undefined;
  /** Whether a similar name will do if somebody else holds this one. */
  readonly orSimilar?: boolean | undefined;
}

/**
 * Says whether two rooms are one.
 *
 * @param a A room, or none.
 * @param b Another one, or none.
 * @returns True if name, address and port are the same.
 */
export function isSameRoom(a: Room | undefined, b: Room | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a === b || keyOfRoom(a) === keyOfRoom(b);
}

/**
 * Says what is told of somebody.
 *
 * @param before The person before; undefined if it was not here, or without a name.
 * @param after The person now; undefined if it is gone, or without a name.
 * @returns The change; undefined if there is none worth telling.
 */
export function changeBetween(
  before: Person | undefined,
  after: Person | undefined,
): PresenceChange | undefined {
  const isTurn = before?.account !== after?.account;
  const account = isTurn ? { account: after?.account ? "on" as const : "off" as const } : {};
  if (after === undefined) return before && { kind: "left", person: before, ...account };
  if (before === undefined) return { kind: "came", person: after, ...account };
  const formerly = before.name === after.name ? {} : { formerly: before.name };
  const change = { ...formerly, ...account };
  if (isSameRoom(before.room, after.room) && Object.keys(change).length === 0) return undefined;
  return { kind: "changed", person: after, ...change };
}
