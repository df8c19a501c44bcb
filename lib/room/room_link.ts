/**
 * Being in a room: saying lines, hearing those of the others, losing none.
 *
 * @module
 */

import { checkChatName, encodeChatLines } from "../framing/chat_line.ts";
import type { SocketAddress } from "../net/datagram.ts";
import { Alarm } from "../rpc/alarm.ts";
import { type Clock, SYSTEM_CLOCK } from "../rpc/ports.ts";
import { sanitise } from "../text.ts";
import { EffectDoer } from "./effect_doer.ts";
import { type JoinRoomOptions, LINGER_MS } from "./join_options.ts";
import { openPath, randomHex64 } from "./open_path.ts";
import { OwnLines } from "./own_lines.ts";
import type { RoomAddress } from "./room_address.ts";
import { RoomCore } from "./room_core.ts";
import type { RoomEffect } from "./room_effect.ts";
import type { LineReceipt, RoomMember } from "./room_event.ts";
import { RoomPast } from "./room_past.ts";
import { MAX_UNSEALED_BYTES, RoomSeal } from "./room_seal.ts";
import type { RoomPath } from "./room_path.ts";
import { describePeople } from "./room_people.ts";
import type { RoomServer } from "./room_server.ts";
import { RoomTeller } from "./room_teller.ts";
import { SayQueue } from "./say_queue.ts";
import { SimpleClients } from "./simple_clients.ts";
import type { RoomInterface } from "./way.ts";

export type { JoinRoomOptions } from "./join_options.ts";

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
  readonly #lines = new OwnLines(() => this.#core);
  readonly #simple = new SimpleClients();
  /** Datagrams can arrive before there is a core. */
  #early: (() => void)[] | undefined = [];
  #core!: RoomCore;
  #path!: RoomPath;
  #past!: RoomPast;
  #doer!: EffectDoer;
  #chatName: string;
  /** One's data socket, or the last one. */
  #local: SocketAddress = { address: "0.0.0.0", port: 0 };
  readonly #seal: RoomSeal | undefined;
  readonly #teller: RoomTeller;
  readonly #queue: SayQueue;
  readonly #alarm: Alarm;
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
    this.#alarm = new Alarm(this.#clock, () => {
      this.#ring();
      return Infinity;
    });
    this.#chatName = checkChatName(options.chatName);
    const { room: { address, port }, sealKey: key } = options;
    const room = { address, port };
    this.#seal = key && new RoomSeal({ key, room, now: () => Date.now() });
    const label = `room "${sanitise(options.room.name)}"`;
    this.#teller = new RoomTeller(options, label);
    this.#queue = new SayQueue({
      label,
      send: (bytes) => this.#path.sendData(bytes),
      readyAt: (now) => this.#core.readyAt(now),
      clock: this.#clock,
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
    const datagrams = encodeChatLines(this.#chatName, text, this.#seal && MAX_UNSEALED_BYTES);
    await this.#queue.say(datagrams);
    return datagrams.length;
  }

  /**
   * Lists the others: those who report, then simple clients that spoke lately.
   *
   * @returns The members.
   */
  members(): RoomMember[] {
    return describePeople(this.#core.members(), this.#simple, this.#clock.now());
  }

  /**
   * Tells who has the last lines said here.
   *
   * @returns A receipt per line, the latest last.
   */
  receipts(): LineReceipt[] {
    return this.#lines.receipts(this.#clock.now());
  }

  /** Sends everything said, stays a moment to repair what was said last, then leaves. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#left ??= this.#leave();
  }

  async #open(): Promise<void> {
    const { room: { address, port }, signal, history = false } = this.#options;
    const [teller, simple] = [this.#teller, this.#simple];
    const time = (): number => this.#clock.now();
    const path = this.#path = await openPath(this.#options, {
      member: this.#id,
      label: teller.label,
      onData: (bytes, source) => this.#heard("heardData", bytes, source),
      onControl: (bytes, source) => this.#heard("heardControl", bytes, source),
      onMoved: ({ local, relayed }) => this.#moved(local, relayed),
      onNews: (news) => teller.event({ kind: "path", news }),
      onProblem: (error) => teller.problem(error),
    }, this.#seal);
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.#local = path.local ?? this.#local;
    const now = time();
    const past = this.#past = new RoomPast({
      room: { address, port },
      interfaceAddress: path.interface.address,
      now,
      wanted: history,
      seal: this.#seal,
      clock: this.#clock,
      onHistory: (lines) => teller.history(lines, time()),
      onLine: (line) => teller.line(line),
      onDeadline: () => this.#arm(),
      onProblem: (error) => teller.problem(error),
    });
    this.#doer = new EffectDoer({ path, past, simple, teller, now: time });
    this.#core = new RoomCore({
      id: this.#id,
      roomPort: port,
      local: this.#local,
      tcpPort: past.port,
      name: this.#chatName,
      now,
      random: Math.random,
      ...(this.#seal === undefined ? {} : { maxControlBytes: MAX_UNSEALED_BYTES }),
    });
    const early = this.#early ?? [];
    this.#early = undefined;
    this.#ring();
    for (const hear of early) hear();
  }

  /** Hands on what arrived; named and not wrapped, since there may be thousands a second. */
  #heard(how: "heardData" | "heardControl", bytes: Uint8Array, source: SocketAddress): void {
    if (this.#early !== undefined) this.#early.push(() => this.#heard(how, bytes, source));
    else this.#do(this.#core[how](bytes, source, this.#clock.now()));
  }

  #moved(local: SocketAddress, relayed: boolean): void {
    this.#local = local;
    // At a relay's address nobody answers for this member.
    if (!relayed) this.#past.moveTo(this.#path.interface.address);
    this.#core.moved({ local, relayed, tcpPort: relayed ? 0 : this.#past.port }, this.#clock.now());
    this.#arm();
  }

  #sent(bytes: Uint8Array): void {
    const now = this.#clock.now();
    this.#lines.said(bytes, now);
    this.#past.said(bytes, this.local, now);
    this.#do(this.#core.said(bytes, now));
  }

  /** Does what the core wants. */
  #do(effects: readonly RoomEffect[]): void {
    for (let i = 0; i < effects.length; i++) this.#doer.do(effects[i]!);
    this.#arm();
  }

  #ring(): void {
    const now = this.#clock.now();
    this.#past.due(now);
    this.#do(this.#core.due(now));
    for (const text of this.#lines.unheard(now)) this.#teller.event({ kind: "unheard", text });
    this.#arm();
  }

  #arm(): void {
    if (this.#closed !== undefined) return;
    const { nextDeadline } = this.#core;
    this.#alarm.by(Math.min(nextDeadline, this.#past.nextDeadline, this.#lines.nextDeadline));
  }

  async #leave(): Promise<void> {
    this.#queue.finish();
    await this.#queue.idle;
    const stay = this.#lines.saidAt + (this.#options.linger ?? LINGER_MS) - this.#clock.now();
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
    this.#alarm.stop();
    this.#endStay();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    // First: while the way changes, the past may have to move.
    await this.#path[Symbol.asyncDispose]();
    await this.#past[Symbol.asyncDispose]();
  }
}
