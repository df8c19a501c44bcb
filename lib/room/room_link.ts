/**
 * Being in a room: saying lines, and hearing those of the others.
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import { checkChatName, decodeChatLine, encodeChatLines } from "../framing/chat_line.ts";
import type { DatagramPort, SocketAddress } from "../net/datagram.ts";
import type { ChosenInterface } from "../net/interfaces.ts";
import { MulticastLink } from "../net/multicast.ts";
import { sanitise } from "../text.ts";
import type { RoomAddress } from "./room_address.ts";

/** A line that somebody else said. */
export interface RoomLine {
  /** What to show: one line, safe for a terminal, mostly `Name: text`. */
  readonly text: string;
  /** The address and port it came from. */
  readonly source: SocketAddress;
}

/** What {@linkcode joinRoom} needs. */
export interface JoinRoomOptions {
  /** The room. */
  readonly room: RoomAddress;
  /** The interface to reach it through, see `chooseInterface`. */
  readonly interface: Pick<ChosenInterface, "name" | "address">;
  /** The name to speak under. */
  readonly chatName: string;
  /** Called for each line of others, in the order of arrival. */
  readonly onLine: (line: RoomLine) => void;
  /** Called with a sentence for people when something goes wrong that belongs to no call. */
  readonly onProblem: (message: string) => void;
  /** Leaves the room at once, without waiting for what is unsent. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How many networks the lines may pass, 1-255.
   *
   * @default {1}
   */
  readonly ttl?: number | undefined;
  /** Where sockets come from; the system's unless a test says otherwise. */
  readonly sockets?: DatagramPort;
}

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
  /** The interface it is reached through. */
  readonly interface: Pick<ChosenInterface, "name" | "address">;
  #link: MulticastLink;
  #chatName: string;

  private constructor(options: JoinRoomOptions, chatName: string, link: MulticastLink) {
    this.room = options.room;
    this.interface = options.interface;
    this.#chatName = chatName;
    this.#link = link;
  }

  /**
   * Enters a room, see {@linkcode joinRoom}.
   *
   * @param options The room, the interface, the name and who is called.
   * @returns The link.
   * @throws {UserError} If the room cannot be joined or the name is not legal.
   */
  static async join(options: JoinRoomOptions): Promise<RoomLink> {
    const { room, onLine, onProblem, signal, ttl, sockets } = options;
    const chatName = checkChatName(options.chatName);
    const label = `room "${sanitise(room.name)}"`;
    const link = await MulticastLink.open({
      group: { address: room.address, port: room.port },
      interfaceAddress: options.interface.address,
      label,
      onDatagram: (bytes, source) => receive(bytes, source, onLine),
      onError: (error) =>
        onProblem(
          error instanceof UserError
            ? error.message
            : `Cannot show a message of ${label}: ${sanitise(reasonOf(error))}`,
        ),
      signal,
      ttl,
      ...(sockets === undefined ? {} : { port: sockets }),
    });
    return new RoomLink(options, chatName, link);
  }

  /** The address and port that others see lines of this link come from. */
  get local(): SocketAddress {
    return this.#link.local;
  }

  /** The name to speak under. What was said before a change keeps the old one. */
  get chatName(): string {
    return this.#chatName;
  }

  /** Setting it throws a {@linkcode UserError} if the name is not legal. */
  set chatName(name: string) {
    this.#chatName = checkChatName(name);
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
    await this.#transmit(datagrams);
    return datagrams.length;
  }

  /** Sends everything said, then leaves. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link[Symbol.asyncDispose]();
  }

  /** The one way out: every datagram to the room passes here. */
  #transmit(datagrams: readonly Uint8Array[]): Promise<void> {
    return this.#link.sendAll(datagrams);
  }
}

/** The one way in: every datagram of others passes here before it is shown. */
function receive(
  bytes: Uint8Array,
  source: SocketAddress,
  onLine: (line: RoomLine) => void,
): void {
  const text = decodeChatLine(bytes);
  // An empty datagram says nothing, and would scroll the screen of everybody.
  if (text !== "") onLine({ text, source });
}
