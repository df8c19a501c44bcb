/**
 * What kind of machine this is: some have a network of their own that multicast does not leave.
 *
 * @module
 */

import { isLoopback, isVirtual, listInterfaces, WIRELESS_NAMES } from "../../net/interfaces.ts";
import type { MachineAddress, MachineSeen, ServerSeen } from "./observations.ts";

/** A network of its own. */
export interface Enclosure {
  /** What it is, such as "WSL2". */
  readonly what: string;
  /** What to do about it. */
  readonly advice: string;
}

/** Interfaces of VPNs, on three systems. */
const VPN_NAMES =
  /^(tun|tap|utun|wg|ppp|ipsec|nebula|zt|tailscale|nordlynx|proton|mullvad|cscotun|gpd)|Tailscale|ZeroTier|WireGuard|OpenVPN|Wintun|TAP-Windows|VPN|AnyConnect|Fortinet|GlobalProtect/i;

/** Container engines give the first interface such an address: Docker, Podman, LXC. */
const CONTAINER_MACS = /^(02:42|00:16:3e)/i;

/** Where the user-mode networks of QEMU and VirtualBox (10.0.2.15) and of rootless Podman are. */
const USER_MODE = /^10\.0\.2\.(15|100)$/;

/**
 * Looks at this machine.
 *
 * @returns What was seen; what there is no permission for is left out.
 * @throws {Deno.errors.NotCapable} Without `--allow-sys=networkInterfaces`.
 */
export function lookAtMachine(): MachineSeen {
  const masks = new Map(Deno.networkInterfaces().map((each) => [each.address, each.netmask]));
  const addresses = listInterfaces().map((each): MachineAddress => {
    const netmask = masks.get(each.address);
    return netmask === undefined ? each : { ...each, netmask };
  });
  return { os: Deno.build.os, release: releaseOf(), addresses };
}

function releaseOf(): string | undefined {
  try {
    return Deno.osRelease();
  } catch {
    return undefined;
  }
}

/**
 * Says whether this machine has a network of its own.
 *
 * @param machine The machine.
 * @param server What the server says of it.
 * @returns What encloses it; undefined if nothing does.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const release = "5.15.153.1-microsoft-standard-WSL2";
 * assertEquals(enclosureOf({ os: "linux", release, addresses: [] }, {})?.what, "WSL2");
 * ```
 */
export function enclosureOf(
  { os, release = "", addresses }: MachineSeen,
  { localAddress, seenAs }: Partial<ServerSeen>,
): Enclosure | undefined {
  const real = addresses.filter(({ family, address }) =>
    family === "IPv4" && !address.startsWith("127.")
  );
  if (os === "linux" && /microsoft/i.test(release)) {
    return {
      what: "WSL2",
      advice: "WSL2 has a network of its own behind Windows. Run the client in Windows itself, " +
        'or set "networkingMode=mirrored" in .wslconfig and start WSL2 again.',
    };
  }
  const only = real.length === 1 ? real[0] : undefined;
  const boxed = only !== undefined && /^(eth0|tap0)$/.test(only.name) &&
    (CONTAINER_MACS.test(only.mac) || (only.name === "tap0" && USER_MODE.test(only.address)));
  if (os === "linux" && boxed) {
    return {
      what: "a container",
      advice: "A container has a network of its own. Start it with the network of its host " +
        "(--network host), or run the client outside.",
    };
  }
  if (only !== undefined && USER_MODE.test(only.address)) {
    return {
      what: "a virtual machine behind address translation",
      advice: "Give the virtual machine a bridged network adapter, or run the client on its host.",
    };
  }
  if (
    seenAs !== undefined && localAddress !== undefined && seenAs !== localAddress &&
    !isLoopback(seenAs) && !isLoopback(localAddress) &&
    !addresses.some(({ address }) => address === seenAs)
  ) {
    return {
      what: `a network behind address translation (here ${localAddress}, there ${seenAs})`,
      advice: "Multicast does not pass address translation (a router, a container, a virtual " +
        "machine, a VPN). Join the network that the server is in.",
    };
  }
  return undefined;
}

/**
 * Says whether an interface is a VPN's.
 *
 * @param name What the system calls it.
 * @returns True if it looks like one.
 */
export function isVpn(name: string): boolean {
  return VPN_NAMES.test(name);
}

/**
 * Says whether an interface is a Wi-Fi.
 *
 * @param name What the system calls it.
 * @returns True if it looks like one; macOS does not tell.
 */
export function isWireless(name: string): boolean {
  return WIRELESS_NAMES.test(name);
}

/**
 * Picks the addresses that lead to networks with other people.
 *
 * @param addresses Those of this machine.
 * @returns The IPv4 addresses of interfaces that are not virtual.
 */
export function realAddresses(addresses: readonly MachineAddress[]): MachineAddress[] {
  return addresses.filter((each) => each.family === "IPv4" && !isVirtual(each));
}

/**
 * Says whether two IPv4 addresses are in one network.
 *
 * @param own The address and mask of this machine.
 * @param other The other address.
 * @returns Whether they are; undefined if that cannot be told.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const own = { address: "192.168.1.5", netmask: "255.255.255.0" };
 * assertEquals(isNear(own, "192.168.1.77"), true);
 * assertEquals(isNear(own, "192.168.2.77"), false);
 * ```
 */
export function isNear(
  { address, netmask }: Pick<MachineAddress, "address" | "netmask">,
  other: string | undefined,
): boolean | undefined {
  const [own, mask, there] = [address, netmask, other].map(numberOf);
  if (own === undefined || mask === undefined || there === undefined) return undefined;
  return (own & mask) === (there & mask);
}

function numberOf(address: string | undefined): number | undefined {
  const parts = address?.split(".").map(Number) ?? [];
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
  return parts.reduce((all, part) => (all << 8) | part, 0);
}
