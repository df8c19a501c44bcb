/**
 * What else is tried when nobody answers: each direction, other interfaces, another room.
 *
 * @module
 */

import { UserError } from "../../errors.ts";
import { decodeControl } from "../../framing/control.ts";
import type { InterfaceAddress } from "../../net/interfaces.ts";
import type { RelayServer } from "../../room/relay_transport.ts";
import type { Clock } from "../../rpc/ports.ts";
import type { ListedRoom } from "../room_directory.ts";
import { isLoopback } from "../../net/interfaces.ts";
import type { OtherSeen, PathSeen, RoomSeen, WaysSeen } from "./observations.ts";
import { Probing } from "./probing.ts";
import { pause, RoomTrial } from "./room_trial.ts";

/** Probes of each of these attempts: at 20 % loss each way, all go astray once in 500. */
const FEW_PROBES = 6;

/** Interfaces that are tried besides the chosen one: more are those of containers. */
const MAX_OTHERS = 4;

/** Time between two datagrams through the server, and for the last one to come, in milliseconds. */
const RELAY_PAUSE_MS = 300;

/** What the attempts need. */
export interface HelpOptions {
  /** What the server helps with. */
  readonly relays: RelayServer;
  /** Its rooms. */
  readonly rooms: readonly ListedRoom[];
  /** The room where nobody answers. */
  readonly room: RoomSeen;
  /** The address of the interface where nobody answers. */
  readonly over: string;
  /** The listener there. */
  readonly trial: RoomTrial;
  /** What the room is called in errors. */
  readonly label: string;
  /** How many networks datagrams may pass. */
  readonly ttl: number;
  /** The time. */
  readonly clock: Clock;
  /** Gives up. */
  readonly signal: AbortSignal;
}

/**
 * Tries each direction: the server joins the group on the network that this machine comes from, tells
 * what it hears and says something itself.
 *
 * @param options What to try with.
 * @returns What arrived; undefined if the server does not help.
 */
export async function waysOf(options: HelpOptions): Promise<WaysSeen | undefined> {
  const { relays, room, over, trial, clock, signal } = options;
  if (room.name === undefined || room.place === undefined) return undefined;
  const outgoing = new Set<string>();
  // Probes that travel the other way; members answer them, which tells nothing more.
  const theirs = new Probing(room.place.port);
  try {
    const relay = await relays.join({ room: room.name, interface: over }, {
      onHeard(bytes) {
        const probe = decodeControl(bytes);
        if (probe?.kind === "probe" && trial.probing.has(probe.token)) outgoing.add(probe.token);
      },
      onEnded() {},
    }, signal);
    try {
      for (let i = 0; i < FEW_PROBES; i++) relay.send(theirs.next(), true);
      await trial.probe(FEW_PROBES, signal);
      await pause(clock, RELAY_PAUSE_MS, signal);
      return { out: outgoing.size, in: trial.ear.heardOf(theirs), sent: FEW_PROBES };
    } finally {
      await relay.leave();
    }
  } catch {
    // A server that does not relay, or is gone meanwhile.
    signal.throwIfAborted();
    return undefined;
  }
}

/**
 * Tries the other interfaces.
 *
 * @param options What to try with.
 * @returns Which there are, and where somebody answered.
 */
export async function othersOf(
  options: HelpOptions & { readonly addresses: readonly InterfaceAddress[] },
): Promise<OtherSeen[]> {
  const { addresses, over } = options;
  const others = addresses
    .filter(({ family, address }) => family === "IPv4" && address !== over && !isLoopback(address))
    .slice(0, MAX_OTHERS);
  return await Promise.all(others.map(async ({ name, address }) => {
    return { name, address, answered: await answers(options, options.room.place, address) };
  }));
}

/**
 * Tries another room of the server: if that works, this room's group is the trouble.
 *
 * @param options What to try with.
 * @returns Which room, and whether somebody answered there; undefined if there is no other.
 */
export async function otherRoomOf(options: HelpOptions): Promise<PathSeen["otherRoom"]> {
  const { relays, rooms, room, over, signal } = options;
  const other = rooms.find(({ address }) => address !== room.place?.address);
  if (other === undefined) return undefined;
  try {
    await relays.check({ room: other.name, interface: over }, signal);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
  return { name: other.name, answered: await answers(options, other, over) };
}

/** Says whether somebody on another machine answers. */
async function answers(
  { label, ttl, clock, signal }: HelpOptions,
  place: RoomSeen["place"],
  over: string,
): Promise<boolean> {
  if (place === undefined) return false;
  try {
    await using trial = await RoomTrial.open({ label, ttl, clock, place, over });
    await trial.probe(FEW_PROBES, signal);
    return trial.probing.answered > 0;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
