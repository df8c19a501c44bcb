/**
 * Through which interface the server is in a room on a client's behalf.
 *
 * @module
 */

import { chooseInterface, type InterfaceAddress, isLoopback } from "../net/interfaces.ts";

/** What {@linkcode relayInterface} decides on. */
export interface RelayInterfaceOptions {
  /** The client's address. */
  readonly peer: string;
  /** The address of this machine that the client connected to. */
  readonly local: string;
  /** The interface's address that the client named. */
  readonly wanted?: string | undefined;
  /** The interfaces there are. */
  readonly list: readonly InterfaceAddress[];
}

/**
 * Chooses the interface. A client on this machine may name it, since it knows where its user wants to
 * be; a client elsewhere may not: it is taken into rooms of the network that it comes from.
 *
 * @param options What is known of the client and of this machine.
 * @returns The interface's IPv4 address.
 * @throws {UserError} If this machine has none that would do.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const list = [
 *   { name: "lo", family: "IPv4", address: "127.0.0.1", mac: "00:00:00:00:00:00" },
 *   { name: "eth0", family: "IPv4", address: "192.168.1.5", mac: "3c:52:82:01:02:03" },
 *   { name: "eth1", family: "IPv4", address: "10.0.0.5", mac: "3c:52:82:01:02:04" },
 * ] as const;
 * const here = { peer: "127.0.0.1", local: "127.0.0.1", list };
 * assertEquals(relayInterface({ ...here, wanted: "10.0.0.5" }), "10.0.0.5");
 * const there = { peer: "192.168.1.9", local: "192.168.1.5", list };
 * assertEquals(relayInterface({ ...there, wanted: "10.0.0.5" }), "192.168.1.5");
 * ```
 */
export function relayInterface({ peer, local, wanted, list }: RelayInterfaceOptions): string {
  if (!isLoopback(peer)) return chooseInterface({ list, localAddress: local }).address;
  const isOurs = list.some(({ family, address }) => family === "IPv4" && address === wanted);
  return wanted !== undefined && isOurs ? wanted : chooseInterface({ list }).address;
}
