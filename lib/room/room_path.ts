/**
 * The way into a room, kept open: directly where multicast gets through, else through the CRDS, and
 * back; over another interface when the first one is gone (DESIGN section 7).
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import type { SocketAddress } from "../net/datagram.ts";
import { InterfaceLook } from "./interface_look.ts";
import { PathChanges } from "./path_changes.ts";
import { PathLease } from "./path_lease.ts";
import { PathTeller } from "./path_teller.ts";
import { PathTrial } from "./path_trial.ts";
import { PathWatch } from "./path_watch.ts";
import type { RoomPathOptions } from "./room_path_options.ts";
import type { RoomServer } from "./room_server.ts";
import { type RoomInterface, Way, type WayOptions } from "./way.ts";

export type { RoomPathOptions } from "./room_path_options.ts";
export type { RoomInterface } from "./way.ts";

/** Probes of a trial: the next trial is near. */
const TRIAL_PROBES = 4;

/** How often a blocked member without a relay joins its group anew, in milliseconds. */
const REJOIN_EVERY_MS = 30_000;

/** When a relay that could not be had is asked for again, in milliseconds. */
const RELAY_AGAIN_MS = 10_000;

/** Exactly one way at a time, or none while there is no network. */
export class RoomPath implements AsyncDisposable {
  readonly #options: RoomPathOptions;
  readonly #lease: PathLease;
  #server: RoomServer | undefined;
  /** The way in use; undefined while there is no network. */
  #way: Way | undefined;
  /** The interface in use, or the last one. */
  #over: RoomInterface;
  readonly #trial = new PathTrial();
  /** When to ask for a relay next, if one is wanted. */
  #relayAt = -Infinity;
  #rejoinedAt = -Infinity;
  readonly #teller: PathTeller;
  readonly #look: InterfaceLook;
  readonly #changes: PathChanges;
  #cancelTimer = (): void => {};

  private constructor(options: RoomPathOptions) {
    const { clock, wallClock, addresses, onProblem } = options;
    this.#options = options;
    this.#over = options.interface;
    this.#changes = new PathChanges({ onProblem, onDone: () => this.#arm() });
    this.#teller = new PathTeller(options.onNews);
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
    path.#way = await path.#open(options.interface);
    path.#arm();
    return path;
  }

  /** The way in use: "none" while there is no network. */
  get kind(): "direct" | "relay" | "none" {
    return this.#way?.kind ?? "none";
  }

  /** Where others see lines of this member come from; undefined while there is no network. */
  get local(): SocketAddress | undefined {
    return this.#way?.local;
  }

  /** The interface in use, or the last one. */
  get interface(): RoomInterface {
    return this.#over;
  }

  /** Sets the server that checks and relays. */
  set server(server: RoomServer | undefined) {
    this.#server = server;
    this.#lease.end();
    this.#teller.renew();
    this.#relayAt = -Infinity;
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
    if (this.#way === undefined) {
      const { label } = this.#options;
      throw new UserError(
        `Cannot send to ${label}: the network interface "${this.#over.name}" is gone. ` +
          "Say it again when it is back.",
      );
    }
    const sending = this.#way.sendData(bytes);
    this.#arm();
    await sending;
  }

  /**
   * Sends a control datagram; it may be lost.
   *
   * @param bytes The datagram.
   */
  sendControl(bytes: Uint8Array): void {
    this.#way?.sendControl(bytes);
  }

  /** Sends what is waiting and closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#changes.close();
    this.#teller.close();
    this.#cancelTimer();
    this.#lease.end();
    await this.#changes.settled();
    const ways = [this.#way, this.#trial.take()];
    this.#way = undefined;
    for (const way of ways) await way?.[Symbol.asyncDispose]();
  }

  #open(over: RoomInterface, open: WayOptions["open"] = this.#options.openDirect): Promise<Way> {
    const { roomPort, member, clock, random, onData, onControl, onProblem } = this.#options;
    const countsHere = (): boolean => this.#server?.here === true;
    const now = (): number => clock.now();
    return Way.open({ roomPort, member, over, open, now, random, countsHere }, {
      onData: (way, bytes, source) => {
        if (way === this.#way) onData(bytes, source);
      },
      onControl: (way, bytes, source) => {
        if (way === this.#way) onControl(bytes, source);
      },
      onDeadline: () => this.#arm(),
      onProved: (way) => {
        if (way === this.#trial.way) this.#changes.add(() => this.#endTrial(true));
        else this.#teller.proved();
      },
      onProblem: (way, error) => {
        if (way === this.#way) onProblem(error);
      },
      onEnded: (way, reason) => this.#changes.add(() => this.#ended(way, reason)),
    });
  }

  /** Asks the server to answer probes, so that silence means something. */
  #rent(): void {
    const server = this.#server;
    if (server === undefined || this.#options.relay !== "auto") return;
    this.#lease.rent(() => server.check(this.#over.address));
  }

  #arm(): void {
    if (this.#changes.closed) return;
    this.#cancelTimer();
    const { clock } = this.#options;
    if (this.#way !== undefined) {
      // While a relay stands, or nobody answers probes, there is nothing to watch.
      const wanted = this.#lease.held && this.#way.kind === "direct";
      this.#way.watch = wanted ? this.#way.watch ?? this.#newWatch() : undefined;
    }
    const next = Math.min(
      this.#look.nextDeadline,
      this.#lease.nextDeadline,
      this.#way?.nextDeadline ?? Infinity,
      this.#trial.nextDeadline,
      this.#wantsRelay && !this.#changes.busy ? this.#relayAt : Infinity,
    );
    this.#cancelTimer = clock.schedule(() => this.#ring(), Math.max(0, next - clock.now()));
  }

  #newWatch(probes?: number): PathWatch {
    const { clock, random, newToken } = this.#options;
    const common = { now: clock.now(), random, newToken };
    return new PathWatch(probes === undefined ? common : { ...common, probes });
  }

  #ring(): void {
    const now = this.#options.clock.now();
    if (this.#lease.nextDeadline <= now) this.#rent();
    const way = this.#way;
    const isBlocked = way?.due(now);
    if ((isBlocked || this.#wantsRelay) && this.#relayAt <= now) {
      const why = isBlocked ? "multicast does not get through here" : "it was asked for";
      this.#changes.propose((signal) => this.#toRelay(why, signal));
    }
    if (this.#trial.way?.due(now)) this.#changes.add(() => this.#endTrial(false));
    if (this.#trial.isTime(now)) this.#changes.propose((signal) => this.#beginTrial(signal));
    const look = this.#look.due(now, this.#over.address);
    if (look !== undefined) this.#looked(look);
    this.#arm();
  }

  #looked(look: "there" | "gone" | "slept"): void {
    if (this.#way === undefined) this.#changes.propose(() => this.#comeBack());
    else if (this.#way.kind === "relay") return;
    else if (look === "gone") this.#changes.propose(() => this.#lose());
    else if (look === "slept") this.#changes.add(() => this.#rejoin());
  }

  /** Whether a relay is to be had whatever multicast does. */
  get #wantsRelay(): boolean {
    return this.#options.relay === "always" && this.#server !== undefined &&
      this.#way?.kind === "direct";
  }

  async #use(way: Way): Promise<void> {
    const old = this.#way;
    this.#way = way;
    this.#over = way.over;
    if (!this.#changes.closed) {
      this.#options.onMoved({ local: way.local, relayed: way.kind === "relay" });
    }
    await old?.[Symbol.asyncDispose]();
  }

  async #toRelay(why: string, signal: AbortSignal): Promise<void> {
    const server = this.#server;
    if (server === undefined || this.#way?.kind !== "direct") return;
    const { clock } = this.#options;
    let way: Way;
    try {
      way = await this.#open(
        this.#over,
        (over, events) => server.open(over.address, events, signal),
      );
    } catch (error) {
      if (signal.aborted) return;
      this.#relayAt = clock.now() + RELAY_AGAIN_MS;
      this.#teller.blocked(reasonOf(error));
      // A switch may have forgotten this member: joining anew reminds it.
      if (clock.now() - this.#rejoinedAt > REJOIN_EVERY_MS) await this.#rejoin();
      return;
    }
    await this.#use(way);
    this.#teller.tell({ kind: "relay", why });
    if (this.#options.relay === "auto") this.#trial.relayed(clock.now());
  }

  async #rejoin(): Promise<void> {
    if (this.#way?.kind !== "direct") return;
    this.#rejoinedAt = this.#options.clock.now();
    await this.#use(await this.#open(this.#over));
  }

  /** A relay ended by itself, as when the server stops. */
  async #ended(way: Way, reason: string): Promise<void> {
    if (way !== this.#way) return;
    this.#trial.stop();
    await this.#trial.take()?.[Symbol.asyncDispose]();
    const { chooseAgain, clock, relay } = this.#options;
    let direct: Way;
    try {
      direct = await this.#open(chooseAgain() ?? this.#over);
    } catch {
      // The network is gone with it: looking for an interface brings it back.
      return await this.#lose();
    }
    if (relay === "always") this.#relayAt = clock.now() + RELAY_AGAIN_MS;
    await this.#use(direct);
    this.#teller.tell({ kind: "direct", why: `the relay ended: ${reason}` });
    this.#rent();
  }

  async #lose(): Promise<void> {
    const way = this.#way;
    this.#way = undefined;
    this.#teller.tell({ kind: "gone", over: this.#over });
    await way?.[Symbol.asyncDispose]();
  }

  async #comeBack(): Promise<void> {
    const over = this.#way === undefined ? this.#options.chooseAgain() : undefined;
    if (over === undefined) return;
    let way: Way;
    try {
      way = await this.#open(over);
    } catch {
      // The interface is just coming up; the next look tries again.
      return;
    }
    await this.#use(way);
    this.#teller.tell({ kind: "back", over });
    this.#rent();
  }

  async #beginTrial(signal: AbortSignal): Promise<void> {
    if (this.#way?.kind !== "relay") return;
    try {
      await this.#server?.check(this.#over.address, signal);
      const way = await this.#open(this.#options.chooseAgain() ?? this.#over);
      way.watch = this.#newWatch(TRIAL_PROBES);
      this.#trial.begin(way);
    } catch {
      // No server, or no way to join: the relay stays, and the next trial comes.
    }
  }

  async #endTrial(works: boolean): Promise<void> {
    const way = this.#trial.take();
    if (way === undefined) return;
    if (!works) return await way[Symbol.asyncDispose]();
    this.#trial.stop();
    await this.#use(way);
    this.#teller.tell({ kind: "direct", why: "multicast gets through again" });
    this.#rent();
  }
}
