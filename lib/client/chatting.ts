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
import type { RoomLink } from "../room/room_link.ts";
import type { RelayWish } from "../room/room_server.ts";
import { sanitise } from "../text.ts";
import { type LogFile, openLogFile } from "./chat_log.ts";
import type { Ignored } from "./ignored.ts";
import { formatMembers, formatReceipts } from "./room_answers.ts";
import type { ListedRoom, ServerRelays } from "./room_directory.ts";
import { PipeScreen, type RoomScreen } from "./room_screen.ts";
import { RoomView } from "./room_view.ts";
import { plainScreen } from "./terminal_screen.ts";
import type { Console } from "./terminal/console.ts";

/** What {@linkcode Chatting} works with. */
export interface ChattingOptions {
  /** Where messages and sentences go. */
  readonly console: Pick<Console, "interactive" | "line" | "print" | "status">;
  /**
   * How rooms are shown.
   *
   * @default Without colour and times.
   */
  readonly screen?: RoomScreen | undefined;
  /**
   * Opens a file to log to.
   *
   * @default {openLogFile}
   */
  readonly openLog?: ((path: string) => Promise<LogFile>) | undefined;
  /**
   * Whose lines are hidden.
   *
   * @default Nobody's, until somebody is ignored.
   */
  readonly ignored?: Ignored | undefined;
  /** What `~` stands for in the name of a file, if that is known. */
  readonly home?: string | undefined;
  /** Whether rooms are reached through the server. */
  readonly relay: RelayWish;
  /** What the server helps with, if there is a connection to one that does. */
  readonly relays: () => ServerRelays | undefined;
  /** Looks a room up there. */
  readonly find: (name: string) => Promise<ListedRoom | undefined>;
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
  /** The key of a sealed room. */
  readonly sealKey?: Uint8Array | undefined;
}

/** At most one room. Every method's errors are sentences for people. */
export class Chatting implements AsyncDisposable {
  /** What is seen of the room. */
  readonly view: RoomView;
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
    const { console, screen, openLog = openLogFile, home, ignored } = options;
    this.#console = console;
    this.view = new RoomView({
      console,
      screen: screen ?? (console.interactive ? plainScreen(console) : new PipeScreen(console)),
      openLog,
      home,
      ignored,
      now: Date.now,
    });
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
  async enter(room: ListedRoom, options: EnterOptions): Promise<void> {
    const { localAddress, chatName, sealKey } = options;
    const shown = sanitise(room.name);
    const fault = faultOfAddress(room.address) ?? faultOfPort(String(room.port));
    if (fault !== undefined) throw new UserError(`Cannot enter room "${shown}": ${fault}.`);
    const { wanted, interfaces, ttl, relay } = this.#options;
    const choose = () =>
      chooseInterface({
        wanted: wanted?.iface,
        wantedFrom: wanted?.from,
        localAddress,
        list: interfaces(),
      });
    const chosen = choose();
    const chooseAgain = () => {
      try {
        return choose();
      } catch {
        // There is none now; that is told already.
        return undefined;
      }
    };
    // Its many parts are loaded when the first room is entered: the prompt is there sooner.
    const { joinRoom } = await import("../room/room_link.ts");
    const link = await joinRoom({
      room,
      interface: chosen,
      chatName,
      sealKey,
      onLine: (line) => this.view.line(line),
      onProblem: (message) => this.#console.status(message),
      onEvent: (event) => this.view.event(event),
      ttl,
      relay,
      chooseAgain,
      history: this.view.wantedPast > 0,
    });
    this.#link = link;
    this.#room = room;
    this.view.entered(room, {
      own: () => ({ name: link.chatName, source: link.local }),
      members: () => link.members(),
    });
    const sealed = sealKey === undefined ? "" : " It is sealed.";
    const about = room.topic === undefined ? "" : ` It is about: ${sanitise(room.topic)}.`;
    this.#console.status(
      `Room "${shown}": ${endpointOf(room)}, over ${
        sanitise(chosen.name)
      } (${chosen.address}; ${chosen.why}).${sealed}${about}\n` +
        `You are "${chatName}". Ctrl-] or /leave leaves.`,
    );
    this.connected();
    this.#options.onMove();
  }

  /** There is another connection to a server now, or none. */
  connected(): void {
    const [link, room] = [this.#link, this.#room];
    if (link === undefined || room === undefined) return;
    link.server = undefined;
    const { relays, find } = this.#options;
    const helper = relays();
    if (helper === undefined) return;
    find(room.name).then(async (found) => {
      const { relayFor } = await import("../room/relay_transport.ts");
      if (this.#link !== link || relays() !== helper) return;
      // Another server, or the same one later, may have another room of that name.
      if (found?.address !== room.address || found.port !== room.port) return;
      link.server = relayFor(helper.server, room.name, helper.here);
    }, () => {
      // The connection is lost already; the next one comes here again.
    });
  }

  /**
   * Prints who is in the room; in none, it does nothing.
   */
  who(): void {
    if (this.#link === undefined) return;
    const { chatName, interface: over, via } = this.#link;
    const self = { name: chatName, address: over.address, via };
    this.#console.print(formatMembers(this.#link.members(), self));
  }

  /** Prints who has the lines said here; in no room, it does nothing. */
  receipts(): void {
    if (this.#link === undefined) return;
    const receipts = this.#link.receipts();
    if (receipts.length === 0) return this.#console.status("You said nothing here yet.");
    this.#console.print(formatReceipts(receipts));
  }

  /**
   * Changes the name to speak under; in no room, it does nothing.
   *
   * @param name The new name.
   * @throws {UserError} If it is not legal.
   */
  rename(name: string): void {
    if (this.#link !== undefined) this.#link.chatName = name;
    this.view.renamed();
  }

  /**
   * Says something in the room; in no room, it does nothing.
   *
   * @param text What was typed.
   * @param isShown Whether it is on the screen, as it was typed.
   * @throws {UserError} If it cannot be sent.
   */
  async say(text: string, isShown: boolean): Promise<void> {
    const link = this.#link;
    const name = link?.chatName ?? "";
    if (await link?.say(text)) this.view.said(name, text, isShown);
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
    this.#forget();
    await link[Symbol.asyncDispose]();
    this.#console.status(`Left room "${sanitise(link.room.name)}".`);
    this.#options.onMove();
  }

  /** Leaves the room without a word. */
  async [Symbol.asyncDispose](): Promise<void> {
    const link = this.#link;
    this.#forget();
    await link?.[Symbol.asyncDispose]();
    await this.view[Symbol.asyncDispose]();
  }

  #forget(): void {
    this.#link = undefined;
    this.#room = undefined;
    this.view.left();
  }
}
