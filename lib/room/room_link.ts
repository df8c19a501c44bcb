/**
 * Being in a room: saying lines, hearing those of the others, losing none.
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import { checkChatName, decodeChatLine, encodeChatLines } from "../framing/chat_line.ts";
import type { Hex64 } from "../framing/datagram_hash.ts";
import { type DatagramPort, type SocketAddress, systemDatagrams } from "../net/datagram.ts";
import { MAX_UNSENT_DATAGRAMS } from "../net/multicast.ts";
import { type Clock, SYSTEM_CLOCK } from "../rpc/ports.ts";
import { sanitise } from "../text.ts";
import { DirectTransport } from "./direct_transport.ts";
import { type JoinRoomOptions, LINGER_MS } from "./join_options.ts";
import type { RoomAddress } from "./room_address.ts";
import { RoomCore } from "./room_core.ts";
import type { RoomEffect } from "./room_effect.ts";
import type { LineReceipt, RoomEvent, RoomMember } from "./room_event.ts";
import { type RoomInterface, RoomPath } from "./room_path.ts";
import type { RoomServer } from "./room_server.ts";
import { SaidLines } from "./said_lines.ts";

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
  readonly #label: string;
  readonly #id = randomHex64();
  readonly #said = new SaidLines();
  #core!: RoomCore;
  #path!: RoomPath;
  #chatName: string;
  /** Own data sockets, the present one too: what comes from there is no news. */
  readonly #ownPlaces = new Set<string>();
  /** What was said leaves in order, one line after the other. */
  #sending: Promise<void> = Promise.resolve();
  #unsent = 0;
  #saidAt = -Infinity;
  #cancelTimer = (): void => {};
  #left: Promise<void> | undefined;
  #isOver = false;

  private constructor(options: JoinRoomOptions) {
    this.room = options.room;
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#chatName = checkChatName(options.chatName);
    this.#label = `room "${sanitise(options.room.name)}"`;
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
    return this.#path.local ?? this.#lastLocal;
  }

  #lastLocal: SocketAddress = { address: "0.0.0.0", port: 0 };

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
    if (this.#left !== undefined || this.#isOver) throw this.#gone();
    if (this.#unsent + datagrams.length > MAX_UNSENT_DATAGRAMS) {
      throw new UserError(
        `Cannot send to ${this.#label}: ${this.#unsent + datagrams.length} messages would be ` +
          `waiting, and at most ${MAX_UNSENT_DATAGRAMS} may. Send fewer at a time.`,
      );
    }
    this.#unsent += datagrams.length;
    const sent = this.#sending.then(() => this.#sendAll(datagrams));
    this.#sending = sent.catch(() => {});
    await sent;
    return datagrams.length;
  }

  /**
   * Lists the others: those who report, then simple clients that spoke lately.
   *
   * @returns The members.
   */
  members(): RoomMember[] {
    const now = this.#clock.now();
    return this.#core.members().map((member) => ({
      id: member.id,
      name: sanitise(member.name),
      source: member.source,
      via: member.relayed ? "relay" : "direct",
      silentFor: now - member.heardAt,
      knownFor: now - member.since,
      direct: member.direct,
      recovered: member.recovered,
    }));
  }

  /**
   * Tells who has the last lines said here.
   *
   * @returns A receipt per line, the latest last.
   */
  receipts(): LineReceipt[] {
    const now = this.#clock.now();
    const members = new Map(this.#core.members().map(({ id, name }) => [id, sanitise(name)]));
    return this.#said.list(this.#core.receipts()).map(({ text, saidAt, has }) => ({
      text: sanitise(text),
      age: now - saidAt,
      has: has.map((id) => members.get(id) ?? id),
      of: members.size,
    }));
  }

  /** Sends everything said, stays a moment to repair what was said last, then leaves. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#left ??= this.#leave();
  }

  async #open(): Promise<void> {
    const { room, signal, ttl, relay = "auto", chooseAgain, sockets = systemDatagrams } =
      this.#options;
    const group = { address: room.address, port: room.port };
    this.#path = await RoomPath.open({
      roomPort: room.port,
      member: this.#id,
      label: this.#label,
      interface: this.#options.interface,
      relay,
      openDirect: (over, events) =>
        DirectTransport.open({
          ...events,
          group,
          interfaceAddress: over.address,
          label: this.#label,
          ttl,
          signal,
          sockets,
        }),
      chooseAgain: chooseAgain ?? (() => this.#sameAgain(sockets)),
      addresses: () => addressesOf(sockets),
      clock: this.#clock,
      wallClock: () => Date.now(),
      random: Math.random,
      newToken: randomHex64,
      onData: (bytes, source) => this.#heardData(bytes, source),
      onControl: (bytes, source) =>
        this.#do(this.#core.heardControl(bytes, source, this.#clock.now())),
      onMoved: ({ local, relayed }) => {
        this.#tookPlace(local);
        this.#core.moved({ local, relayed, tcpPort: 0 }, this.#clock.now());
        this.#arm();
      },
      onNews: (news) => this.#tell({ kind: "path", news }),
      onProblem: (error) => this.#problem(error),
    });
    signal?.addEventListener("abort", () => void this.#abort(), { once: true });
    const local = this.#path.local!;
    this.#tookPlace(local);
    this.#core = new RoomCore({
      id: this.#id,
      roomPort: room.port,
      local,
      tcpPort: 0,
      name: this.#chatName,
      now: this.#clock.now(),
      random: Math.random,
    });
    this.#ring();
  }

  #tookPlace(local: SocketAddress): void {
    this.#lastLocal = local;
    this.#ownPlaces.add(`${local.address}:${local.port}`);
  }

  /** Waits for the interface that was used. */
  #sameAgain(sockets: DatagramPort): RoomInterface | undefined {
    const { address } = this.#path.interface;
    return addressesOf(sockets).includes(address) ? this.#path.interface : undefined;
  }

  async #sendAll(datagrams: readonly Uint8Array[]): Promise<void> {
    let left = datagrams.length;
    try {
      for (const bytes of datagrams) {
        if (this.#isOver) throw this.#gone();
        await this.#path.sendData(bytes);
        this.#unsent--;
        left--;
        const now = this.#clock.now();
        this.#saidAt = now;
        this.#said.said(new TextDecoder().decode(bytes), now);
        // It has left: only what follows from it is to be done.
        this.#do(this.#core.said(bytes, now).filter(({ kind }) => kind !== "sendData"));
      }
    } finally {
      this.#unsent -= left;
    }
  }

  #heardData(bytes: Uint8Array, source: SocketAddress): void {
    if (this.#ownPlaces.has(`${source.address}:${source.port}`)) return;
    this.#do(this.#core.heardData(bytes, source, this.#clock.now()));
  }

  /** Does what the core wants. */
  #do(effects: readonly RoomEffect[]): void {
    for (const effect of effects) {
      try {
        this.#one(effect);
      } catch (error) {
        this.#problem(error);
      }
    }
    this.#arm();
  }

  #one(effect: RoomEffect): void {
    switch (effect.kind) {
      case "sendData":
        return void this.#path.sendData(effect.bytes).catch((error) => this.#problem(error));
      case "sendControl":
        return this.#path.sendControl(effect.bytes);
      case "show": {
        const text = decodeChatLine(effect.bytes);
        // An empty datagram says nothing, and would scroll the screen of everybody.
        if (text === "") return;
        const { source, member, recovered, place } = effect;
        return this.#options.onLine({ text, source, member, recovered, place });
      }
      case "memberJoined": {
        const { name, source } = effect.member;
        return this.#tell({ kind: "joined", name: sanitise(name), address: source.address });
      }
      case "memberLeft":
        return this.#tell({ kind: "left", name: sanitise(effect.member.name), why: effect.why });
      case "memberRenamed": {
        const { member: { name }, before } = effect;
        return this.#tell({ kind: "renamed", name: sanitise(name), before: sanitise(before) });
      }
      case "lost": {
        const { name = "somebody", count } = effect;
        return this.#tell({ kind: "lost", name: sanitise(name), count });
      }
      case "warning":
        return this.#tell({
          kind: "warning",
          from: `${effect.from.address}:${effect.from.port}`,
          why: effect.why,
        });
    }
  }

  #ring(): void {
    const now = this.#clock.now();
    this.#do(this.#core.due(now));
    const members = this.#core.members();
    const present = new Map(members.map(({ id, since }) => [id, since]));
    for (
      const { text } of this.#said.unheard(this.#core.receipts(), present, this.#patience, now)
    ) {
      this.#tell({ kind: "unheard", text: sanitise(text) });
    }
  }

  /** How long receipts may take, in milliseconds. */
  get #patience(): number {
    return RECEIPT_ROUNDS * this.#core.interval;
  }

  #arm(): void {
    if (this.#isOver) return;
    this.#cancelTimer();
    const next = Math.min(this.#core.nextDeadline, this.#said.nextDeadline(this.#patience));
    if (next === Infinity) return;
    this.#cancelTimer = this.#clock.schedule(
      () => this.#ring(),
      Math.max(0, next - this.#clock.now()),
    );
  }

  #tell(event: RoomEvent): void {
    try {
      this.#options.onEvent?.(event);
    } catch (error) {
      this.#problem(error);
    }
  }

  #problem(error: unknown): void {
    this.#options.onProblem(
      error instanceof UserError
        ? error.message
        : `Cannot show a message of ${this.#label}: ${sanitise(reasonOf(error))}`,
    );
  }

  async #leave(): Promise<void> {
    await this.#sending;
    const { linger = LINGER_MS } = this.#options;
    const stay = this.#saidAt + linger - this.#clock.now();
    if (!this.#isOver && stay > 0 && this.#core.members().length > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.schedule(resolve, stay);
        this.#options.signal?.addEventListener("abort", () => (cancel(), resolve()));
      });
    }
    this.#do(this.#core.leave(this.#clock.now()));
    await this.#close();
  }

  async #abort(): Promise<void> {
    await this.#close();
  }

  async #close(): Promise<void> {
    this.#isOver = true;
    this.#cancelTimer();
    await this.#path[Symbol.asyncDispose]();
  }

  #gone(): UserError {
    return new UserError(`Cannot send to ${this.#label}: it was left.`);
  }
}

function addressesOf(sockets: DatagramPort): string[] {
  return sockets.interfaces().map(({ address }) => address);
}

/** Makes 64 random bits that are not all zero. */
function randomHex64(): Hex64 {
  const bits = crypto.getRandomValues(new BigUint64Array(1))[0]! || 1n;
  return bits.toString(16).padStart(16, "0");
}
