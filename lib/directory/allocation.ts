/**
 * Which address and port a room gets when nobody names one (DESIGN section 6).
 *
 * @module
 */

import { CONTROL_PORT } from "../framing/control.ts";
import { endpointOf, type Room } from "./room.ts";

/** The first address given out, as a 32-bit number: 239.255.1.0. */
const FIRST_ADDRESS = 0xefff0100;

/** How many addresses are given out: 239.255.1.0-239.255.254.255. */
const ADDRESSES = 254 * 256;

/** The first port given out: 20000-29999 lies below the ephemeral ranges of every system. */
const FIRST_PORT = 20_000;

/** How many ports are given out. */
const PORTS = 10_000;

/** What of a room matters here. */
export type Endpoint = Pick<Room, "address" | "port">;

/** What somebody who creates a room has named. */
export interface EndpointWish {
  /** A group address in 239.0.0.0/8. */
  readonly address?: string;
  /** A port, 1-65535. */
  readonly port?: number;
}

/**
 * What is taken, kept up to date room by room, so that an allocation need not look at all rooms.
 * What was added twice is free after it was deleted twice; so a caller may reserve what it is about
 * to create.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const taken = new EndpointIndex([{ address: "239.255.1.0", port: 20000 }]);
 * const wish = { address: "239.255.1.0" };
 * assertEquals(allocateEndpoint(taken, wish, () => 0), { address: "239.255.1.0", port: 20001 });
 * ```
 */
export class EndpointIndex {
  readonly #groups = new Map<number, number>();
  readonly #ports = new Map<number, number>();
  readonly #endpoints = new Map<string, number>();

  /**
   * Makes an index.
   *
   * @param rooms What is taken at the start.
   */
  constructor(rooms: Iterable<Endpoint> = []) {
    for (const room of rooms) this.add(room);
  }

  /**
   * Takes a room's address and port.
   *
   * @param room A room.
   */
  add(room: Endpoint): void {
    this.#count(room, 1);
  }

  /**
   * Gives a room's address and port back.
   *
   * @param room A room that was added.
   */
  delete(room: Endpoint): void {
    this.#count(room, -1);
  }

  #count(room: Endpoint, by: number): void {
    count(this.#groups, low23(parseAddress(room.address)), by);
    count(this.#ports, room.port, by);
    count(this.#endpoints, endpointKey(room.address, room.port), by);
  }

  /**
   * Says whether a room has an address that switches cannot tell from this one.
   *
   * @param address An address as a 32-bit number; only its low 23 bits count.
   * @returns True if so.
   */
  hasGroup(address: number): boolean {
    return this.#groups.has(low23(address));
  }

  /**
   * Says whether a room has this port, whatever its address.
   *
   * @param port A port.
   * @returns True if so.
   */
  hasPort(port: number): boolean {
    return this.#ports.has(port);
  }

  /**
   * Says whether a room has this pair.
   *
   * @param address A group address.
   * @param port A port.
   * @returns True if so.
   */
  hasEndpoint(address: string, port: number): boolean {
    return this.#endpoints.has(endpointKey(address, port));
  }
}

/**
 * Chooses what a new room's creator has not named: an address in 239.255.1.0-239.255.254.255 whose
 * low 23 bits no other room has (RFC 1112, section 6.4: Ethernet carries no more of it), and a port
 * in 20000-29999 that no other room has; when all of those are taken, one whose pair with the address
 * is free.
 *
 * @param rooms The rooms there are; whoever allocates often keeps an {@linkcode EndpointIndex}.
 * @param wish What was named; it is returned as it is, taken or not: the store is the judge of that.
 * @param random A source of numbers in [0, 1), such as `Math.random`.
 * @returns The address and the port, or undefined if nothing is left.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(allocateEndpoint([], {}, () => 0.5), { address: "239.255.128.0", port: 25000 });
 * assertEquals(allocateEndpoint([], { port: 7 }, () => 0), { address: "239.255.1.0", port: 7 });
 * ```
 */
export function allocateEndpoint(
  rooms: EndpointIndex | Iterable<Endpoint>,
  wish: EndpointWish,
  random: () => number,
): Endpoint | undefined {
  const taken = rooms instanceof EndpointIndex ? rooms : new EndpointIndex(rooms);
  const address = wish.address ?? chooseAddress(taken, random);
  if (address === undefined) return undefined;
  const port = wish.port ?? choosePort(taken, address, random);
  return port === undefined ? undefined : { address, port };
}

/** Finds a group that no room has. */
function chooseAddress(taken: EndpointIndex, random: () => number): string | undefined {
  const free = probe(ADDRESSES, random, (at) => !taken.hasGroup(FIRST_ADDRESS + at));
  return free === undefined ? undefined : formatAddress(FIRST_ADDRESS + free);
}

/** Finds a port that no room has, or at least none with the same address. */
function choosePort(
  taken: EndpointIndex,
  address: string,
  random: () => number,
): number | undefined {
  // The control port of every room (DESIGN section 7) is never given out.
  const usable = (at: number): boolean => FIRST_PORT + at !== CONTROL_PORT;
  const free = probe(PORTS, random, (at) => usable(at) && !taken.hasPort(FIRST_PORT + at)) ??
    probe(PORTS, random, (at) => usable(at) && !taken.hasEndpoint(address, FIRST_PORT + at));
  return free === undefined ? undefined : FIRST_PORT + free;
}

/** Looks from a random place on, once around, so that it ends and misses nothing. */
function probe(
  size: number,
  random: () => number,
  isFree: (at: number) => boolean,
): number | undefined {
  const start = Math.floor(random() * size);
  for (let step = 0; step < size; step++) {
    const at = (start + step) % size;
    if (isFree(at)) return at;
  }
  return undefined;
}

/** Counts up or down; what is down to zero is forgotten. */
function count<K>(counts: Map<K, number>, key: K, by: number): void {
  const now = (counts.get(key) ?? 0) + by;
  if (now > 0) counts.set(key, now);
  else counts.delete(key);
}

/** The part of a group address that switches and network cards filter on. */
function low23(address: number): number {
  return address & 0x7fffff;
}

/** Turns a dotted address into a 32-bit number. */
function parseAddress(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** Turns a 32-bit number into a dotted address. */
function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
}

/** Names a pair. */
function endpointKey(address: string, port: number): string {
  return endpointOf({ name: "", address, port });
}
