/**
 * The server as a way into rooms, for those whom multicast does not reach (DESIGN section 7).
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import type { DatagramPort } from "../net/datagram.ts";
import { systemDatagrams } from "../net/datagram.ts";
import { refusal, type RpcError } from "../rpc/rpc_error.ts";
import { type Clock, SYSTEM_CLOCK } from "../rpc/ports.ts";
import type { RoomAddress } from "../room/room_address.ts";
import { sanitise } from "../text.ts";
import { Relay, type RelayOptions } from "./relay.ts";
import { relayInterface, type RelayInterfaceOptions } from "./relay_interface.ts";
import { ANSWER_LEASE, RoomAnswerers } from "./room_answerers.ts";
import type { StatusLog } from "./status_event.ts";

/** What {@linkcode RoomRelays} work with. */
export interface RoomRelaysOptions {
  /** Relayed members at one time. */
  readonly maxRelays: number;
  /** Where problems are told. */
  readonly log: StatusLog;
  /**
   * Where sockets come from.
   *
   * @default {systemDatagrams}
   */
  readonly sockets?: DatagramPort | undefined;
  /**
   * Where the time comes from.
   *
   * @default {SYSTEM_CLOCK}
   */
  readonly clock?: Clock | undefined;
}

/** Which client asks, and for what. */
export type RelayWish = Omit<RelayInterfaceOptions, "list"> & {
  /** The room. */
  readonly room: RoomAddress;
};

/** Who is told of what arrives. */
export type RelayListener = Pick<RelayOptions, "onHeard" | "onFailed">;

/** All relays and answerers of one server. Sessions end their relays themselves. */
export class RoomRelays implements AsyncDisposable {
  readonly #options: RoomRelaysOptions;
  readonly #sockets: DatagramPort;
  readonly #clock: Clock;
  readonly #answerers: RoomAnswerers;
  #taken = 0;
  #lastProblem: string | undefined;

  /**
   * Begins with none.
   *
   * @param options What they work with.
   */
  constructor(options: RoomRelaysOptions) {
    const { sockets = systemDatagrams, clock = SYSTEM_CLOCK } = options;
    this.#options = options;
    this.#sockets = sockets;
    this.#clock = clock;
    const onProblem = (error: unknown): void => this.#tell(error);
    this.#answerers = new RoomAnswerers({ clock, sockets, onProblem });
  }

  /** How many members are relayed now. */
  get size(): number {
    return this.#taken;
  }

  /**
   * Answers probes in a room for a while.
   *
   * @param wish The room, and who asks.
   * @returns For how long, in seconds, once they are answered.
   * @throws {RpcError} `RELAY_FAILED`.
   */
  async check(wish: RelayWish): Promise<number> {
    try {
      await this.#answerers.answer(wish.room, this.#interfaceFor(wish));
      this.#lastProblem = undefined;
      return ANSWER_LEASE / 1000;
    } catch (error) {
      throw this.#refused(`answer probes in room "${sanitise(wish.room.name)}"`, error);
    }
  }

  /**
   * Enters a room for a member.
   *
   * @param wish The room, and who asks.
   * @param listener Told of what arrives, from now on.
   * @returns The member's way into the room; disposing of it frees its place.
   * @throws {RpcError} `RELAY_FULL` or `RELAY_FAILED`.
   */
  async open(wish: RelayWish, listener: RelayListener): Promise<Relay> {
    const action = `relay room "${sanitise(wish.room.name)}"`;
    const { maxRelays } = this.#options;
    if (this.#taken >= maxRelays) {
      const why = `this server relays ${maxRelays} members, and that is the most`;
      throw refusal("RELAY_FULL", `Cannot ${action}: ${why}. Try again later.`);
    }
    this.#taken++;
    try {
      const relay = await Relay.open({
        ...listener,
        room: wish.room,
        interfaceAddress: this.#interfaceFor(wish),
        sockets: this.#sockets,
        now: () => this.#clock.now(),
        onFault: (error) => this.#tell(error),
        onClosed: () => this.#taken--,
      });
      this.#lastProblem = undefined;
      return relay;
    } catch (error) {
      this.#taken--;
      throw this.#refused(action, error);
    }
  }

  /** Ends what belongs to no session. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#answerers[Symbol.asyncDispose]();
  }

  #interfaceFor({ peer, local, wanted }: RelayWish): string {
    return relayInterface({ peer, local, wanted, list: this.#sockets.interfaces() });
  }

  /** The operator is told why, with what to do about it; the client cannot do anything about it. */
  #refused(action: string, error: unknown): RpcError {
    this.#tell(error);
    const why = "the server cannot join it. Tell the server's operator, then try again";
    return refusal("RELAY_FAILED", `Cannot ${action}: ${why}.`);
  }

  /** Tells each problem once, however often clients run into it, until things work again. */
  #tell(error: unknown): void {
    const what = error instanceof UserError
      ? `Relay: ${error.message}`
      : `Cannot relay: ${reasonOf(error)} (a fault of crds-server).`;
    if (what === this.#lastProblem) return;
    this.#lastProblem = what;
    this.#options.log.report({ event: "problem", what });
  }
}
