/**
 * On which interfaces a server announces itself, and which one a datagram came over.
 *
 * @module
 */

import { type InterfaceAddress, isLoopback, isVirtual } from "./interfaces.ts";

/** One interface and its IPv4 addresses that count, at least one. */
export interface Place {
  /** What the system calls the interface. */
  readonly name: string;
  /** Its addresses; the first one names it to the system. */
  readonly addresses: readonly [string, ...string[]];
}

/**
 * Picks the interfaces where somebody may look for a server, or announce one that listens
 * everywhere: loopback, and all that are not virtual.
 *
 * @param list The interfaces there are.
 * @returns Their IPv4 addresses.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const list = [
 *   { name: "lo", family: "IPv4", address: "127.0.0.1", mac: "00:00:00:00:00:00" },
 *   { name: "docker0", family: "IPv4", address: "172.17.0.1", mac: "02:42:9c:01:02:03" },
 *   { name: "eth0", family: "IPv4", address: "192.168.1.5", mac: "3c:52:82:01:02:03" },
 * ] as const;
 * assertEquals(discoveryInterfaces(list).map(({ name }) => name), ["lo", "eth0"]);
 * ```
 */
export function discoveryInterfaces(list: readonly InterfaceAddress[]): InterfaceAddress[] {
  return list.filter((entry) =>
    entry.family === "IPv4" && (isLoopback(entry.address) || !isVirtual(entry))
  );
}

/**
 * Picks where a server announces itself: only where it listens.
 *
 * @param host The IP address the server listens on.
 * @param list The interfaces there are.
 * @returns The places; none if the address is no IPv4 address of this machine.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const list = [
 *   { name: "lo", family: "IPv4", address: "127.0.0.1", mac: "00:00:00:00:00:00" },
 *   { name: "eth0", family: "IPv4", address: "192.168.1.5", mac: "3c:52:82:01:02:03" },
 * ] as const;
 * assertEquals(placesFor("127.0.0.1", list), [{ name: "lo", addresses: ["127.0.0.1"] }]);
 * assertEquals(placesFor("0.0.0.0", list).map(({ name }) => name), ["lo", "eth0"]);
 * ```
 */
export function placesFor(host: string, list: readonly InterfaceAddress[]): Place[] {
  // "::" takes IPv4 connections too, and "::ffff:192.168.1.5" is IPv4.
  const address = host.replace(/^::ffff:(?=\d+\.)/i, "");
  if (address === "0.0.0.0" || address === "::") return placesOf(discoveryInterfaces(list));
  const usable = list.filter(({ family }) => family === "IPv4");
  const exact = usable.filter((entry) => entry.address === address);
  if (exact.length > 0) return placesOf(exact);
  // All of 127.0.0.0/8 is this machine, but only 127.0.0.1 is listed.
  const loopback = usable.find((entry) => isLoopback(entry.address));
  if (loopback === undefined || !/^127\.\d+\.\d+\.\d+$/.test(address)) return [];
  return [{ name: loopback.name, addresses: [address] }];
}

/**
 * Groups addresses by interface.
 *
 * @param list Addresses; those that are no IPv4 addresses do not count.
 * @returns One place per interface, in the order of their first addresses.
 */
export function placesOf(list: readonly InterfaceAddress[]): Place[] {
  const places = new Map<string, [string, ...string[]]>();
  for (const { name, family, address } of list) {
    if (family !== "IPv4") continue;
    const addresses = places.get(name);
    if (addresses === undefined) places.set(name, [address]);
    else addresses.push(address);
  }
  return Array.from(places, ([name, addresses]) => ({ name, addresses }));
}

/**
 * Says whether a datagram came over a place. A socket hears what others on this machine have joined
 * on other interfaces (Linux: IP_MULTICAST_ALL), and nobody tells which one a datagram came over;
 * but its sender is on the same network, so the nearest address is the one.
 *
 * @param source Who sent it.
 * @param place The place.
 * @param list The interfaces there are.
 * @returns True if no other interface is nearer to the sender.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const list = [
 *   { name: "eth0", family: "IPv4", address: "192.168.1.5", mac: "3c:52:82:01:02:03" },
 *   { name: "eth1", family: "IPv4", address: "192.168.2.5", mac: "3c:52:82:01:02:04" },
 * ] as const;
 * const [eth0, eth1] = placesOf(list);
 * assertEquals(cameOver("192.168.2.77", eth0!, list), false);
 * assertEquals(cameOver("192.168.2.77", eth1!, list), true);
 * ```
 */
export function cameOver(
  source: string,
  place: Place,
  list: readonly InterfaceAddress[],
): boolean {
  if (isLoopback(source) !== isLoopback(place.addresses[0])) return false;
  const bits = Math.max(...place.addresses.map((address) => commonBits(address, source)));
  return list.every(({ name, family, address }) =>
    family !== "IPv4" || name === place.name || commonBits(address, source) <= bits
  );
}

/**
 * Counts the leading bits that two addresses share.
 *
 * @param a An IPv4 address.
 * @param b Another.
 * @returns 0-32.
 */
export function commonBits(a: string, b: string): number {
  return Math.clz32(toNumber(a) ^ toNumber(b));
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, byte) => (sum << 8) | Number(byte), 0);
}
