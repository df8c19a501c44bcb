/**
 * The client behind the prompt: at most one connection, at most one room, one name.
 *
 * @module
 */

import { endpointOf } from "../directory/room.ts";
import type { RoomChange } from "../directory/room_methods.ts";
import { UserError } from "../errors.ts";
import { type Endpoint, formatEndpoint } from "../net/endpoint.ts";
import { sanitise } from "../text.ts";
import { AtServer } from "./at_server.ts";
import { Chatting } from "./chatting.ts";
import type { ClientOptions } from "./client_options.ts";
import { Dialer } from "./dialer.ts";
import { Doctor } from "./doctor/doctor.ts";
import { Ignored } from "./ignored.ts";
import { KeptPreferences } from "./kept_preferences.ts";
import { KnownRooms } from "./known_rooms.ts";
import { ClientPeople } from "./people/client_people.ts";
import type { OwnAccount } from "./people/own_account.ts";
import type { Peers } from "./people/peers.ts";
import type { PrivateMail } from "./people/private_mail.ts";
import { NO_SERVER } from "./prompt_context.ts";
import type { RoomRequest } from "./room_directory.ts";
import { askSealKey } from "./sealed_rooms.ts";
import { type Ask, askNobody } from "./secrets.ts";
import { RoomNews } from "./room_news.ts";
import type { RoomTools } from "./room_tools.ts";
import { LAB_ONLY } from "./server_link.ts";

export type { ClientOptions } from "./client_options.ts";

/** Carries out what the commands ask for. Every method's errors are sentences for people. */
export class Client implements AsyncDisposable {
  /** Finds out why nobody is seen. */
  readonly doctor: Doctor;
  /** What can be set. */
  readonly preferences: KeptPreferences;
  /** Who is on, one's account, and messages. */
  readonly people: ClientPeople;
  /** The rooms it has seen. */
  readonly rooms: KnownRooms = new KnownRooms(() => this.#server.directory);
  readonly #options: ClientOptions;
  readonly #console: ClientOptions["console"];
  readonly #dialer: Dialer;
  readonly #server: AtServer;
  readonly #chat: Chatting;
  readonly #news: RoomNews;

  /**
   * Makes a client without connection or room.
   *
   * @param options What it works with.
   */
  constructor(options: ClientOptions) {
    this.#options = options;
    this.preferences = options.preferences ?? new KeptPreferences();
    this.#console = options.console;
    this.#dialer = new Dialer({
      known: options.known,
      tell: (sentence) => this.#console.status(sentence),
    });
    this.#server = new AtServer({
      ...options,
      dialer: this.#dialer,
      tell: (sentence) => this.#console.status(sentence),
      tellLost: (sentence) =>
        this.#console.status(this.chatting ? `${sentence} The room goes on.` : sentence),
      onName: (name) => {
        this.#chat.rename(name);
        this.people.peers.renamed();
        this.#showPrompt();
      },
      handlers: () => this.people.handlers,
      account: () => this.account,
      onChange: () => {
        this.#chat.connected();
        this.people.connected();
        this.#showPrompt();
      },
      onRoom: (change) => this.#roomChanged(change),
    });
    const ignored = new Ignored();
    this.#chat = new Chatting({
      ...options,
      ignored,
      relays: () => this.#server.directory?.relays,
      find: async (name) => await this.#server.directory?.find(name),
      onMove: () => {
        this.#server.whereabouts.moved(this.#chat.room);
        this.#showPrompt();
        if (!this.chatting) this.mail.left();
        this.people.peers.talk.lines.moved();
      },
    });
    this.people = new ClientPeople({
      ...options,
      ignored,
      server: this.#server,
      preferences: this.preferences,
      isChatting: () => this.chatting,
      members: () => this.present,
      onChange: () => this.#showPrompt(),
    });
    this.doctor = new Doctor({
      ...options,
      bearings: () => ({
        where: this.#server.directory?.where,
        room: this.#chat.room?.name,
        members: this.#chat.members,
      }),
    });
    this.#news = new RoomNews({
      tell: (sentence) => this.#console.status(sentence),
      room: () => this.#chat.room,
      name: () => this.#server.held.name,
    });
    this.#showPrompt();
  }

  /** The account one is logged in to. */
  get account(): OwnAccount {
    return this.people.account;
  }

  /** Other clients, directly. */
  get peers(): Peers {
    return this.people.peers;
  }

  /** Messages from person to person, and whom one blocks. */
  get mail(): PrivateMail {
    return this.people.mail;
  }

  /** Whether it is in a room: then typed lines are messages. */
  get chatting(): boolean {
    return this.#chat.room !== undefined;
  }

  /** What only this client does in a room. */
  get tools(): RoomTools {
    return this.#chat.view.tools;
  }

  /** The names of the others in the room, safe for a terminal; none in no room. */
  get present(): readonly string[] {
    return this.#chat.members?.map(({ name }) => name) ?? [];
  }

  /**
   * Opens a connection to the CRDS; one that is open is closed when the new one stands.
   *
   * @param endpoint Where, or undefined for the server that the finder finds.
   * @param signal Gives up.
   */
  async connect(endpoint: Endpoint | undefined, signal: AbortSignal): Promise<void> {
    const where = endpoint ?? await this.#options.finder.find(signal);
    const directory = await this.#server.link.open(where, signal);
    this.#console.status(`Connected to the CRDS at ${directory.where}.`);
    if (directory.people === undefined) this.#console.status(LAB_ONLY);
  }

  /**
   * Forgets a server that is trusted: the next time, it is taken for a new one.
   *
   * @param endpoint Which.
   */
  async forget(endpoint: Endpoint): Promise<void> {
    const where = formatEndpoint(endpoint);
    if (!await this.#dialer.forget(endpoint)) {
      throw new UserError(`Cannot forget the CRDS at ${sanitise(where)}: it is not known.`);
    }
    this.#console.status(
      `Forgot the CRDS at ${sanitise(where)}: "connect" takes it for a new one.`,
    );
  }

  /** Closes the connection, or ends the trying to get it back. */
  async bye(): Promise<void> {
    this.account.forget();
    const where = await this.#server.link.close();
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
    const directory = await this.#server.link.use("list the rooms", signal);
    const { rooms, unreadable } = await directory.list(signal);
    this.rooms.listed(rooms);
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
    const directory = await this.#server.link.use(
      `create room "${sanitise(request.name)}"`,
      signal,
    );
    const room = await directory.create(request, signal);
    this.rooms.changed({ kind: "created", room });
    this.#options.answers.done(
      `Created room "${sanitise(room.name)}" (${sanitise(endpointOf(room))}).`,
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
    const directory = await this.#server.link.use(`delete room "${sanitise(name)}"`, signal);
    const room = await this.#news.whileDeleting(name, () => directory.delete(name, signal));
    this.rooms.changed({ kind: "deleted", room });
    this.#options.answers.done(
      `Deleted room "${sanitise(room.name)}" (${sanitise(endpointOf(room))}).`,
      room,
    );
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
    await this.#server.held.rename(name, signal);
    this.#console.status(`You are "${this.#server.held.name}" now.`);
  }

  /**
   * Enters a room.
   *
   * @param name Its name.
   * @param signal Gives up.
   * @param ask Asks for the passphrase of a sealed one; without it, there is nobody to ask.
   */
  async enter(name: string, signal: AbortSignal, ask: Ask = askNobody): Promise<void> {
    // Without a session nobody could relay.
    if (this.#options.connectFirst === true && !this.#server.link.wanted) {
      await this.connect(undefined, signal);
    }
    const { room, localAddress } = await this.#server.lookUp(name, this.#options.finder, signal);
    if (room === undefined) {
      const why = 'there is no room of that name. "getdir" lists them, "makeroom" makes one.';
      throw new UserError(`Cannot enter room "${sanitise(name)}": ${why}`);
    }
    const sealKey = await askSealKey(ask, room);
    signal.throwIfAborted();
    await this.#chat.enter(room, { localAddress, sealKey, chatName: this.#server.held.name });
  }

  /**
   * Says something in the room.
   *
   * @param text What was typed.
   * @param isShown Whether it is on the screen, as it was typed; if not, it is shown when it is sent.
   */
  async say(text: string, isShown = true): Promise<void> {
    await this.#chat.say(text, isShown);
    this.#server.whereabouts.active();
  }

  /** Prints who is in the room. */
  whoIsHere(): void {
    this.#chat.who();
  }

  /** Prints who has the lines said in the room. */
  receipts(): void {
    this.#chat.receipts();
  }

  /** Leaves the room, after everything said was sent. */
  async leave(): Promise<void> {
    await this.#chat.leave();
  }

  /** Leaves the room and closes the connection, without a word. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chat[Symbol.asyncDispose]();
    await this.people[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }

  /** Sets the prompt that fits where the client is. */
  #showPrompt(): void {
    const where = this.#server.directory?.where;
    const { room } = this.#chat;
    if (room !== undefined) {
      this.#console.setPrompt(`[${sanitise(room.name)}] ${sanitise(this.#server.held.name)}> `);
    } else {
      const who = sanitise(this.people?.account.name ?? "crds");
      this.#console.setPrompt(where === undefined ? NO_SERVER : `${who}@${sanitise(where)}> `);
    }
  }

  /** Somebody made or deleted a room. */
  #roomChanged(change: RoomChange): void {
    this.rooms.changed(change);
    // Scripts ask for what they want to know.
    if (this.#console.interactive) this.#news.tell(change);
  }
}
