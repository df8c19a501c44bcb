/**
 * Which network interface a room is reached through: the commonest reason for "I see nobody".
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { sanitise } from "../text.ts";

/** One address of one interface; what `Deno.networkInterfaces()` lists has this shape. */
export interface InterfaceAddress {
  /** What the system calls the interface: `eth0`, `en0`, `Wi-Fi`. */
  readonly name: string;
  /** Rooms are IPv4; an IPv6 address only tells which interface leads to the CRDS. */
  readonly family: "IPv4" | "IPv6";
  /** The address, without a prefix length. */
  readonly address: string;
  /** The hardware address, `00:00:00:00:00:00` if there is none. */
  readonly mac: string;
}

/** The interface that was chosen. */
export interface ChosenInterface {
  /** What the system calls the interface. */
  readonly name: string;
  /** Its IPv4 address. */
  readonly address: string;
  /** Why this one, a few words for people. */
  readonly why: string;
}

/** What {@linkcode chooseInterface} decides on. */
export interface ChooseInterfaceOptions {
  /** The interface name or IPv4 address that the user gave. */
  readonly wanted?: string | undefined;
  /**
   * Where the user gave it, for {@linkcode ChosenInterface.why}.
   *
   * @default {"--iface"}
   */
  readonly wantedFrom?: string | undefined;
  /** The local address of the TCP connection to the CRDS, if there is one. */
  readonly localAddress?: string | undefined;
  /** The interfaces there are. */
  readonly list: readonly InterfaceAddress[];
}

/** Interfaces that lead to containers, virtual machines, tunnels or odd radios, on three systems. */
const VIRTUAL_NAMES: readonly RegExp[] = [
  // Linux: containers, virtual machines and their bridges (br0 stays: it usually holds a real card).
  /^(docker|podman|veth|br-|virbr|vnet\d|vif|lxc|lxd|incus|cni|flannel|cali|cilium|kube|weave)/i,
  // Tunnels and VPNs by the names of their devices.
  /^(tun|tap|utun|wg|ppp|ipsec|vti|gre|sit|ip6tnl|vxlan|nebula|zt|feth|tailscale|nordlynx|proton|mullvad|cscotun|gpd)/i,
  // Devices that lead nowhere, and macOS's AirDrop, hotspot and virtual machine bridges.
  /^(dummy|ifb|awdl|llw|anpi|ap\d|gif|stf|bridge\d|vmnet|vmenet|vboxnet)/i,
  // Windows, where names are sentences.
  /vEthernet|WSL|Hyper-V|VirtualBox|VMware|Docker|Tailscale|ZeroTier|WireGuard|OpenVPN|Wintun/i,
  /TAP-Windows|Npcap|VPN|AnyConnect|Hamachi|Fortinet|GlobalProtect|Bluetooth|Loopback/i,
  // Wi-Fi Direct and the mobile hotspot of Windows.
  /^Local Area Connection\*/i,
];

/**
 * Hardware addresses that virtual adapters have on their host. Inside a container (02:42) or a
 * virtual machine (00:15:5d) the only real interface has one too, so they only lose to others.
 */
const VIRTUAL_MACS = /^(02:42|0a:00:27|00:50:56:c0|00:15:5d|00:ff|00:00:00:00:00:00)/i;

/** Interfaces of wireless networks, on three systems. */
export const WIRELESS_NAMES: RegExp = /^(wl|wifi|wi-fi)|wireless/i;

/**
 * Lists the addresses of this machine's interfaces.
 *
 * @returns All of them, IPv4 and IPv6, as the system orders them.
 * @throws {Deno.errors.NotCapable} Without `--allow-sys=networkInterfaces`.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(listInterfaces().some(({ address }) => address === "127.0.0.1"));
 * ```
 */
export function listInterfaces(): InterfaceAddress[] {
  return Deno.networkInterfaces().map(({ name, family, address, mac }) => ({
    name,
    family,
    address,
    mac,
  }));
}

/**
 * Chooses the interface for a room: the one the user wants; else the one that leads to the CRDS;
 * if that is loopback or unknown, the best one that is not virtual; else loopback.
 *
 * @param options What is wanted, known and there.
 * @returns The interface and the reason.
 * @throws {UserError} If there is no such interface, or none at all; the message names those there are.
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
 * assertEquals(chooseInterface({ list }).name, "eth0");
 * assertEquals(chooseInterface({ list, wanted: "lo" }).why, "given with --iface");
 * ```
 */
export function chooseInterface(options: ChooseInterfaceOptions): ChosenInterface {
  const { wanted, wantedFrom = "--iface", localAddress, list } = options;
  const usable = list.filter(({ family }) => family === "IPv4");
  if (wanted !== undefined && wanted !== "") {
    return chosen(findWanted(wanted, list, usable), `given with ${wantedFrom}`);
  }
  const towardsServer = findLocal(localAddress, list, usable);
  if (towardsServer !== undefined) return chosen(towardsServer, "it leads to the CRDS");

  // Array.sort is stable: among equals the system's own order decides.
  const [best] = usable.filter((entry) => !isVirtual(entry)).sort((a, b) => rank(a) - rank(b));
  if (best !== undefined) return chosen(best, "best non-virtual interface");
  const loopback = usable.find(({ address }) => isLoopback(address));
  if (loopback !== undefined) return chosen(loopback, "there is no other");
  const rest = usable.length === 0 ? "" : ` Choose one with --iface: ${enumerate(usable)}.`;
  throw new UserError(
    `Cannot choose an interface: this machine has no IPv4 address of a network.${rest}`,
  );
}

/** Finds what the user named: by address, by name, by name in any case. */
function findWanted(
  wanted: string,
  list: readonly InterfaceAddress[],
  usable: readonly InterfaceAddress[],
): InterfaceAddress {
  const lower = wanted.toLowerCase();
  const found = usable.find(({ address }) => address === wanted) ??
    usable.find(({ name }) => name === wanted) ??
    usable.find(({ name }) => name.toLowerCase() === lower);
  if (found !== undefined) return found;
  const why = list.some(({ name }) => name.toLowerCase() === lower)
    ? "it has no IPv4 address"
    : "there is no such interface";
  const choice = usable.length === 0
    ? "This machine has no IPv4 address at all."
    : `Choose one of ${enumerate(usable)}.`;
  throw new UserError(`Cannot use interface "${sanitise(wanted)}": ${why}. ${choice}`);
}

/** Finds the interface of a connection's local address, unless it is loopback or not listed. */
function findLocal(
  localAddress: string | undefined,
  list: readonly InterfaceAddress[],
  usable: readonly InterfaceAddress[],
): InterfaceAddress | undefined {
  if (localAddress === undefined) return undefined;
  // "::ffff:192.168.1.5" is IPv4 on a dual-stack socket, "fe80::1%en0" has a zone.
  const address = localAddress.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  if (isLoopback(address)) return undefined;
  const exact = usable.find((entry) => entry.address === address);
  if (exact !== undefined) return exact;
  const name = list.find((entry) => entry.address === address)?.name;
  return usable.find((entry) => entry.name === name);
}

/**
 * Tells interfaces of containers, virtual machines, tunnels and loopback from those of a network.
 *
 * @param entry An address of an interface.
 * @returns Whether nobody else on the local network is to be expected there.
 */
export function isVirtual({ name, address }: InterfaceAddress): boolean {
  // 169.254 (RFC 3927) is what an interface has whose network gave it no address.
  return isLoopback(address) || address.startsWith("169.254.") ||
    VIRTUAL_NAMES.some((pattern) => pattern.test(name));
}

/** Orders what is left, the smaller the better: hardware address, then address range, then cable. */
function rank({ name, address, mac }: InterfaceAddress): number {
  return (VIRTUAL_MACS.test(mac) ? 8 : 0) + rangeRank(address) * 2 +
    (WIRELESS_NAMES.test(name) ? 1 : 0);
}

/** A private range (RFC 1918) is a local network; 100.64/10 (RFC 6598) mostly a VPN's. */
function rangeRank(address: string): number {
  const [first = 0, second = 0] = address.split(".").map(Number);
  if (first === 10 || (first === 192 && second === 168)) return 0;
  if (first === 172 && second >= 16 && second < 32) return 0;
  return first === 100 && second >= 64 && second < 128 ? 2 : 1;
}

function chosen({ name, address }: InterfaceAddress, why: string): ChosenInterface {
  return { name, address, why };
}

function enumerate(list: readonly InterfaceAddress[]): string {
  return list.map(({ name, address }) => `${sanitise(name)} (${address})`).join(", ");
}

/**
 * Says whether an address leads to this machine itself.
 *
 * @param address IPv4, IPv6, or IPv4 as an IPv6 socket tells it.
 * @returns True if it does.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["127.0.0.2", "::1", "::ffff:127.0.0.1", "10.0.0.1"].map(isLoopback), [
 *   true,
 *   true,
 *   true,
 *   false,
 * ]);
 * ```
 */
export function isLoopback(address: string): boolean {
  return /^(::ffff:)?127\./i.test(address) || address === "::1";
}
