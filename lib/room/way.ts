/**
 * One opened way into a room: a transport, the probes on it, and the answers to those of others.
 *
 * @module
 */

import { decodeControl, encodeControl, isControl } from "../framing/control.ts";
import type { Probe } from "../framing/control_messages.ts";
import type { Hex64 } from "../framing/datagram_hash.ts";
import type { SocketAddress } from "../net/datagram.ts";
import type { ChosenInterface } from "../net/interfaces.ts";
import { Echoes } from "./echoes.ts";
import type { PathWatch } from "./path_watch.ts";
import type { RoomTransport, TransportEvents } from "./transport.ts";

/** An interface, as far as a room needs it. */
export type RoomInterface = Pick<ChosenInterface, "name" | "address">;

/** What {@linkcode Way.open} needs. */
export interface WayOptions {
  /** The room's port. */
  readonly roomPort: number;
  /** This member's id. */
  readonly member: Hex64;
  /** The interface it goes over. */
  readonly over: RoomInterface;
  /** Opens the transport. */
  readonly open: (over: RoomInterface, events: TransportEvents) => Promise<RoomTransport>;
  /** The time in milliseconds. */
  readonly now: () => number;
  /** Yields numbers in [0, 1). */
  readonly random: () => number;
  /** Whether echoes of this very host count: they do if the server is here. */
  readonly countsHere: () => boolean;
}

/** Who is told what happens on a way. */
export interface WayEvents {
  /** A chat line of somebody else. */
  onData(way: Way, bytes: Uint8Array, source: SocketAddress): void;
  /** A control datagram of somebody else that is no probe. */
  onControl(way: Way, bytes: Uint8Array, source: SocketAddress): void;
  /** Multicast gets through here, both ways. */
  onProved(way: Way): void;
  /** {@linkcode Way.nextDeadline} may be another one. */
  onDeadline(way: Way): void;
  /** Something went wrong that belongs to no call. */
  onProblem(way: Way, error: unknown): void;
  /** The transport ended by itself. */
  onEnded(way: Way, reason: string): void;
}

/** A way. It tells nothing while it is being opened. */
export class Way implements AsyncDisposable {
  /** The interface it goes over. */
  readonly over: RoomInterface;
  /** Set while it is to be found out whether multicast gets through. */
  watch: PathWatch | undefined;
  readonly #options: WayOptions;
  readonly #echoes: Echoes;
  #transport: RoomTransport | undefined;

  private constructor(options: WayOptions) {
    this.over = options.over;
    this.#options = options;
    this.#echoes = new Echoes(options.random);
  }

  /**
   * Opens a way.
   *
   * @param options The room and the interface.
   * @param events Who is told.
   * @returns The way.
   * @throws {UserError} If it cannot be opened.
   */
  static async open(options: WayOptions, events: WayEvents): Promise<Way> {
    const way = new Way(options);
    way.#transport = await options.open(options.over, {
      onData: (bytes, source) => {
        if (way.#transport === undefined) return;
        way.#heard(source);
        way.watch?.spoken(options.now());
        events.onData(way, bytes, source);
      },
      onControl: (bytes, source) => {
        if (way.#transport === undefined) return;
        way.#heardControl(bytes, source, events);
        events.onDeadline(way);
      },
      onProblem: (error) => events.onProblem(way, error),
      onEnded: (reason) => events.onEnded(way, reason),
    });
    return way;
  }

  /** Over multicast, or through the CRDS. */
  get kind(): "direct" | "relay" {
    return this.#transport!.kind;
  }

  /** Where others see chat lines come from. */
  get local(): SocketAddress {
    return this.#transport!.local;
  }

  /** When {@linkcode due} is to be called next, in milliseconds. */
  get nextDeadline(): number {
    return Math.min(this.#echoes.nextDeadline, this.watch?.nextDeadline ?? Infinity);
  }

  /**
   * Sends probes and answers for which time has come.
   *
   * @param now The time in milliseconds.
   * @returns True if it turns out that multicast does not get through.
   */
  due(now: number): boolean {
    for (const token of this.#echoes.due(now)) this.#sendProbe("echo", token);
    const step = this.watch?.due(now);
    if (step?.kind === "probe") this.#sendProbe("probe", step.token);
    return step?.kind === "blocked";
  }

  /**
   * Sends a chat line.
   *
   * @param bytes The datagram.
   * @throws {UserError} If it cannot leave.
   */
  async sendData(bytes: Uint8Array): Promise<void> {
    this.watch?.spoken(this.#options.now());
    await this.#transport!.sendData(bytes);
  }

  /**
   * Sends a control datagram.
   *
   * @param bytes The datagram.
   */
  sendControl(bytes: Uint8Array): void {
    this.#transport!.sendControl(bytes);
  }

  /** Sends what is waiting, then closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport![Symbol.asyncDispose]();
  }

  #heardControl(bytes: Uint8Array, source: SocketAddress, events: WayEvents): void {
    this.#heard(source);
    // 5 and 6 are the kinds that concern the way; they are never sealed, since they tell nothing.
    if (!isControl(bytes) || (bytes[5] !== 5 && bytes[5] !== 6)) {
      return events.onControl(this, bytes, source);
    }
    const control = decodeControl(bytes);
    if (control === undefined || control.roomPort !== this.#options.roomPort) return;
    const now = this.#options.now();
    const { kind, token } = control as Probe;
    if (kind === "probe") {
      // Who is relayed cannot prove that multicast gets through.
      if (this.kind === "direct") this.#echoes.probed(token, now);
      return;
    }
    this.#echoes.echoed(token);
    if (this.#counts(source) && this.watch?.echoed(token, now)) events.onProved(this);
  }

  #heard(source: SocketAddress): void {
    if (this.#counts(source)) this.watch?.heard(this.#options.now());
  }

  /** What comes from this host says nothing about the network, unless the server is here too. */
  #counts(source: SocketAddress): boolean {
    return source.address !== this.over.address || this.#options.countsHere();
  }

  #sendProbe(kind: "probe" | "echo", token: Hex64): void {
    const { roomPort, member } = this.#options;
    this.sendControl(encodeControl({ kind, roomPort, member, token }));
  }
}
