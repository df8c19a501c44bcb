/**
 * What a room needs of the CRDS, and what is told about the way into the room.
 *
 * @module
 */

import type { ChosenInterface } from "../net/interfaces.ts";
import type { RoomTransport, TransportEvents } from "./transport.ts";

/** Whether a member uses a relay: when multicast fails, always, or never. */
export type RelayWish = "auto" | "always" | "never";

/** A server that can help a member of one room. */
export interface RoomServer {
  /** Whether it is on this machine: then its echoes come from here. */
  readonly here: boolean;
  /**
   * Asks it to answer probes in the room.
   *
   * @param interfaceAddress The client's interface.
   * @param signal Gives up.
   * @returns For how long, in seconds.
   * @throws {Error} If it does not.
   */
  check(interfaceAddress: string, signal?: AbortSignal): Promise<number>;
  /**
   * Makes it the way into the room.
   *
   * @param interfaceAddress The client's interface.
   * @param events Who is told what arrives.
   * @param signal Gives up, until the relay is open; later, it is not to be aborted.
   * @returns The relay.
   * @throws {UserError} If it does not relay: why.
   */
  open(
    interfaceAddress: string,
    events: TransportEvents,
    signal?: AbortSignal,
  ): Promise<RoomTransport>;
}

/** Something about the way into the room that people should know. */
export type PathNews =
  /** The CRDS carries the lines from now on. */
  | { readonly kind: "relay"; readonly why: string }
  /** The way is direct again. */
  | { readonly kind: "direct"; readonly why: string }
  /** Multicast does not get through, and there is no relay either. */
  | { readonly kind: "blocked"; readonly why: string }
  /** The network interface is gone. */
  | { readonly kind: "gone"; readonly over: Pick<ChosenInterface, "name" | "address"> }
  /** There is a network interface again. */
  | { readonly kind: "back"; readonly over: Pick<ChosenInterface, "name" | "address"> };
