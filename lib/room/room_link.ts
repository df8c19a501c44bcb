/**
 * Being in a room: saying lines, hearing those of the others, losing none.
 *
 * @module
 */

import { checkChatName, encodeChatLines } from "../framing/chat_line.ts";
import type { SocketAddress } from "../net/datagram.ts";
import { type Clock, SYSTEM_CLOCK } from "../rpc/ports.ts";
import { sanitise } from "../text.ts";
import { type JoinRoomOptions, LINGER_MS } from "./join_options.ts";
import { openPath, randomHex64 } from "./open_path.ts";
import type { RoomAddress } from "./room_address.ts";
import { RoomCore } from "./room_core.ts";
import type { RoomEffect } from "./room_effect.ts";
import type { LineReceipt, RoomMember } from "./room_event.ts";
import { RoomPast } from "./room_past.ts";
import type { RoomPath } from "./room_path.ts";
import { describeMembers, describeReceipts, describeSimple } from "./room_people.ts";
import type { RoomServer } from "./room_server.ts";
import { RoomTeller } from "./room_teller.ts";
import { SaidLines } from "./said_lines.ts";
import { SayQueue } from "./say_queue.ts";
import { SimpleClients } from "./simple_clients.ts";
import type { RoomInterface } from "./way.ts";

export type { JoinRoomOptions } from "./join_options.ts";

/** Regular reports that may be lost before a line counts as unheard. */
const RECEIPT_ROUNDS = 3;

/**
 * Enters a room.
 *
 * @param options The room, the interface, the name and who is called.
 * @returns The link; lines arrive from now on. Dispose it to leave.
 * @throws {UserError} If the room cannot be joined (why, and what to do) or the name is not legal.
 * @throws {DOMException} Named `AbortError` (or the signal's reason) if aborted.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const heard = Promise.withResolvers<string>();
 * const common = {
 *   room: { name: "lab", address: "239.255.7.2", port: 20112 },
 *   interface: { name: "lo", address: "127.0.0.1" },
 *   onProblem: (message: string) => heard.reject(new Error(message)),
 * };
 * await using _mel = await joinRoom({
 *   ...common,
 *   chatName: "Mel",
 *   onLine: ({ text }) => heard.resolve(text),
 * });
 * await using bob = await joinRoom({ ...common, chatName: "Bob", onLine: () => {} });
 * assertEquals(await bob.say("Good morning!"), 1);
 * assertEquals(await heard.promise, "Bob: Good morning!");
 * ```
 */
export function joinRoom(options: JoinRoomOptions): Promise<RoomLink> {
  return RoomLink.join(options);
}

/** A room one is in. Disposal sends everything said, then leaves; it may be repeated. */
export class RoomLink implements AsyncDisposable {
  /** The room. */
  readonly room: RoomAddress;
  readonly #options: JoinRoomOptions;
  readonly #clock: Clock;
  readonly #id = randomHex64();
  readonly #said = new SaidLines();
  readonly #simple = new SimpleClients();
  /** Datagrams can arrive before there is a core. */
  #early: (() => void)[] | undefined = [];
  #core!: RoomCore;
  #path!: RoomPath;
  #past!: RoomPast;
  #chatName: string;
  /** One's data socket, or the last one. */
  #local: SocketAddress = { address: "0.0.0.0", port: 0 };
  readonly #teller: RoomTeller;
  readonly #queue: SayQueue;
  #saidAt = -Infinity;
  #cancelTimer = (): void => {};
  readonly #onAbort = (): void => {
    this.#close().catch((error) => this.#teller.problem(error));
  };
  #endStay = (): void => {};
  #left: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  private constructor(options: JoinRoomOptions) {
    this.room = options.room;
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#chatName = checkChatName(options.chatName);
    const label = `room "${sanitise(options.room.name)}"`;
    this.#teller = new RoomTeller(options, label);
    this.#queue = new SayQueue({
      label,
      send: (bytes) => this.#path.sendData(bytes),
      onSent: (bytes) => this.#sent(bytes),
    });
  }

  /**
   * Enters a room, see {@linkcode joinRoom}.
   *
   * @param options The room, the interface, the name and who is called.
   * @returns The link.
   * @throws {UserError} If the room cannot be joined or the name is not legal.
   */
  static async join(options: JoinRoomOptions): Promise<RoomLink> {
    const link = new RoomLink(options);
    await link.#open();
    return link;
  }

  /** The interface that the room is reached through, or the last one. */
  get interface(): RoomInterface {
    return this.#path.interface;
  }

  /** How the room is reached; "none" while there is no network. */
  get via(): "direct" | "relay" | "none" {
    return this.#path.kind;
  }

  /** The address and port that others see lines of this link come from; the last one if none. */
  get local(): SocketAddress {
    return this.#local;
  }

  /** The name to speak under. What was said before a change keeps the old one. */
  get chatName(): string {
    return this.#chatName;
  }

  /** Setting it throws a {@linkcode UserError} if the name is not legal. */
  set chatName(name: string) {
    this.#chatName = checkChatName(name);
    this.#core.rename(this.#chatName, this.#clock.now());
    this.#arm();
  }

  /** Sets the server that checks whether multicast gets through, and relays if it does not. */
  set server(server: RoomServer | undefined) {
    this.#path.server = server;
  }

  /**
   * Says something: a message per line of the text, several for a long one. What is said in one
   * call stays together, and calls keep their order whether they are awaited or not.
   *
   * @param text What was typed or pasted.
   * @returns How many datagrams it took, once the system has all of them; 0 if there was no text.
   * @throws {UserError} If it cannot be sent: why, and what to do about it.
   */
  async say(text: string): Promise<number> {
    const datagrams = encodeChatLines(this.#chatName, text);
    await this.#queue.say(datagrams);
    return datagrams.length;
  }

  /**
   * Lists the others: those who report, then simple clients that spoke lately.
   *
   * @returns The members.
   */
  members(): RoomMember[] {
    const now = this.#clock.now();
    const members = this.#core.members();
    const simple = this.#simple.list(members.map(({ source }) => source), now);
    return [...describeMembers(members, now), ...describeSimple(simple, now)];
  }

  /**
   * Tells who has the last lines said here.
   *
   * @returns A receipt per line, the latest last.
   */
  receipts(): LineReceipt[] {
    const lines = this.#said.list(this.#core.receipts());
    return describeReceipts(lines, this.#core.members(), this.#clock.now());
  }

  /** Sends everything said, stays a moment to repair what was said last, then leaves. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#left ??= this.#leave();
  }

  async #open(): Promise<void> {
    const { room: { address, port }, signal, history = false } = this.#options;
    const onProblem = (error: unknown): void => this.#teller.problem(error);
    this.#path = await openPath(this.#options, {
      member: this.#id,
      label: this.#teller.label,
      onData: (bytes, source) =>
        this.#heard(() => this.#core.heardData(bytes, source, this.#clock.now())),
      onControl: (bytes, source) =>
        this.#heard(() => this.#core.heardControl(bytes, source, this.#clock.now())),
      onMoved: ({ local, relayed }) => this.#moved(local, relayed),
      onNews: (news) => this.#teller.event({ kind: "path", news }),
      onProblem,
    });
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.#local = this.#path.local ?? this.#local;
    const now = this.#clock.now();
    this.#past = new RoomPast({
      room: { address, port },
      interfaceAddress: this.#path.interface.address,
      now,
      wanted: history,
      clock: this.#clock,
      onHistory: (lines) => this.#teller.history(lines, this.#clock.now()),
      onLine: (line) => this.#teller.line(line),
      onDeadline: () => this.#arm(),
      onProblem,
    });
    this.#core = new RoomCore({
      id: this.#id,
      roomPort: port,
      local: this.#local,
      tcpPort: this.#past.port,
      name: this.#chatName,
      now,
      random: Math.random,
    });
    const early = this.#early ?? [];
    this.#early = undefined;
    this.#ring();
    for (const hear of early) hear();
  }

  /** Hands on what arrived. */
  #heard(hear: () => RoomEffect[]): void {
    if (this.#early !== undefined) this.#early.push(() => this.#do(hear()));
    else this.#do(hear());
  }

  #moved(local: SocketAddress, relayed: boolean): void {
    this.#local = local;
    // At a relay's address nobody answers for this member.
    if (!relayed) this.#past.moveTo(this.#path.interface.address);
    const tcpPort = relayed ? 0 : this.#past.port;
    this.#core.moved({ local, relayed, tcpPort }, this.#clock.now());
    this.#arm();
  }

  #sent(bytes: Uint8Array): void {
    const now = this.#clock.now();
    this.#saidAt = now;
    this.#said.said(new TextDecoder().decode(bytes), now);
    this.#past.said(bytes, this.local, now);
    // It has left: only what follows from it is to be done.
    this.#do(this.#core.said(bytes, now).filter(({ kind }) => kind !== "sendData"));
  }

  /** Does what the core wants. */
  #do(effects: readonly RoomEffect[]): void {
    for (const effect of effects) this.#one(effect);
    this.#arm();
  }

  #one(effect: RoomEffect): void {
    switch (effect.kind) {
      case "sendData":
        return;
      case "sendControl":
        return this.#path.sendControl(effect.bytes);
      case "show":
        if (effect.member === undefined) {
          this.#simple.heard(effect.bytes, effect.source, this.#clock.now());
        }
        return this.#past.show(effect);
      case "moved":
        return this.#past.moved(effect);
      case "memberJoined":
        this.#past.joined(effect.member);
        break;
      case "memberLeft":
        this.#past.left(effect.member);
    }
    this.#teller.effect(effect);
  }

  #ring(): void {
    const now = this.#clock.now();
    this.#past.due(now);
    this.#do(this.#core.due(now));
    if (now >= this.#said.nextDeadline(this.#patience)) this.#tellUnheard(now);
  }

  #tellUnheard(now: number): void {
    const present = new Map(this.#core.members().map(({ id, since }) => [id, since]));
    const receipts = this.#core.receipts();
    for (const { text } of this.#said.unheard(receipts, present, this.#patience, now)) {
      this.#teller.event({ kind: "unheard", text: sanitise(text) });
    }
    this.#arm();
  }

  /** How long receipts may take, in milliseconds. */
  get #patience(): number {
    return RECEIPT_ROUNDS * this.#core.interval;
  }

  #arm(): void {
    if (this.#closed !== undefined) return;
    this.#cancelTimer();
    const next = Math.min(
      this.#core.nextDeadline,
      this.#past.nextDeadline,
      this.#said.nextDeadline(this.#patience),
    );
    if (next === Infinity) return;
    this.#cancelTimer = this.#clock.schedule(
      () => this.#ring(),
      Math.max(0, next - this.#clock.now()),
    );
  }

  async #leave(): Promise<void> {
    this.#queue.finish();
    await this.#queue.idle;
    const { linger = LINGER_MS } = this.#options;
    const stay = this.#saidAt + linger - this.#clock.now();
    if (this.#closed === undefined && stay > 0 && this.#core.members().length > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.schedule(resolve, stay);
        this.#endStay = () => (cancel(), resolve());
      });
    }
    this.#do(this.#core.leave(this.#clock.now()));
    await this.#close();
  }

  #close(): Promise<void> {
    return this.#closed ??= this.#end();
  }

  async #end(): Promise<void> {
    this.#queue.close();
    this.#cancelTimer();
    this.#endStay();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    // First: while the way changes, the past may have to move.
    await this.#path[Symbol.asyncDispose]();
    await this.#past[Symbol.asyncDispose]();
  }
}
