/**
 * A room on a network that loses, copies, delays and divides; no sockets, virtual time.
 *
 * @module
 */

import { RoomCore } from "../../../lib/room/room_core.ts";
import type { RoomEffect } from "../../../lib/room/room_effect.ts";
import { seededRandom } from "../../helpers/seeded_random.ts";
import { EventQueue } from "./event_queue.ts";

/** How bad the network is; each receiver has its own luck. */
export interface Weather {
  /** Part of the datagrams lost, of chat lines and control alike. */
  readonly loss: number;
  /** Part that arrives twice. */
  readonly copies: number;
  /** Part that is delayed by up to 150 ms. */
  readonly delays: number;
}

/** A line as a member has it on its screen. */
export interface ScreenLine {
  /** Which line it is. */
  readonly text: string;
  /** True if it came too late for its place. */
  readonly late: boolean;
}

/** Datagrams that the system keeps for a socket, of the usual size. */
const SOCKET_LINES = 256;

/** Somebody in the simulated room. */
export class Node {
  /** What is on the screen, each line put where it belongs. */
  readonly screen: ScreenLine[] = [];
  /** How often each text was shown. */
  readonly counts: Map<string, number> = new Map();
  /** Everything else that happened. */
  readonly events: RoomEffect[] = [];
  /** Which part of a divided network it is in. */
  part = 0;
  /** How many lines per second it can read; the system keeps {@linkcode SOCKET_LINES} that wait. */
  linesPerSecond = Infinity;
  /** When it will have read what waits, in milliseconds. */
  busyUntil = 0;
  /** False once it crashed or left. */
  alive = true;
  /** When it joined, in milliseconds. */
  readonly joinedAt: number;
  /** Its logic; none for a simple client. */
  readonly core: RoomCore | undefined;
  /** Its data socket. */
  readonly source: { address: string; port: number };
  /** Its name. */
  readonly name: string;
  #wakeAt = Infinity;

  /**
   * Joins.
   *
   * @param room The room.
   * @param index Which member it is.
   * @param isSimple True for a client without control datagrams.
   */
  constructor(readonly room: SimulatedRoom, index: number, isSimple = false) {
    this.name = `m${index}`;
    this.joinedAt = room.queue.now;
    this.source = { address: `10.0.${index >> 8}.${index & 255}`, port: 40_000 };
    this.core = isSimple ? undefined : new RoomCore({
      id: (index + 1).toString(16).padStart(16, "0"),
      roomPort: 20_100,
      local: this.source,
      tcpPort: 0,
      name: this.name,
      now: this.joinedAt,
      random: seededRandom(room.seed * 1000 + index),
    });
    if (this.core !== undefined) this.apply(this.core.due(this.joinedAt));
  }

  /**
   * Says a line.
   *
   * @param text What; the name is put before it.
   * @returns The whole line.
   */
  say(text: string): string {
    const line = `${this.name}: ${text}`;
    const bytes = new TextEncoder().encode(line);
    const { queue, saidAt, totals } = this.room;
    if (!saidAt.has(line)) saidAt.set(line, queue.now);
    totals.lines++;
    if (this.core === undefined) this.room.send(this, bytes, "data");
    else this.apply(this.core.said(bytes, queue.now));
    return line;
  }

  /**
   * Says lines as fast as the core permits, as a room's link does.
   *
   * @param texts What; the name is put before each.
   * @param order Where each whole line is put when it is said.
   */
  paste(texts: readonly string[], order: string[]): void {
    const { queue } = this.room;
    for (const [i, text] of texts.entries()) {
      const at = this.core?.readyAt(queue.now) ?? queue.now;
      if (at > queue.now) return queue.at(at, () => this.paste(texts.slice(i), order));
      order.push(this.say(text));
    }
  }

  /**
   * Does what the core wants, and wakes it when it wants to.
   *
   * @param effects What it wants.
   */
  apply(effects: readonly RoomEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === "sendData") this.room.send(this, effect.bytes, "data");
      else if (effect.kind === "sendControl") this.room.send(this, effect.bytes, "control");
      else if (effect.kind === "show") this.#show(effect);
      else if (effect.kind === "moved") {
        const [line] = this.screen.splice(this.screen.length - 1 - effect.from, 1);
        this.screen.splice(this.screen.length - effect.to, 0, line!);
      } else this.events.push(effect);
    }
    const next = this.core?.nextDeadline ?? Infinity;
    if (next >= this.#wakeAt || next === Infinity) return;
    this.#wakeAt = next;
    this.room.queue.at(next, () => {
      if (!this.alive || this.#wakeAt !== next) return;
      this.#wakeAt = Infinity;
      this.apply(this.core!.due(this.room.queue.now));
    });
  }

  /**
   * Takes a datagram.
   *
   * @param bytes The datagram.
   * @param from Who sent it.
   * @param kind Which port it came to.
   */
  receive(bytes: Uint8Array, from: Node, kind: "data" | "control"): void {
    const { now } = this.room.queue;
    if (this.core === undefined) {
      if (kind === "data") this.#count(new TextDecoder().decode(bytes));
    } else if (kind === "data") this.apply(this.core.heardData(bytes, from.source, now));
    else {
      const source = { ...from.source, port: from.source.port + 1 };
      this.apply(this.core.heardControl(bytes, source, now));
    }
  }

  #show(effect: RoomEffect & { kind: "show" }): void {
    const text = new TextDecoder().decode(effect.bytes);
    const { queue, saidAt, recoveryMs, totals } = this.room;
    this.#count(text);
    const late = effect.place === "late";
    const back = effect.place === "late" ? 0 : effect.place;
    this.screen.splice(this.screen.length - back, 0, { text, late });
    if (!effect.recovered) return;
    totals.recovered++;
    recoveryMs.push(queue.now - saidAt.get(text)!);
  }

  #count(text: string): void {
    this.counts.set(text, (this.counts.get(text) ?? 0) + 1);
  }
}

/** The network and everybody on it. */
export class SimulatedRoom {
  /** The virtual time. */
  readonly queue: EventQueue = new EventQueue();
  /** Everybody who ever was there. */
  readonly nodes: Node[] = [];
  /** When each text was first said. */
  readonly saidAt: Map<string, number> = new Map();
  /** How long each repair of a line took to come, in milliseconds. */
  readonly recoveryMs: number[] = [];
  /** What was sent: datagrams and bytes as the sender sends them, once for all. */
  readonly totals = {
    lines: 0,
    data: 0,
    dataBytes: 0,
    recovered: 0,
    reports: 0,
    nacks: 0,
    repairs: 0,
    controlBytes: 0,
    delivered: 0,
    lostOnWire: 0,
  };
  /** True once the network was divided. */
  wasDivided = false;
  readonly #random: () => number;

  /**
   * Starts with nobody.
   *
   * @param seed What decides everything.
   * @param weather How bad the network is; may be changed.
   */
  constructor(readonly seed: number, public weather: Weather) {
    this.#random = seededRandom(seed);
  }

  /**
   * Lets somebody join.
   *
   * @param isSimple True for a client without control datagrams.
   * @returns The newcomer.
   */
  join(isSimple = false): Node {
    const node = new Node(this, this.nodes.length, isSimple);
    this.nodes.push(node);
    return node;
  }

  /**
   * Sends a datagram to everybody else in the same part of the network.
   *
   * @param from The sender.
   * @param bytes The datagram.
   * @param kind To which port.
   */
  send(from: Node, bytes: Uint8Array, kind: "data" | "control"): void {
    this.#note(bytes, kind);
    for (const to of this.nodes) {
      if (to === from || !to.alive || to.part !== from.part) continue;
      this.#carry(from, to, bytes, kind, 0);
      if (this.#random() < this.weather.copies) this.#carry(from, to, bytes, kind, 100);
    }
  }

  #carry(from: Node, to: Node, bytes: Uint8Array, kind: "data" | "control", extra: number): void {
    if (this.#random() < this.weather.loss) {
      this.totals.lostOnWire++;
      return;
    }
    const what = [from, to, bytes, kind] as const;
    const isSlow = this.#random() < this.weather.delays;
    const delay = 0.5 + this.#random() * (isSlow ? 150 : 3) + this.#random() * extra;
    this.queue.at(this.queue.now + delay, () => {
      if (!to.alive) return;
      const { now } = this.queue;
      // The control port is another socket: what comes there overtakes the lines that wait.
      if (kind === "control" || to.linesPerSecond === Infinity) return this.#deliver(...what);
      const perLine = 1000 / to.linesPerSecond;
      if (to.busyUntil - now > SOCKET_LINES * perLine) return void this.totals.lostOnWire++;
      to.busyUntil = Math.max(now, to.busyUntil) + perLine;
      this.queue.at(to.busyUntil, () => this.#deliver(...what));
    });
  }

  #deliver(from: Node, to: Node, bytes: Uint8Array, kind: "data" | "control"): void {
    if (!to.alive) return;
    this.totals.delivered++;
    to.receive(bytes, from, kind);
  }

  #note(bytes: Uint8Array, kind: "data" | "control"): void {
    const { totals } = this;
    if (kind === "data") {
      totals.data++;
      totals.dataBytes += bytes.length;
      return;
    }
    totals.controlBytes += bytes.length;
    if (bytes[5] === 1) totals.reports++;
    if (bytes[5] === 2) totals.nacks++;
    if (bytes[5] === 3) totals.repairs++;
  }
}
