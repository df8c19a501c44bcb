/**
 * What entering a room takes.
 *
 * @module
 */

import type { DatagramPort } from "../net/datagram.ts";
import type { Clock } from "../rpc/ports.ts";
import type { RoomAddress } from "./room_address.ts";
import type { RoomEvent, RoomLine } from "./room_event.ts";
import type { RelayWish } from "./room_server.ts";
import type { RoomInterface } from "./way.ts";

/**
 * How long one stays after the last line before leaving, in milliseconds: the report behind it, the
 * others' asking and the repair, twice, on a LAN.
 */
export const LINGER_MS = 700;

/** What `joinRoom` needs. */
export interface JoinRoomOptions {
  /** The room. */
  readonly room: RoomAddress;
  /** The interface to reach it through, see `chooseInterface`. */
  readonly interface: RoomInterface;
  /** The name to speak under. */
  readonly chatName: string;
  /** The key of a sealed room, see `sealKeys`; without it, the room is an open one. */
  readonly sealKey?: Uint8Array | undefined;
  /** Called for each line of others, in the order in which they can be shown. */
  readonly onLine: (line: RoomLine) => void;
  /** Called with a sentence for people when something goes wrong that belongs to no call. */
  readonly onProblem: (message: string) => void;
  /** Called for what happens besides. */
  readonly onEvent?: (event: RoomEvent) => void;
  /** Leaves the room at once, without waiting for what is unsent. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How many networks the lines may pass, 1-255.
   *
   * @default {1}
   */
  readonly ttl?: number | undefined;
  /**
   * Whether the CRDS carries the lines: when multicast does not get through, always, or never. Set
   * `RoomLink.server` for it.
   *
   * @default {"auto"}
   */
  readonly relay?: RelayWish;
  /** Chooses the interface when the first one is gone; nothing if there is none. */
  readonly chooseAgain?: () => RoomInterface | undefined;
  /**
   * Whether a member is asked for the last lines from before; lines then wait up to 2.5 s for it.
   *
   * @default {false}
   */
  readonly history?: boolean;
  /**
   * How long to stay after the last line, in milliseconds.
   *
   * @default {LINGER_MS}
   */
  readonly linger?: number;
  /** Where sockets come from; the system's unless a test says otherwise. */
  readonly sockets?: DatagramPort;
  /** Where the time comes from; the system's unless a test says otherwise. */
  readonly clock?: Clock;
}
