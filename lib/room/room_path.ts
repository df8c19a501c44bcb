/**
 * The way into a room, kept open: directly where multicast gets through, else through the CRDS, and
 * back; over another interface when the first one is gone (DESIGN section 7).
 *
 * @module
 */

import { UserError } from "../errors.ts";
import type { SocketAddress } from "../net/datagram.ts";
import { Alarm } from "../rpc/alarm.ts";
import { InterfaceLook } from "./interface_look.ts";
import { PathChanges } from "./path_changes.ts";
import { PathLease } from "./path_lease.ts";
import { PathMoves } from "./path_moves.ts";
import type { RoomPathOptions } from "./room_path_options.ts";
import type { RoomServer } from "./room_server.ts";
import type { RoomInterface } from "./way.ts";

export type { RoomPathOptions } from "./room_path_options.ts";
export type { RoomInterface } from "./way.ts";

/** Exactly one way at a time, or none while there is no network. */
export class RoomPath implements AsyncDisposable {
  readonly #options: RoomPathOptions;
  readonly #lease: PathLease;
  readonly #moves: PathMoves;
  readonly #look: InterfaceLook;
  readonly #changes: PathChanges;
  readonly #alarm: Alarm;

  private constructor(options: RoomPathOptions) {
    const { clock, wallClock, addresses, onProblem } = options;
    this.#options = options;
    this.#moves = new PathMoves(options, {
      onDeadline: () => this.#arm(),
      onFresh: () => this.#rent(),
      onProved: (way) => {
        if (way !== this.#moves.trial.way) this.#moves.teller.proved();
        else this.#changes.add(() => this.#moves.endTrial(true));
      },
      onEnded: (way, reason) => this.#changes.add(() => this.#moves.ended(way, reason)),
    });
    this.#changes = new PathChanges({ onProblem, onDone: () => this.#arm() });
    this.#alarm = new Alarm(clock, () => {
      this.#ring();
      return Infinity;
    });
    this.#lease = new PathLease(clock, () => this.#arm());
    this.#look = new InterfaceLook({ now: clock.now(), wallClock, addresses });
  }

  /**
   * Opens the direct way.
   *
   * @param options The room, the interface and who is called.
   * @returns The path.
   * @throws {UserError} If it cannot be opened.
   */
  static async open(options: RoomPathOptions): Promise<RoomPath> {
    const path = new RoomPath(options);
    await path.#moves.start();
    path.#arm();
    return path;
  }

  /** The way in use: "none" while there is no network. */
  get kind(): "direct" | "relay" | "none" {
    return this.#moves.way?.kind ?? "none";
  }

  /** Where others see lines of this member come from; undefined while there is no network. */
  get local(): SocketAddress | undefined {
    return this.#moves.way?.local;
  }

  /** The interface in use, or the last one. */
  get interface(): RoomInterface {
    return this.#moves.over;
  }

  /** Sets the server that checks and relays. */
  set server(server: RoomServer | undefined) {
    this.#moves.helpedBy(server);
    this.#lease.end();
    this.#rent();
    this.#arm();
  }

  /**
   * Sends a chat line.
   *
   * @param bytes The datagram.
   * @throws {UserError} If it cannot leave.
   */
  async sendData(bytes: Uint8Array): Promise<void> {
    // While the way changes, what is said waits for the new one.
    await this.#changes.settled();
    if (this.#moves.way === undefined) {
      const { label } = this.#options;
      throw new UserError(
        `Cannot send to ${label}: the network interface "${this.#moves.over.name}" is gone. ` +
          "Say it again when it is back.",
      );
    }
    const sending = this.#moves.way.sendData(this.#sealed(bytes, this.#moves.way));
    this.#arm();
    await sending;
  }

  /**
   * Sends a control datagram; it may be lost.
   *
   * @param bytes The datagram.
   */
  sendControl(bytes: Uint8Array): void {
    const { way } = this.#moves;
    way?.sendControl(this.#sealed(bytes, way));
  }

  /** Sends what is waiting and closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#changes.close();
    this.#moves.close();
    this.#alarm.stop();
    this.#lease.end();
    await this.#changes.settled();
    await this.#moves.end();
  }

  /** As late as this, since the seal says where others see it come from. */
  #sealed(bytes: Uint8Array, { local }: { readonly local: SocketAddress }): Uint8Array {
    return this.#options.seal?.(bytes, local) ?? bytes;
  }

  /** Asks the server to answer probes, so that silence means something. */
  #rent(): void {
    const server = this.#moves.server;
    if (server === undefined || this.#options.relay !== "auto") return;
    this.#lease.rent(() => server.check(this.#moves.over.address));
  }

  #arm(): void {
    if (this.#changes.closed) return;
    const { way, trial, relayAt } = this.#moves;
    if (way !== undefined) {
      // While a relay stands, or nobody answers probes, there is nothing to watch.
      const wanted = this.#lease.held && way.kind === "direct";
      way.watch = wanted ? way.watch ?? this.#moves.newWatch() : undefined;
    }
    const next = Math.min(
      this.#look.nextDeadline,
      this.#lease.nextDeadline,
      way?.nextDeadline ?? Infinity,
      trial.nextDeadline,
      this.#wantsRelay && !this.#changes.busy ? relayAt : Infinity,
    );
    this.#alarm.by(next);
  }

  #ring(): void {
    const now = this.#options.clock.now();
    if (this.#lease.nextDeadline <= now) this.#rent();
    const { way, trial, over, relayAt } = this.#moves;
    const isBlocked = way?.due(now);
    if ((isBlocked || this.#wantsRelay) && relayAt <= now) {
      const why = isBlocked ? "multicast does not get through here" : "it was asked for";
      this.#changes.propose((signal) => this.#moves.toRelay(why, signal));
    }
    if (trial.way?.due(now)) this.#changes.add(() => this.#moves.endTrial(false));
    if (trial.isTime(now)) {
      this.#changes.propose((signal) => this.#moves.beginTrial(signal));
    }
    const look = this.#look.due(now, over.address);
    if (look !== undefined) this.#looked(look);
    this.#arm();
  }

  #looked(look: "there" | "gone" | "slept"): void {
    if (this.#moves.way === undefined) this.#changes.propose(() => this.#moves.comeBack());
    else if (this.#moves.way.kind === "relay") return;
    else if (look === "gone") this.#changes.propose(() => this.#moves.lose());
    else if (look === "slept") this.#changes.add(() => this.#moves.rejoin());
  }

  /** Whether a relay is to be had whatever multicast does. */
  get #wantsRelay(): boolean {
    return this.#options.relay === "always" && this.#moves.server !== undefined &&
      this.#moves.way?.kind === "direct";
  }
}
