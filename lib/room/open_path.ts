/**
 * The way into a room as its options say it, in the real world.
 *
 * @module
 */

import type { Hex64 } from "../framing/datagram_hash.ts";
import { type DatagramPort, systemDatagrams } from "../net/datagram.ts";
import { SYSTEM_CLOCK } from "../rpc/ports.ts";
import { DirectTransport } from "./direct_transport.ts";
import type { JoinRoomOptions } from "./join_options.ts";
import { RoomPath } from "./room_path.ts";
import type { RoomPathOptions } from "./room_path_options.ts";
import type { RoomSeal } from "./room_seal.ts";
import { hearSealed } from "./sealed_hearing.ts";
import type { RoomInterface } from "./way.ts";

/** Who a path is for, and who is called. */
export type PathUser = Pick<
  RoomPathOptions,
  "member" | "label" | "onData" | "onControl" | "onMoved" | "onNews" | "onProblem"
>;

/**
 * Opens the way into a room.
 *
 * @param options What it takes to enter the room.
 * @param user Who it is for.
 * @param seal The room's seal; undefined for an open room.
 * @returns The path.
 * @throws {UserError} If the room cannot be joined.
 * @throws {DOMException} Named `AbortError` (or the signal's reason) if aborted.
 */
export async function openPath(
  options: JoinRoomOptions,
  user: PathUser,
  seal: RoomSeal | undefined,
): Promise<RoomPath> {
  const { room, signal, ttl, sockets = systemDatagrams, relay = "auto" } = options;
  const group = { address: room.address, port: room.port };
  const addresses = (): string[] => addressesOf(sockets);
  const path: RoomPath = await RoomPath.open({
    ...user,
    ...hearSealed(seal, user, () => (options.clock ?? SYSTEM_CLOCK).now()),
    seal: seal && ((bytes, local) => seal.seal(bytes, local)),
    roomPort: room.port,
    interface: options.interface,
    relay,
    openDirect: ({ address: interfaceAddress }, events) =>
      DirectTransport.open({
        ...events,
        group,
        interfaceAddress,
        label: user.label,
        ttl,
        signal,
        sockets,
      }),
    chooseAgain: options.chooseAgain ?? ((): RoomInterface | undefined => {
      // Waits for the one that was used.
      return addresses().includes(path.interface.address) ? path.interface : undefined;
    }),
    addresses,
    clock: options.clock ?? SYSTEM_CLOCK,
    wallClock: () => Date.now(),
    random: Math.random,
    newToken: randomHex64,
  });
  if (signal?.aborted) await path[Symbol.asyncDispose]();
  signal?.throwIfAborted();
  return path;
}

/** Makes 64 random bits that are not all zero. */
export function randomHex64(): Hex64 {
  const bits = crypto.getRandomValues(new BigUint64Array(1))[0]! || 1n;
  return bits.toString(16).padStart(16, "0");
}

function addressesOf(sockets: DatagramPort): string[] {
  return sockets.interfaces().map(({ address }) => address);
}
