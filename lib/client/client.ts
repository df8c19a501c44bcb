/**
 * The client behind the prompt: at most one connection, at most one room, one name.
 *
 * @module
 */

import { endpointOf } from "../directory/room.ts";
import type { RoomChange } from "../directory/room_methods.ts";
import { UserError } from "../errors.ts";
import { chatNameFrom, checkChatName } from "../framing/chat_name.ts";
import { type Endpoint, formatEndpoint } from "../net/endpoint.ts";
import type { InterfaceAddress } from "../net/interfaces.ts";
import { sanitise } from "../text.ts";
import type { Answers } from "./answers.ts";
import { Chatting } from "./chatting.ts";
import { connectDirectory } from "./connector.ts";
import { lookUpRoom } from "./lab_directory.ts";
import type { ListedRoom, RoomDirectory, RoomRequest } from "./room_directory.ts";
import { RoomNews } from "./room_news.ts";
import type { ServerFinder } from "./server_finder.ts";
import { LAB_ONLY, ServerLink } from "./server_link.ts";
import { SessionDirectory } from "./session_directory.ts";
import type { Console } from "./terminal/console.ts";

/** What a {@linkcode Client} works with. */
export interface ClientOptions {
  /** Where it prints to. */
  readonly console: Pick<Console, "interactive" | "print" | "status" | "setPrompt">;
  /** How answers are printed. */
  readonly answers: Answers;
  /** Finds the server that `connect` means when none is named. */
  readonly finder: ServerFinder;
  /** The interface that was asked for, and where, see `chooseInterface`. */
  readonly wanted?: { readonly iface: string; readonly from: string } | undefined;
  /** How many networks chat lines may pass. */
  readonly ttl: number;
  /** The name to chat under, from a flag or the login. */
  readonly name: string;
  /**
   * Whether the server is not told the name: who asks one question should not take it from the chat
   * that the same person has open.
   *
   * @default {false}
   */
  readonly nameless?: boolean;
  /** Lists the interfaces of this machine. */
  readonly interfaces: () => InterfaceAddress[];
}

/** Carries out what the commands ask for. Every method's errors are sentences for people. */
export class Client implements AsyncDisposable {
  readonly #options: ClientOptions;
  readonly #console: ClientOptions["console"];
  readonly #link: ServerLink;
  /** Nobody else knows it, so nobody else can take the name of a lost connection. */
  readonly #resume = crypto.randomUUID();
  #revision: { where: string; revision: number } | undefined;
  readonly #chat: Chatting;
  readonly #news: RoomNews;
  #name: string;

  /**
   * Makes a client without connection or room.
   *
   * @param options What it works with.
   */
  constructor(options: ClientOptions) {
    this.#options = options;
    this.#console = options.console;
    this.#name = chatNameFrom(options.name);
    this.#link = new ServerLink({
      connect: (endpoint, signal) => this.#connect(endpoint, signal),
      tell: (sentence) => this.#console.status(sentence),
      tellLost: (sentence) =>
        this.#console.status(this.chatting ? `${sentence} The room goes on.` : sentence),
      onChange: () => this.#linkChanged(),
    });
    this.#chat = new Chatting({
      console: this.#console,
      wanted: options.wanted,
      ttl: options.ttl,
      interfaces: options.interfaces,
      onMove: () => this.#moved(),
    });
    this.#news = new RoomNews({
      tell: (sentence) => this.#console.status(sentence),
      room: () => this.#chat.room,
      name: () => this.#name,
    });
    this.#showPrompt();
  }

  /** Whether it is in a room: then typed lines are messages. */
  get chatting(): boolean {
    return this.#chat.room !== undefined;
  }

  /**
   * Opens a connection to the CRDS; one that is open is closed when the new one stands.
   *
   * @param endpoint Where, or undefined for the server that the finder finds.
   * @param signal Gives up.
   */
  async connect(endpoint: Endpoint | undefined, signal: AbortSignal): Promise<void> {
    const where = endpoint ?? await this.#options.finder.find(signal);
    const directory = await this.#link.open(where, signal);
    this.#console.status(`Connected to the CRDS at ${directory.where}.`);
    if (directory.people === undefined) this.#console.status(LAB_ONLY);
  }

  /** Closes the connection, or ends the trying to get it back. */
  async bye(): Promise<void> {
    const where = await this.#link.close();
    if (where === undefined) {
      throw new UserError('Cannot say bye: there is no connection. "connect" opens one.');
    }
    this.#console.status(`Closed the connection to the CRDS at ${where}.`);
  }

  /**
   * Prints the directory.
   *
   * @param signal Gives up.
   */
  async getdir(signal: AbortSignal): Promise<void> {
    const directory = await this.#link.use("list the rooms", signal);
    const { rooms, unreadable } = await directory.list(signal);
    this.#options.answers.rooms(rooms);
    if (unreadable > 0) {
      this.#console.status(`${unreadable} lines of the server's listing could not be read.`);
    }
  }

  /**
   * Makes a room.
   *
   * @param request What was typed.
   * @param signal Gives up.
   */
  async makeroom(request: RoomRequest, signal: AbortSignal): Promise<void> {
    const directory = await this.#link.use(`create room "${sanitise(request.name)}"`, signal);
    const room = await directory.create(request, signal);
    this.#options.answers.done(
      `Created room "${sanitise(room.name)}" (${endpointOf(room)}).`,
      room,
    );
  }

  /**
   * Deletes a room.
   *
   * @param name Its name.
   * @param signal Gives up.
   */
  async deleteroom(name: string, signal: AbortSignal): Promise<void> {
    const directory = await this.#link.use(`delete room "${sanitise(name)}"`, signal);
    const room = await this.#news.whileDeleting(name, () => directory.delete(name, signal));
    this.#options.answers.done(
      `Deleted room "${sanitise(room.name)}" (${endpointOf(room)}).`,
      room,
    );
  }

  /**
   * Prints who is connected to the server.
   *
   * @param signal Gives up.
   */
  async who(signal: AbortSignal): Promise<void> {
    const { people, where } = await this.#link.use("list the people", signal);
    if (people === undefined) {
      throw new UserError(
        `Cannot list the people: the CRDS at ${where} speaks the lab protocol only, which knows nobody.`,
      );
    }
    this.#options.answers.people(await people.list(signal));
  }

  /**
   * Prints the servers on the network.
   *
   * @param signal Gives up.
   */
  async servers(signal: AbortSignal): Promise<void> {
    this.#options.answers.servers(await this.#options.finder.list(signal));
  }

  /**
   * Changes the name that stands before what is said, and that the server holds.
   *
   * @param name The new name.
   * @param signal Gives up.
   */
  async rename(name: string, signal: AbortSignal): Promise<void> {
    const legal = checkChatName(name);
    await this.#link.directory?.people?.rename(legal, signal);
    this.#takeName(legal);
    this.#console.status(`You are "${this.#name}" now.`);
  }

  /**
   * Enters a room.
   *
   * @param name Its name.
   * @param signal Gives up.
   */
  async enter(name: string, signal: AbortSignal): Promise<void> {
    const { room, localAddress } = await this.#lookUp(name, signal);
    if (room === undefined) {
      throw new UserError(
        `Cannot enter room "${
          sanitise(name)
        }": there is no room of that name. "getdir" lists them.`,
      );
    }
    await this.#chat.enter(room, { localAddress, chatName: this.#name });
  }

  /**
   * Says something in the room.
   *
   * @param text What was typed.
   */
  async say(text: string): Promise<void> {
    await this.#chat.say(text);
  }

  /** Leaves the room, after everything said was sent. */
  async leave(): Promise<void> {
    await this.#chat.leave();
  }

  /** Leaves the room and closes the connection, without a word. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chat[Symbol.asyncDispose]();
    await this.#link[Symbol.asyncDispose]();
  }

  /** Sets the prompt that fits where the client is. */
  #showPrompt(): void {
    const where = this.#link.directory?.where;
    const { room } = this.#chat;
    if (room !== undefined) {
      this.#console.setPrompt(`[${sanitise(room)}] ${this.#name}> `);
    } else this.#console.setPrompt(where === undefined ? "crds> " : `crds@${where}> `);
  }

  async #connect(endpoint: Endpoint, signal?: AbortSignal): Promise<RoomDirectory> {
    const known = this.#revision;
    return await connectDirectory(endpoint, {
      ...(this.#options.nameless ? {} : { name: this.#name }),
      resume: this.#resume,
      // Scripts ask for what they want to know.
      ...(this.#console.interactive ? { onChange: (change) => this.#roomChanged(change) } : {}),
      ...(known?.where === formatEndpoint(endpoint) ? { since: known.revision } : {}),
    }, signal);
  }

  /** A connection stands, was got back or is gone. */
  #linkChanged(): void {
    const { directory } = this.#link;
    this.#noteRevision();
    const held = directory?.people?.name;
    if (held !== undefined && held !== this.#name && !this.#options.nameless) {
      this.#console.status(`The name "${this.#name}" is taken there: you are "${held}" now.`);
      this.#takeName(held);
    }
    if (this.chatting) this.#tellRoom();
    this.#showPrompt();
  }

  #takeName(name: string): void {
    this.#name = name;
    this.#chat.rename(name);
    this.#showPrompt();
  }

  /** A room was entered or left. */
  #moved(): void {
    this.#tellRoom();
    this.#showPrompt();
  }

  /** Tells the server where this client is; that is a courtesy, so failures are no matter. */
  #tellRoom(): void {
    this.#link.directory?.people?.move(this.#chat.room).catch(() => {});
  }

  /** From there, the changes are asked for that are missed while the connection is lost. */
  #noteRevision(): void {
    const { directory } = this.#link;
    if (directory instanceof SessionDirectory && directory.revision !== undefined) {
      this.#revision = { where: directory.where, revision: directory.revision };
    }
  }

  /** Somebody made or deleted a room. */
  #roomChanged(change: RoomChange): void {
    this.#noteRevision();
    this.#news.tell(change);
  }

  async #lookUp(
    name: string,
    signal: AbortSignal,
  ): Promise<{ room: ListedRoom | undefined; localAddress: string }> {
    if (!this.#link.wanted) {
      return await lookUpRoom(await this.#options.finder.find(signal), name, signal);
    }
    // A lab server ends the connection that asks for a room: the open one asks for the listing.
    const directory = await this.#link.use(`enter room "${sanitise(name)}"`, signal);
    return { room: await directory.find(name, signal), localAddress: directory.localAddress };
  }
}
