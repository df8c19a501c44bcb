/**
 * Being in a room: entering, saying, hearing, leaving.
 *
 * @module
 */

import { endpointOf, type Room } from "../directory/room.ts";
import { faultOfAddress, faultOfPort } from "../directory/rules.ts";
import { UserError } from "../errors.ts";
import { chooseInterface, type InterfaceAddress } from "../net/interfaces.ts";
import type { RoomEvent, RoomLine, RoomMember } from "../room/room_event.ts";
import type { RoomLink } from "../room/room_link.ts";
import { relayFor } from "../room/relay_transport.ts";
import type { RelayWish } from "../room/room_server.ts";
import { sanitise } from "../text.ts";
import { formatHistory } from "./history_lines.ts";
import { NameMarks } from "./name_marks.ts";
import { sentenceOf } from "./path_words.ts";
import { formatMembers, formatReceipts } from "./room_answers.ts";
import type { ListedRoom, ServerRelays } from "./room_directory.ts";
import { RoomNotices } from "./room_notices.ts";
import type { Console } from "./terminal/console.ts";

/** What {@linkcode Chatting} works with. */
export interface ChattingOptions {
  /** Where messages and sentences go. */
  readonly console: Pick<Console, "interactive" | "line" | "print" | "status">;
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
}

/** At most one room. Every method's errors are sentences for people. */
export class Chatting implements AsyncDisposable {
  readonly #options: ChattingOptions;
  readonly #console: ChattingOptions["console"];
  #link: RoomLink | undefined;
  #room: Room | undefined;
  #notices: RoomNotices | undefined;
  #marks: NameMarks | undefined;

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
    const { wanted, interfaces, ttl, relay } = this.#options;
    const { interactive } = this.#console;
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
      onLine: (line) => this.#show(line),
      onProblem: (message) => this.#console.status(message),
      onEvent: (event) => this.#tell(event),
      ttl,
      relay,
      chooseAgain,
      // A script wants what is said, not what was.
      history: interactive,
    });
    this.#link = link;
    this.#room = room;
    if (interactive) {
      this.#marks = new NameMarks({
        members: () => link.members(),
        own: () => ({ name: link.chatName, source: link.local }),
        now: () => performance.now(),
      });
    }
    const about = room.topic === undefined ? "" : ` It is about: ${sanitise(room.topic)}.`;
    this.#console.status(
      `Room "${shown}": ${endpointOf(room)}, over ${
        sanitise(chosen.name)
      } (${chosen.address}; ${chosen.why}).${about}\n` +
        `You are "${chatName}". Ctrl-] or /leave leaves.`,
    );
    if (interactive) {
      this.#notices = new RoomNotices({
        tell: (sentence) => this.#console.status(sentence),
        schedule: (fn, ms) => {
          const timer = setTimeout(fn, ms);
          return () => clearTimeout(timer);
        },
      });
    }
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
    find(room.name).then((found) => {
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
    this.#marks?.changed();
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
  }

  #forget(): void {
    this.#link = undefined;
    this.#room = undefined;
    this.#notices?.[Symbol.dispose]();
    this.#notices = undefined;
    this.#marks = undefined;
  }

  #show(line: RoomLine): void {
    const text = this.#marks?.mark(line) ?? line.text;
    this.#console.line(text, line.place === "late" ? Infinity : line.place);
  }

  #tell(event: RoomEvent): void {
    switch (event.kind) {
      case "joined":
      case "left":
      case "renamed":
        this.#marks?.changed();
        return this.#notices?.add(event);
      case "history":
        return this.#console.status(formatHistory(event.lines, Date.now()));
      default:
        return this.#console.status(sentenceOf(event));
    }
  }
}
