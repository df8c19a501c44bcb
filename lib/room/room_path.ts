/**
 * The way into a room, kept open: directly where multicast gets through, else through the CRDS, and
 * back; over another interface when the first one is gone (DESIGN section 7).
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import type { SocketAddress } from "../net/datagram.ts";
import { Alarm } from "./alarm.ts";
import { PathLease } from "./path_lease.ts";
import { PathWatch } from "./path_watch.ts";
import type { RoomPathOptions } from "./room_path_options.ts";
import type { RoomServer } from "./room_server.ts";
import { type RoomInterface, Way, type WayOptions } from "./way.ts";

export type { RoomPathOptions } from "./room_path_options.ts";
export type { RoomInterface } from "./way.ts";

/** How often it is looked whether the interface is still there, in milliseconds. */
const LOOK_EVERY_MS = 2000;

/** A gap in the wall clock between two looks that means the machine slept, in milliseconds. */
const SLEPT_MS = 15_000;

/** How often a relayed member tries the direct way, in milliseconds: often at first, then rarely. */
const TRIAL_EVERY_MS = { first: 3000, later: 10_000, after: 60_000 } as const;

/** Probes of a trial: the next trial is near. */
const TRIAL_PROBES = 4;

/** How often a blocked member without a relay joins its group anew, in milliseconds. */
const REJOIN_EVERY_MS = 30_000;

/** Exactly one way at a time, or none while there is no network. */
export class RoomPath implements AsyncDisposable {
  readonly #options: RoomPathOptions;
  readonly #lease: PathLease;
  #server: RoomServer | undefined;
  /** The way in use; undefined while there is no network. */
  #way: Way | undefined;
  /** The interface in use, or the last one. */
  #over: RoomInterface;
  /** The direct way that a relayed member tries. */
  #trial: Way | undefined;
  #trialAt = Infinity;
  #relayedAt = 0;
  #rejoinedAt = -Infinity;
  #blockedTold = false;
  #lookAt: number;
  #lookedAt: number;
  /** One change at a time. */
  #changing: Promise<void> | undefined;
  readonly #alarm: Alarm;
  #closed = false;

  private constructor(options: RoomPathOptions) {
    const { clock, wallClock } = options;
    this.#options = options;
    this.#over = options.interface;
    this.#alarm = new Alarm(clock, () => this.#ring());
    this.#lease = new PathLease(clock, () => this.#arm());
    this.#lookAt = clock.now() + LOOK_EVERY_MS;
    this.#lookedAt = wallClock();
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
    this.#blockedTold = false;
    if (server === undefined) this.#arm();
    else if (this.#options.relay === "always") {
      void this.#change(() => this.#toRelay("it was asked for"));
    } else this.#rent();
  }

  /**
   * Sends a chat line.
   *
   * @param bytes The datagram.
   * @throws {UserError} If it cannot leave.
   */
  async sendData(bytes: Uint8Array): Promise<void> {
    // While the way changes, what is said waits for the new one.
    while (this.#changing !== undefined) await this.#changing;
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
    this.#closed = true;
    this.#alarm.cancel();
    this.#lease.end();
    while (this.#changing !== undefined) await this.#changing;
    const ways = [this.#way, this.#trial];
    this.#way = undefined;
    this.#trial = undefined;
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
        if (way === this.#trial) void this.#change(() => this.#endTrial(true));
        else this.#blockedTold = false;
      },
      onProblem: (way, error) => {
        if (way === this.#way) onProblem(error);
      },
      onEnded: (way, reason) => void this.#change(() => this.#ended(way, reason)),
    });
  }

  /** Asks the server to answer probes, so that silence means something. */
  #rent(): void {
    const server = this.#server;
    if (server === undefined || this.#options.relay !== "auto") return;
    this.#lease.rent(() => server.check(this.#over.address));
  }

  #arm(): void {
    if (this.#closed) return;
    if (this.#way !== undefined) {
      // While a relay stands, or nobody answers probes, there is nothing to watch.
      const wanted = this.#lease.held && this.#way.kind === "direct";
      this.#way.watch = wanted ? this.#way.watch ?? this.#newWatch() : undefined;
    }
    this.#alarm.set(Math.min(
      this.#lookAt,
      this.#lease.nextDeadline,
      this.#way?.nextDeadline ?? Infinity,
      this.#trial?.nextDeadline ?? Infinity,
      this.#trialAt,
    ));
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
    if (way?.due(now)) void this.#change(() => this.#blocked(way));
    if (this.#trial?.due(now)) void this.#change(() => this.#endTrial(false));
    if (this.#trialAt <= now) {
      this.#trialAt = Infinity;
      void this.#change(() => this.#beginTrial());
    }
    if (this.#lookAt <= now) {
      this.#lookAt = now + LOOK_EVERY_MS;
      this.#look();
    }
    this.#arm();
  }

  /** Is the interface still there, and was the machine awake? */
  #look(): void {
    const wall = this.#options.wallClock();
    const slept = wall - this.#lookedAt > SLEPT_MS;
    this.#lookedAt = wall;
    if (this.#way === undefined) void this.#change(() => this.#comeBack());
    else if (this.#way.kind === "relay") return;
    else if (!this.#options.addresses().includes(this.#over.address)) {
      void this.#change(() => this.#lose());
    } else if (slept) void this.#change(() => this.#rejoin());
  }

  /** Carries out one change after the other; none of them throws. */
  #change(work: () => Promise<void>): Promise<void> {
    const before = this.#changing ?? Promise.resolve();
    const change: Promise<void> = before.then(async () => {
      try {
        if (!this.#closed) await work();
      } catch (error) {
        this.#options.onProblem(error);
      } finally {
        if (this.#changing === change) this.#changing = undefined;
        this.#arm();
      }
    });
    this.#changing = change;
    return change;
  }

  async #use(way: Way): Promise<void> {
    const old = this.#way;
    this.#way = way;
    this.#over = way.over;
    this.#options.onMoved({ local: way.local, relayed: way.kind === "relay" });
    await old?.[Symbol.asyncDispose]();
  }

  async #blocked(way: Way): Promise<void> {
    if (way === this.#way) await this.#toRelay("multicast does not get through here");
  }

  async #toRelay(why: string): Promise<void> {
    const server = this.#server;
    if (server === undefined || this.#way?.kind === "relay") return;
    const { clock, onNews } = this.#options;
    let way: Way;
    try {
      way = await this.#open(this.#over, (over, events) => server.open(over.address, events));
    } catch (error) {
      if (!this.#blockedTold) onNews({ kind: "blocked", why: reasonOf(error) });
      this.#blockedTold = true;
      // A switch may have forgotten this member: joining anew reminds it.
      if (clock.now() - this.#rejoinedAt > REJOIN_EVERY_MS) await this.#rejoin();
      return;
    }
    await this.#use(way);
    this.#relayedAt = clock.now();
    onNews({ kind: "relay", why });
    if (this.#options.relay === "auto") this.#trialAt = clock.now() + TRIAL_EVERY_MS.first;
  }

  async #rejoin(): Promise<void> {
    this.#rejoinedAt = this.#options.clock.now();
    await this.#use(await this.#open(this.#over));
  }

  /** A relay ended by itself, as when the server stops. */
  async #ended(way: Way, reason: string): Promise<void> {
    if (way !== this.#way) return;
    this.#trialAt = Infinity;
    await this.#endTrial(false);
    await this.#use(await this.#open(this.#options.chooseAgain() ?? this.#over));
    this.#options.onNews({ kind: "direct", why: `the relay ended: ${reason}` });
    this.#rent();
  }

  async #lose(): Promise<void> {
    const way = this.#way;
    this.#way = undefined;
    this.#options.onNews({ kind: "gone", over: this.#over });
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
    this.#options.onNews({ kind: "back", over });
    this.#rent();
  }

  async #beginTrial(): Promise<void> {
    if (this.#way?.kind !== "relay" || this.#trial !== undefined) return;
    const { clock, chooseAgain } = this.#options;
    const { first, later, after } = TRIAL_EVERY_MS;
    this.#trialAt = clock.now() + (clock.now() - this.#relayedAt < after ? first : later);
    try {
      await this.#server?.check(this.#over.address);
      this.#trial = await this.#open(chooseAgain() ?? this.#over);
      this.#trial.watch = this.#newWatch(TRIAL_PROBES);
    } catch {
      // No server, or no way to join: the relay stays, and the next trial comes.
    }
  }

  async #endTrial(works: boolean): Promise<void> {
    const trial = this.#trial;
    if (trial === undefined) return;
    this.#trial = undefined;
    if (!works) return await trial[Symbol.asyncDispose]();
    this.#trialAt = Infinity;
    await this.#use(trial);
    this.#options.onNews({ kind: "direct", why: "multicast gets through again" });
    this.#rent();
  }
}
