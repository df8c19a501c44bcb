/**
 * How a member reaches its room: what is above it does not care whether directly or through a relay.
 *
 * @module
 */

import type { SocketAddress } from "../net/datagram.ts";

/** Who is told what arrives. None of these may throw. */
export interface TransportEvents {
  /** A datagram of somebody else on the room's port; the callee may keep the bytes. */
  onData(bytes: Uint8Array, source: SocketAddress): void;
  /** A datagram of somebody else on the control port of the room's group; likewise. */
  onControl(bytes: Uint8Array, source: SocketAddress): void;
  /** Something went wrong that belongs to no call: a `UserError`, or a fault. */
  onProblem(error: unknown): void;
  /** The transport ended by itself, with the reason in a few words; nothing arrives any more. */
  onEnded(reason: string): void;
}

/** A way into a room. Disposal sends what is waiting, then closes; it may be repeated. */
export interface RoomTransport extends AsyncDisposable {
  /** Over multicast, or through the CRDS. */
  readonly kind: "direct" | "relay";
  /** Where others see chat lines of this member come from: it identifies the sender. */
  readonly local: SocketAddress;
  /**
   * Sends a chat line, behind those that wait already.
   *
   * @param bytes The datagram, not to be changed any more.
   * @returns Resolves when it left.
   * @throws {UserError} If it cannot leave.
   */
  sendData(bytes: Uint8Array): Promise<void>;
  /**
   * Sends a control datagram. It may be lost, as on any network.
   *
   * @param bytes The datagram, not to be changed any more.
   */
  sendControl(bytes: Uint8Array): void;
}
