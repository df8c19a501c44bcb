/**
 * Being in a room: entering, saying, hearing, leaving.
 *
 * @module
 */

import { endpointOf, type Room } from "../directory/room.ts";
import { faultOfAddress, faultOfPort } from "../directory/rules.ts";
import { UserError } from "../errors.ts";
import { chooseInterface, type InterfaceAddress } from "../net/interfaces.ts";
import type { RoomMember } from "../room/room_event.ts";
import { joinRoom, type RoomLink } from "../room/room_link.ts";
import { sanitise } from "../text.ts";
import type { ListedRoom } from "./room_directory.ts";
import type { Console } from "./terminal/console.ts";

/** What {@linkcode Chatting} works with. */
export interface ChattingOptions {
  /** Where messages and sentences go. */
  readonly console: Pick<Console, "print" | "status">;
  /** The interface that was asked for, and where, see `chooseInterface`. */
  readonly wanted?: { readonly iface: string; readonly from: string } | undefined;
  /** How many networks chat lines may pass. */
  readonly ttl: number;
  /** Lists the interfaces of this machine. */
  readonly interfaces: () => InterfaceAddress[];
  /** Called when a room was entered or left. */
  readonly onMove: () => void;
}

/** How a room is entered. */
export interface EnterOptions {
  /** The address of this machine that leads to the server. */
  readonly localAddress: string;
  /** The name to speak under. */
  readonly chatName: string;
}

/** At most one room. Every method's errors are sentences for people. */
export class Chatting implements AsyncDisposable {
  readonly #options: ChattingOptions;
  readonly #console: ChattingOptions["console"];
  #link: RoomLink | undefined;
  #room: Room | undefined;

  /**
   * Makes it without a room.
   *
   * @param options What it works with.
   */
  constructor(options: ChattingOptions) {
    this.#options = options;
    this.#console = options.console;
  }

  /** The room one is in, as it was entered; undefined if one is in none. */
  get room(): Room | undefined {
    return this.#room;
  }

  /** The others in the room; undefined if one is in none. */
  get members(): RoomMember[] | undefined {
    return this.#link?.members();
  }

  /**
   * Enters a room.
   *
   * @param room The room, as a server told it.
   * @param options How.
   * @throws {UserError} If its address is none of a room, or it cannot be joined.
   */
  async enter(room: ListedRoom, { localAddress, chatName }: EnterOptions): Promise<void> {
    const shown = sanitise(room.name);
    const fault = faultOfAddress(room.address) ?? faultOfPort(String(room.port));
    if (fault !== undefined) throw new UserError(`Cannot enter room "${shown}": ${fault}.`);
    const { wanted, interfaces, ttl } = this.#options;
    const chosen = chooseInterface({
      wanted: wanted?.iface,
      wantedFrom: wanted?.from,
      localAddress,
      list: interfaces(),
    });
    this.#link = await joinRoom({
      room,
      interface: chosen,
      chatName,
      onLine: ({ text }) => this.#console.print(text),
      onProblem: (message) => this.#console.status(message),
      ttl,
    });
    this.#room = room;
    const about = room.topic === undefined ? "" : ` It is about: ${sanitise(room.topic)}.`;
    this.#console.status(
      `Room "${shown}": ${endpointOf(room)}, over ${
        sanitise(chosen.name)
      } (${chosen.address}; ${chosen.why}).${about}\n` +
        `You are "${chatName}". Ctrl-] or /leave leaves.`,
    );
    this.#options.onMove();
  }

  /**
   * Changes the name to speak under; in no room, it does nothing.
   *
   * @param name The new name.
   * @throws {UserError} If it is not legal.
   */
  rename(name: string): void {
    if (this.#link !== undefined) this.#link.chatName = name;
  }

  /**
   * Says something in the room; in no room, it does nothing.
   *
   * @param text What was typed.
   * @throws {UserError} If it cannot be sent.
   */
  async say(text: string): Promise<void> {
    await this.#link?.say(text);
  }

  /**
   * Leaves the room, after everything said was sent.
   *
   * @throws {UserError} If one is in none.
   */
  async leave(): Promise<void> {
    const link = this.#link;
    if (link === undefined) {
      throw new UserError('Cannot leave: you are in no room. "chat <room>" enters one.');
    }
    this.#link = undefined;
    this.#room = undefined;
    await link[Symbol.asyncDispose]();
    this.#console.status(`Left room "${sanitise(link.room.name)}".`);
    this.#options.onMove();
  }

  /** Leaves the room without a word. */
  async [Symbol.asyncDispose](): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    this.#room = undefined;
    await link?.[Symbol.asyncDispose]();
  }
}
