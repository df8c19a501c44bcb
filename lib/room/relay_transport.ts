/**
 * A room through the CRDS, over TCP: for members that multicast does not reach (DESIGN section 7).
 *
 * @module
 */

import { UserError } from "../errors.ts";
import type { SocketAddress } from "../net/datagram.ts";
import { MAX_UNSENT_DATAGRAMS } from "../net/multicast.ts";
import { sanitise } from "../text.ts";
import type { CheckParams, JoinParams } from "./relay_methods.ts";
import type { RoomServer } from "./room_server.ts";
import type { RoomTransport, TransportEvents } from "./transport.ts";

/** Who is told of a relay's life. None of these may throw. */
export interface RelayEvents {
  /** A datagram of somebody else: on the room's port, or on the control port of its group. */
  onHeard(bytes: Uint8Array, source: SocketAddress, control: boolean): void;
  /** The relay ended without having been left, with the reason in a few words; called once. */
  onEnded(why: string): void;
}

/** A relay at a server. */
export interface RelayLink {
  /** Where others see the member's lines come from. */
  readonly local: SocketAddress;
  /** Whether so much waits on the way to the server that no more should be sent. */
  readonly congested: boolean;
  /** Resolves when it is not congested any more, or has ended. */
  drained(): Promise<void>;
  /** Sends a datagram of at most 1200 bytes, behind those sent before. After the end, nothing. */
  send(bytes: Uint8Array, control: boolean): void;
  /** Leaves the room behind what was sent; never rejects. Nothing is heard any more. */
  leave(): Promise<void>;
}

/** A server that is a way into rooms. */
export interface RelayServer {
  /**
   * Asks it to answer the probes of a room for a while.
   *
   * @param params The room, and the interface.
   * @param signal Gives up.
   * @returns For how long, in seconds.
   * @throws {UserError} If it does not.
   */
  check(params: CheckParams, signal?: AbortSignal): Promise<number>;
  /**
   * Enters a room there.
   *
   * @param params The room, and the interface.
   * @param events Who is told.
   * @param signal Gives up.
   * @returns The relay.
   * @throws {UserError} If that fails.
   */
  join(params: JoinParams, events: RelayEvents, signal?: AbortSignal): Promise<RelayLink>;
}

/** What {@linkcode RelayTransport.open} needs. */
export interface RelayTransportOptions extends TransportEvents {
  /** The server. */
  readonly server: RelayServer;
  /** The room's name in the server's directory. */
  readonly room: string;
  /** The IPv4 address of this machine's interface: heeded by a server on the same machine. */
  readonly interfaceAddress: string;
  /** Leaves at once, without waiting for what is unsent. */
  readonly signal?: AbortSignal | undefined;
}

/** A line that waits until the connection has room for it. */
interface Waiting {
  readonly bytes: Uint8Array;
  readonly sent: PromiseWithResolvers<void>;
}

/** A {@linkcode RoomTransport} through the CRDS. */
export class RelayTransport implements RoomTransport {
  /** Always "relay". */
  readonly kind = "relay";
  /** Where lines come from: a socket of the server. */
  readonly local: SocketAddress;
  readonly #link: RelayLink;
  readonly #options: RelayTransportOptions;
  #waiting: Waiting[] = [];
  #sending: Promise<void> | undefined;
  /** Why nothing more can be sent. */
  #over: string | undefined;
  #left: Promise<void> | undefined;
  readonly #onAbort = (): void => void this.#leave("it was left");

  private constructor(options: RelayTransportOptions, link: RelayLink) {
    this.#options = options;
    this.#link = link;
    this.local = link.local;
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /**
   * Enters the room.
   *
   * @param options The server, the room and who is called.
   * @returns The transport; it hears from now on.
   * @throws {UserError} If the server refuses, or cannot be asked.
   * @throws {DOMException} Named `AbortError` (or the signal's reason) if aborted.
   */
  static async open(options: RelayTransportOptions): Promise<RelayTransport> {
    const { server, room, interfaceAddress, signal } = options;
    signal?.throwIfAborted();
    let early: string | undefined;
    let end = (why: string): void => void (early ??= why);
    const events: RelayEvents = {
      onHeard(bytes, source, control) {
        if (control) options.onControl(bytes, source);
        else options.onData(bytes, source);
      },
      onEnded: (why) => end(why),
    };
    const link = await server.join({ room, interface: interfaceAddress }, events, signal);
    if (signal?.aborted) await link.leave();
    signal?.throwIfAborted();
    const transport = new RelayTransport(options, link);
    end = (why) => transport.#ended(why);
    // It ended before anybody knew it.
    if (early !== undefined) end(early);
    return transport;
  }

  /**
   * Sends a line; see {@linkcode RoomTransport}. It "left" when the connection has it: then it gets
   * to the server, or `onEnded` is called.
   */
  async sendData(bytes: Uint8Array): Promise<void> {
    if (this.#over !== undefined) throw this.#gone(this.#over);
    if (this.#waiting.length >= MAX_UNSENT_DATAGRAMS) {
      throw new UserError(
        `Cannot send to ${this.#label}: ${MAX_UNSENT_DATAGRAMS} messages are waiting, and that is ` +
          "the most. Send fewer at a time.",
      );
    }
    if (this.#waiting.length === 0 && !this.#link.congested) return this.#link.send(bytes, false);
    const sent = Promise.withResolvers<void>();
    this.#waiting.push({ bytes, sent });
    this.#sending ??= this.#sendWaiting();
    await sent.promise;
  }

  /** Sends a control datagram, or drops it; see {@linkcode RoomTransport}. */
  sendControl(bytes: Uint8Array): void {
    if (this.#over === undefined && !this.#link.congested) this.#link.send(bytes, true);
  }

  /** Sends what is waiting, then leaves the room. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over ??= "it was left";
    await this.#sending;
    await this.#leave("it was left");
  }

  get #label(): string {
    return `room "${sanitise(this.#options.room)}"`;
  }

  /** In order; the connection holds little, the rest waits here. */
  async #sendWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      while (this.#link.congested) await this.#link.drained();
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#link.send(next.bytes, false);
      next.sent.resolve();
    }
    this.#sending = undefined;
  }

  #ended(why: string): void {
    if (this.#left !== undefined) return;
    const isLeaving = this.#over !== undefined;
    this.#stop(why);
    // Nobody is there any more who would have to be told that it is left.
    this.#left = Promise.resolve();
    if (!isLeaving) this.#options.onEnded(why);
  }

  #leave(why: string): Promise<void> {
    if (this.#left !== undefined) return this.#left;
    this.#stop(why);
    return this.#left = this.#link.leave();
  }

  #stop(why: string): void {
    this.#over ??= why;
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    for (const { sent } of this.#waiting.splice(0)) sent.reject(this.#gone(why));
  }

  #gone(why: string): UserError {
    return new UserError(`Cannot send to ${this.#label}: ${sanitise(why)}.`);
  }
}

/**
 * Narrows a server down to one room.
 *
 * @param server The server.
 * @param room The room's name in its directory.
 * @param here Whether the server is on this machine.
 * @returns What a member of that room needs of it.
 */
export function relayFor(server: RelayServer, room: string, here: boolean): RoomServer {
  return {
    here,
    check: (interfaceAddress, signal) =>
      server.check({ room, interface: interfaceAddress }, signal),
    open: (interfaceAddress, events, signal) =>
      RelayTransport.open({
        server,
        room,
        interfaceAddress,
        signal,
        onData: (bytes, source) => events.onData(bytes, source),
        onControl: (bytes, source) => events.onControl(bytes, source),
        onProblem: (error) => events.onProblem(error),
        onEnded: (reason) => events.onEnded(reason),
      }),
  };
}
