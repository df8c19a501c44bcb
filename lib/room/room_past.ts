/**
 * What was said in a room before: asked of a member on entering, told to newcomers afterwards.
 *
 * @module
 */

import type { SocketAddress } from "../net/datagram.ts";
import type { Clock } from "../rpc/ports.ts";
import { askHistory } from "./ask_history.ts";
import type { Member } from "./member_table.ts";
import { Newcomer } from "./newcomer.ts";
import type { PastLine } from "./past_line.ts";
import { PeerListener } from "./peer_listener.ts";
import type { MoveLine, ShowLine } from "./room_effect.ts";
import { MAX_ANSWER_BYTES, MAX_SEALED_ANSWER_BYTES, RoomHistory } from "./room_history.ts";
import type { RoomSeal } from "./room_seal.ts";

/** Most lines held back while one asks: in a room as busy as that, history matters less. */
const MAX_HELD = 1000;

/** What {@linkcode RoomPast} needs. */
export interface RoomPastOptions {
  /** The room's address and port. */
  readonly room: SocketAddress;
  /** The room's seal; undefined for an open room. */
  readonly seal?: RoomSeal | undefined;
  /** The address of the interface. */
  readonly interfaceAddress: string;
  /** When the room was entered: what its core was made with, in milliseconds. */
  readonly now: number;
  /** Whether to ask; else only others are told. */
  readonly wanted: boolean;
  /** The time. */
  readonly clock: Clock;
  /** Lines from before; called at most once, before any {@linkcode onLine}. */
  readonly onHistory: (lines: readonly PastLine[]) => void;
  /** A line to show now. */
  readonly onLine: (line: ShowLine) => void;
  /** {@linkcode RoomPast.nextDeadline} may be another one. */
  readonly onDeadline: () => void;
  /** A fault of ours. */
  readonly onProblem: (error: unknown) => void;
}

/** Between the room's core and the screen. */
export class RoomPast implements AsyncDisposable {
  readonly #options: RoomPastOptions;
  readonly #history = new RoomHistory();
  readonly #newcomer: Newcomer;
  readonly #asking = new AbortController();
  /** What must be over before one has left: a request, and ports of interfaces before. */
  readonly #pending = new Set<Promise<void>>();
  #held: ShowLine[] = [];
  /** Whether lines are still held back. */
  #isNew: boolean;
  #listener: PeerListener;
  #address: string;

  /**
   * Begins to listen, and to ask as soon as somebody is heard.
   *
   * @param options The room, and who is called.
   */
  constructor(options: RoomPastOptions) {
    const { interfaceAddress: address, now, wanted } = options;
    this.#options = options;
    this.#address = address;
    this.#newcomer = new Newcomer({ address, now });
    this.#isNew = wanted;
    this.#listener = this.#listen();
  }

  /** The TCP port where others ask; 0 if there is none. */
  get port(): number {
    return this.#listener.port;
  }

  /** When {@linkcode due} is to be called next, in milliseconds. */
  get nextDeadline(): number {
    return this.#isNew ? this.#newcomer.nextDeadline : Infinity;
  }

  /**
   * Has another interface from now on.
   *
   * @param address Its address.
   */
  moveTo(address: string): void {
    if (address === this.#address) return;
    this.#address = address;
    const old = this.#listener;
    this.#listener = this.#listen();
    this.#await(old[Symbol.asyncDispose]());
  }

  /**
   * Takes note of a member.
   *
   * @param member The member.
   */
  joined(member: Member): void {
    this.#newcomer.joined(member, this.#options.clock.now());
  }

  /**
   * Takes note that a member left.
   *
   * @param member The member.
   */
  left(member: Member): void {
    this.#newcomer.left(member.id);
  }

  /**
   * Takes a line to show: now, or later, or not at all if it was shown as history.
   *
   * @param line The line.
   */
  show(line: ShowLine): void {
    const { source, bytes, saidAt } = line;
    if (this.#newcomer.isShown(source, bytes, saidAt)) return this.#history.repeated(line);
    this.#history.shown(line, saidAt);
    if (!this.#isNew) return this.#options.onLine(line);
    this.#newcomer.live(source, bytes, saidAt);
    this.#held.push(line);
    if (this.#held.length >= MAX_HELD) this.#settle();
  }

  /**
   * Takes note that a line was shown in the wrong place.
   *
   * @param move From where to where.
   */
  moved(move: MoveLine): void {
    this.#history.moved(move);
  }

  /**
   * Takes note of a line of one's own.
   *
   * @param bytes The datagram.
   * @param local One's data socket.
   * @param now The time in milliseconds.
   */
  said(bytes: Uint8Array, local: SocketAddress, now: number): void {
    this.#history.said(bytes, local, now);
    if (this.#isNew) this.#newcomer.live(local, bytes, now);
  }

  /**
   * Does what time has come for.
   *
   * @param now The time in milliseconds.
   */
  due(now: number): void {
    if (!this.#isNew) return;
    const member = this.#newcomer.due(now);
    if (this.#newcomer.done) return this.#settle();
    if (member === undefined) return;
    const { room, seal, clock } = this.#options;
    const asking = askHistory({ member, room, seal, signal: this.#asking.signal, clock });
    this.#await(asking.then((lines) => {
      this.#newcomer.answered(lines, clock.now());
      this.due(clock.now());
      this.#options.onDeadline();
    }));
  }

  /** Shows what is held back, and closes the port. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#settle();
    await this.#listener[Symbol.asyncDispose]();
    await Promise.all(this.#pending);
  }

  #await(work: Promise<void>): void {
    const pending = work.catch((error) => this.#options.onProblem(error))
      .finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
  }

  #settle(): void {
    if (!this.#isNew) return;
    this.#isNew = false;
    this.#asking.abort();
    const { history, done } = this.#newcomer;
    if (done && history.length > 0) {
      this.#history.adopt(history);
      this.#options.onHistory(history);
    }
    for (const line of this.#held.splice(0)) this.#options.onLine(line);
  }

  #listen(): PeerListener {
    const { room, seal, clock, onProblem } = this.#options;
    const most = seal === undefined ? MAX_ANSWER_BYTES : MAX_SEALED_ANSWER_BYTES;
    return new PeerListener({
      interfaceAddress: this.#address,
      room,
      seal,
      answer: () => this.#isNew ? undefined : this.#history.answer(clock.now(), most),
      onProblem,
      clock,
    });
  }
}
