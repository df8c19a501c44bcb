/**
 * Why multicast failed, in words: the system mostly says EINVAL or UNKNOWN, so it is inferred.
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import type { SocketAddress } from "./datagram.ts";
import type { InterfaceAddress } from "./interfaces.ts";

/** Where something failed, and what is known about this machine. */
export interface MulticastFailure {
  /** What was tried: `join`, `send to`, `receive from`. */
  readonly action: string;
  /** What it was tried with, as people call it: `room "lab"`. */
  readonly label: string;
  /** The group's address and port. */
  readonly group: SocketAddress;
  /** The address of the interface that was chosen. */
  readonly interfaceAddress: string;
  /** The interfaces there are now; undefined if that is not known. */
  readonly interfaces: readonly InterfaceAddress[] | undefined;
  /** The operating system, as in `Deno.build.os`. */
  readonly os: string;
}

/** Ports below this one are the administrator's on Unix. */
const FIRST_FREE_PORT = 1024;

/**
 * Makes a sentence of a failed bind, join or send: the likely cause and what to do about it.
 *
 * @param error What was thrown.
 * @param failure Where it happened.
 * @returns The error to show, with the original one as its cause. A {@linkcode UserError} stays as it is.
 *
 * @example
 * ```ts
 * import { assertMatch } from "@std/assert";
 *
 * const error = explainMulticast(Object.assign(new Error("bind"), { code: "EADDRINUSE" }), {
 *   action: "join",
 *   label: 'room "lab"',
 *   group: { address: "239.255.7.1", port: 50100 },
 *   interfaceAddress: "127.0.0.1",
 *   interfaces: undefined,
 *   os: "linux",
 * });
 * assertMatch(error.message, /^Cannot join room "lab": another program uses UDP port 50100/);
 * ```
 */
export function explainMulticast(error: unknown, failure: MulticastFailure): UserError {
  if (error instanceof UserError) return error;
  const { action, label } = failure;
  return new UserError(`Cannot ${action} ${label}: ${causeOf(error, failure)}`, { cause: error });
}

function causeOf(error: unknown, failure: MulticastFailure): string {
  const { action, group, interfaceAddress, interfaces, os } = failure;
  const code = codeOf(error);
  if (error instanceof Deno.errors.NotCapable) {
    return `the program was not given the permission. Run it with --allow-net.`;
  }
  // Asked first, since a vanished interface shows as any code.
  if (interfaces !== undefined && !interfaces.some(({ address }) => address === interfaceAddress)) {
    return `this machine no longer has the address ${interfaceAddress}. ` +
      `Connect that network again, or choose another interface with --iface.`;
  }
  switch (code) {
    case "EADDRINUSE":
      return `another program uses UDP port ${group.port} and does not share it. ` +
        `End that program, or make the room with another port.`;
    case "EADDRNOTAVAIL":
      return `the interface with ${interfaceAddress} cannot be used. Choose another with --iface.`;
    case "EACCES":
    case "EPERM":
      if (action === "join" && group.port < FIRST_FREE_PORT) {
        return `the system does not permit UDP port ${group.port}. ` +
          `Make the room with a port from ${FIRST_FREE_PORT} up.`;
      }
      return `the system does not permit it. ` +
        `Allow this program, or UDP port ${group.port}, in the firewall.`;
    case "EHOSTUNREACH":
      if (os === "darwin") {
        return `macOS does not let this program into the local network. Allow your terminal in ` +
          `System Settings > Privacy & Security > Local Network.`;
      }
      return noRoute(interfaceAddress);
    case "ENETUNREACH":
    case "ENETDOWN":
    case "ENODEV":
      return noRoute(interfaceAddress);
    case "EMSGSIZE":
      return `the message is too long for one datagram. Say it in shorter messages.`;
    case "EINVAL":
      if (action !== "join") break;
      return `the interface with ${interfaceAddress} takes no multicast. ` +
        `It may be down or a tunnel: choose another with --iface.`;
    case "ENOBUFS":
    case "ENOMEM":
      return `the system has no memory left for it. Try again in a moment.`;
    case "UNKNOWN":
      return `the system refused and did not say why; the interface with ${interfaceAddress} may ` +
        `be down. Connect it, allow UDP port ${group.port} in the firewall, or choose another ` +
        `interface with --iface.`;
  }
  return `${reasonOf(error)}.`;
}

function noRoute(interfaceAddress: string): string {
  return `there is no way to the network of ${interfaceAddress}; its interface may be down. ` +
    `Connect it, or choose another with --iface.`;
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : undefined;
}
