/**
 * What a room is.
 *
 * @module
 */

/** A chat room: a name for an IP multicast address and port. */
export interface Room {
  /** 1-64 bytes of UTF-8 without white space or control characters; unique in a directory. */
  readonly name: string;
  /** An IPv4 address in 239.0.0.0/8, in canonical dotted form. */
  readonly address: string;
  /** A UDP port, 1-65535. The pair of address and port is unique in a directory. */
  readonly port: number;
  /** What the room is about, in one line; absent if nobody said. */
  readonly topic?: string;
  /** When it was created, in milliseconds since 1970; absent if nobody knows. */
  readonly createdAt?: number;
  /** Who created it, as the server knew them; absent if nobody knows. */
  readonly createdBy?: string;
  /**
   * Set if only those read along who know its passphrase: the check value, 16 bytes in base64url,
   * by which a client tells a wrong passphrase.
   */
  readonly sealed?: string;
  /** Whose it is, see `ownerKeys`; absent if it is nobody's. Never told: see {@linkcode toldRoom}. */
  readonly owner?: string;
}

/** A room as clients are told of it. */
export type ToldRoom = Omit<Room, "owner">;

/**
 * Takes out of a room what is not for others.
 *
 * @param room A room.
 * @returns The room without its owner.
 */
export function toldRoom({ owner: _, ...room }: Room): ToldRoom {
  return room;
}

/**
 * Names where a room's lines travel.
 *
 * @param room A room.
 * @returns `address:port`, which no two rooms of a directory share.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(endpointOf({ name: "lab", address: "239.1.2.3", port: 50100 }), "239.1.2.3:50100");
 * ```
 */
export function endpointOf(room: Room): string {
  return `${room.address}:${room.port}`;
}
