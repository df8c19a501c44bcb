/**
 * Going over from one way into a room to another.
 *
 * @module
 */

import { reasonOf } from "../errors.ts";
import { PathTeller } from "./path_teller.ts";
import { PathTrial } from "./path_trial.ts";
import { PathWatch } from "./path_watch.ts";
import type { RoomPathOptions } from "./room_path_options.ts";
import type { RoomServer } from "./room_server.ts";
import { type RoomInterface, Way, type WayEvents, type WayOptions } from "./way.ts";

/** Probes of a trial: the next trial is near. */
const TRIAL_PROBES = 4;

/** How often a blocked member without a relay joins its group anew, in milliseconds. */
const REJOIN_EVERY_MS = 30_000;

/** When a relay that could not be had is asked for again, in milliseconds. */
const RELAY_AGAIN_MS = 10_000;

/** Who is told of what concerns the choice of ways. */
export interface PathMovesEvents extends Pick<WayEvents, "onProved" | "onEnded"> {
  /** The deadline of a way may be another one. */
  onDeadline(): void;
  /** There is a direct way anew, of which nothing is known. */
  onFresh(): void;
}

/**
 * The way in use and the one that is tried; and the changes, of which only one at a time is to be
 * under way.
 */
export class PathMoves {
  /** The direct way that a relayed member tries. */
  readonly trial: PathTrial = new PathTrial();
  /** Tells of changes. */
  readonly teller: PathTeller;
  readonly #options: RoomPathOptions;
  readonly #events: PathMovesEvents;
  #server: RoomServer | undefined;
  #way: Way | undefined;
  #over: RoomInterface;
  #relayAt = -Infinity;
  #rejoinedAt = -Infinity;
  #closed = false;

  /**
   * Starts without a way: {@linkcode start} opens it.
   *
   * @param options The room, the interface and who is called.
   * @param events Who is told besides.
   */
  constructor(options: RoomPathOptions, events: PathMovesEvents) {
    this.#options = options;
    this.#events = events;
    this.#over = options.interface;
    this.teller = new PathTeller(options.onNews);
  }

  /** The way in use; undefined while there is no network. */
  get way(): Way | undefined {
    return this.#way;
  }

  /** The interface in use, or the last one. */
  get over(): RoomInterface {
    return this.#over;
  }

  /** The server that checks and relays. */
  get server(): RoomServer | undefined {
    return this.#server;
  }

  /** When a relay may be asked for, in milliseconds. */
  get relayAt(): number {
    return this.#relayAt;
  }

  /**
   * Has another server, or none.
   *
   * @param server The server.
   */
  helpedBy(server: RoomServer | undefined): void {
    this.#server = server;
    this.#relayAt = -Infinity;
    this.teller.renew();
  }

  /**
   * Opens the first way, which is direct.
   *
   * @throws {UserError} If that fails.
   */
  async start(): Promise<void> {
    this.#way = await this.#open(this.#over);
  }

  /** Tells nothing any more; changes that are under way end by themselves. */
  close(): void {
    this.#closed = true;
    this.teller.close();
  }

  /** Closes all ways; to be called when no change is under way any more. */
  async end(): Promise<void> {
    const ways = [this.#way, this.trial.take()];
    this.#way = undefined;
    for (const way of ways) await way?.[Symbol.asyncDispose]();
  }

  /**
   * Makes a watch over a way.
   *
   * @param probes How many probes a check has; see `PathWatchOptions`.
   * @returns The watch.
   */
  newWatch(probes?: number): PathWatch {
    const { clock, random, newToken } = this.#options;
    const common = { now: clock.now(), random, newToken };
    return new PathWatch(probes === undefined ? common : { ...common, probes });
  }

  /**
   * Goes over to the relay, if there is a server that has one for us.
   *
   * @param why What people are told.
   * @param signal Gives up.
   */
  async toRelay(why: string, signal: AbortSignal): Promise<void> {
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
      this.teller.blocked(reasonOf(error));
      // A switch may have forgotten this member: joining anew reminds it.
      if (clock.now() - this.#rejoinedAt > REJOIN_EVERY_MS) await this.rejoin();
      return;
    }
    await this.#use(way);
    this.teller.tell({ kind: "relay", why });
    if (this.#options.relay === "auto") this.trial.relayed(clock.now());
  }

  /** Joins the group anew. */
  async rejoin(): Promise<void> {
    if (this.#way?.kind !== "direct") return;
    this.#rejoinedAt = this.#options.clock.now();
    await this.#use(await this.#open(this.#over));
  }

  /**
   * Goes back to the direct way: the relay ended by itself, as when the server stops.
   *
   * @param way The relay.
   * @param reason Why it ended.
   */
  async ended(way: Way, reason: string): Promise<void> {
    if (way !== this.#way) return;
    this.trial.stop();
    await this.trial.take()?.[Symbol.asyncDispose]();
    const { chooseAgain, clock, relay } = this.#options;
    let direct: Way;
    try {
      direct = await this.#open(chooseAgain() ?? this.#over);
    } catch {
      // The network is gone with it: looking for an interface brings it back.
      return await this.lose();
    }
    if (relay === "always") this.#relayAt = clock.now() + RELAY_AGAIN_MS;
    await this.#use(direct);
    this.teller.tell({ kind: "direct", why: `the relay ended: ${reason}` });
    this.#events.onFresh();
  }

  /** Gives up a way whose interface is gone. */
  async lose(): Promise<void> {
    const way = this.#way;
    this.#way = undefined;
    this.teller.tell({ kind: "gone", over: this.#over });
    await way?.[Symbol.asyncDispose]();
  }

  /** Opens a way again after the interface was gone, if that is possible. */
  async comeBack(): Promise<void> {
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
    this.teller.tell({ kind: "back", over });
    this.#events.onFresh();
  }

  /**
   * Begins to try the direct way.
   *
   * @param signal Gives up.
   */
  async beginTrial(signal: AbortSignal): Promise<void> {
    if (this.#way?.kind !== "relay") return;
    try {
      await this.#server?.check(this.#over.address, signal);
      const way = await this.#open(this.#options.chooseAgain() ?? this.#over);
      way.watch = this.newWatch(TRIAL_PROBES);
      this.trial.begin(way);
    } catch {
      // No server, or no way to join: the relay stays, and the next trial comes.
    }
  }

  /**
   * Ends the trial.
   *
   * @param works Whether multicast gets through.
   */
  async endTrial(works: boolean): Promise<void> {
    const way = this.trial.take();
    if (way === undefined) return;
    if (!works) return await way[Symbol.asyncDispose]();
    this.trial.stop();
    await this.#use(way);
    this.teller.tell({ kind: "direct", why: "multicast gets through again" });
    this.#events.onFresh();
  }

  #open(over: RoomInterface, open: WayOptions["open"] = this.#options.openDirect): Promise<Way> {
    const { roomPort, member, clock, random, onData, onControl, onProblem } = this.#options;
    const countsHere = (): boolean => this.#server?.here === true;
    const now = (): number => clock.now();
    return Way.open({ roomPort, member, over, open, now, random, countsHere }, {
      // Only the way in use is heard: what comes over two comes once.
      onData: (way, bytes, source) => {
        if (way === this.#way) onData(bytes, source);
      },
      onControl: (way, bytes, source) => {
        if (way === this.#way) onControl(bytes, source);
      },
      onProblem: (way, error) => {
        if (way === this.#way) onProblem(error);
      },
      onDeadline: () => this.#events.onDeadline(),
      onProved: (way) => this.#events.onProved(way),
      onEnded: (way, reason) => this.#events.onEnded(way, reason),
    });
  }

  async #use(way: Way): Promise<void> {
    const old = this.#way;
    this.#way = way;
    this.#over = way.over;
    if (!this.#closed) {
      this.#options.onMoved({ local: way.local, relayed: way.kind === "relay" });
    }
    await old?.[Symbol.asyncDispose]();
  }
}
