/**
 * What keeping a way into a room open needs of the world.
 *
 * @module
 */

import type { Hex64 } from "../framing/datagram_hash.ts";
import type { SocketAddress } from "../net/datagram.ts";
import type { Clock } from "../rpc/ports.ts";
import type { RoomPlace } from "./room_parts.ts";
import type { PathNews, RelayWish } from "./room_server.ts";
import type { RoomTransport, TransportEvents } from "./transport.ts";
import type { RoomInterface } from "./way.ts";

/** What `RoomPath.open` needs. */
export interface RoomPathOptions {
  /** Seals what is sent, given where others see it come from; without it, it is sent as it is. */
  readonly seal?: ((bytes: Uint8Array, local: SocketAddress) => Uint8Array) | undefined;
  /** The room's port. */
  readonly roomPort: number;
  /** This member's id. */
  readonly member: Hex64;
  /** What the room is called in errors. */
  readonly label: string;
  /** The interface to begin with. */
  readonly interface: RoomInterface;
  /** Whether to use a relay. */
  readonly relay: RelayWish;
  /** Opens the direct way over an interface. */
  readonly openDirect: (over: RoomInterface, events: TransportEvents) => Promise<RoomTransport>;
  /** Chooses the interface anew when the first one is gone; nothing if there is none to use. */
  readonly chooseAgain: () => RoomInterface | undefined;
  /** Lists the addresses of this machine now. */
  readonly addresses: () => readonly string[];
  /** The time. */
  readonly clock: Clock;
  /** The wall clock in milliseconds: it goes on while the machine sleeps. */
  readonly wallClock: () => number;
  /** Yields numbers in [0, 1). */
  readonly random: () => number;
  /** Makes a random token. */
  readonly newToken: () => Hex64;
  /** A chat line of somebody else. */
  readonly onData: (bytes: Uint8Array, source: SocketAddress) => void;
  /** A control datagram of somebody else that is no probe. */
  readonly onControl: (bytes: Uint8Array, source: SocketAddress) => void;
  /** Others see this member elsewhere from now on. */
  readonly onMoved: (place: Omit<RoomPlace, "tcpPort">) => void;
  /** Something about the way that people should know. */
  readonly onNews: (news: PathNews) => void;
  /** Something went wrong that belongs to no call. */
  readonly onProblem: (error: unknown) => void;
}
