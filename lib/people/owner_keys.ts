/**
 * Whose a room is: a text that the server keeps with it and tells nobody.
 *
 * @module
 */

import { ANONYMOUS, foldName } from "./names.ts";

/** Who made a room, or wants to delete it. */
export interface RoomMaker {
  /** The name, or `anonymous@` and the address. */
  readonly name: string;
  /** The IP address. */
  readonly address: string;
  /**
   * If the name is that of an account: since when that exists, in milliseconds since 1970.
   *
   * @default It is a guest.
   */
  readonly accountSince?: number | undefined;
}

/**
 * Says whose rooms somebody in a session may delete. A guest is known by name and address together,
 * since anybody may have the name later; an account by its name and when it was made, since whoever
 * registers a name that is free again is somebody else.
 *
 * @param maker Who it is.
 * @returns The keys; what they make belongs to the first.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const mel = { name: "Mel", address: "10.0.0.5" };
 * assertEquals(ownerKeys(mel), ["guest:mel@10.0.0.5"]);
 * assertEquals(ownerKeys({ ...mel, accountSince: 7 }), ["account:mel@7", "guest:mel@10.0.0.5"]);
 * ```
 */
export function ownerKeys({ name, address, accountSince }: RoomMaker): readonly string[] {
  const folded = name.startsWith(ANONYMOUS) ? "" : foldName(name);
  const guest = `guest:${folded}@${address}`;
  return accountSince === undefined ? [guest] : [`account:${folded}@${accountSince}`, guest];
}

/**
 * Says whose the rooms of a client of the lab protocol are, which tells no name.
 *
 * @param address Its IP address.
 * @returns The key.
 */
export function labOwnerKey(address: string): string {
  return `lab@${address}`;
}
