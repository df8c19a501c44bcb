/**
 * Being at a server: the connection, and what the client tells and asks there by itself.
 *
 * @module
 */

import type { RoomChange } from "../directory/room_methods.ts";
import { UserError } from "../errors.ts";
import { type Endpoint, formatEndpoint } from "../net/endpoint.ts";
import { sanitise } from "../text.ts";
import type { ClientOptions } from "./client_options.ts";
import type { Dialer } from "./dialer.ts";
import type { RpcHandlers } from "../rpc/methods.ts";
import type { OwnAccount } from "./people/own_account.ts";
import { HeldName } from "./held_name.ts";
import type { ListedRoom, RoomDirectory } from "./room_directory.ts";
import type { ServerFinder } from "./server_finder.ts";
import { ServerLink } from "./server_link.ts";
import { Whereabouts } from "./whereabouts.ts";

/** Milliseconds for a server that may have no sessions: ours answers at once. */
const LOOK_UP_TIMEOUT = 2_000;

/** What an {@linkcode AtServer} works with. */
export interface AtServerOptions extends Pick<ClientOptions, "name" | "nameless" | "watch"> {
  /** Gets to servers. */
  readonly dialer: Dialer;
  /** Tells the user something. */
  readonly tell: (sentence: string) => void;
  /** Tells the user that the connection is lost. */
  readonly tellLost: (sentence: string) => void;
  /** Called with another name. */
  readonly onName: (name: string) => void;
  /** Called when a connection stands, also one that was got back, and when it is gone. */
  readonly onChange: () => void;
  /** What serves what the server asks and tells. */
  readonly handlers: () => RpcHandlers;
  /** The account to be logged in to again. */
  readonly account: () => Pick<OwnAccount, "isAt" | "back" | "whyNot">;
  /** Called when somebody made or deleted a room. */
  readonly onRoom: (change: RoomChange) => void;
}

/**
 * At most one server. It is greeted with the name, told where one is, and asked for the changes that
 * were missed while the connection was lost.
 */
export class AtServer implements AsyncDisposable {
  /** The connection. */
  readonly link: ServerLink;
  /** The name, at the server and in rooms. */
  readonly held: HeldName;
  /** What the server is told of where one is. */
  readonly whereabouts: Whereabouts;
  readonly #options: AtServerOptions;
  /** Nobody else knows it, so nobody else can take the name of a lost connection. */
  readonly #resume = crypto.randomUUID();
  #revision: { where: string; revision: number } | undefined;

  /**
   * Makes it, without a connection.
   *
   * @param options What it works with.
   */
  constructor(options: AtServerOptions) {
    this.#options = options;
    this.held = new HeldName({
      name: options.name,
      tell: options.tell,
      directory: () => this.directory,
      whyNot: (...asked) => options.account().whyNot(...asked),
      onChange: options.onName,
    });
    this.link = new ServerLink({
      connect: (endpoint, again, signal) => this.#connect(endpoint, again, signal),
      tell: options.tell,
      tellLost: options.tellLost,
      onChange: () => this.#changed(),
    });
    this.whereabouts = new Whereabouts({
      people: () => this.directory?.people,
      now: () => performance.now(),
    });
  }

  /** The directory, if there is a connection now. */
  get directory(): RoomDirectory | undefined {
    return this.link.directory;
  }

  /**
   * Looks a room up, with a connection of its own if there is none. A server that is trusted is then
   * asked in TLS, others in clear, in the lab protocol first; they are told nothing of the client.
   *
   * @param name The room's name.
   * @param finder Finds the server, if there is no connection.
   * @param signal Gives up.
   * @returns The room, unchecked, or undefined if there is none of that name; and the local address
   *   that leads to the server.
   * @throws {UserError} If the server cannot be asked, or not be trusted.
   */
  async lookUp(
    name: string,
    finder: Pick<ServerFinder, "find">,
    signal: AbortSignal,
  ): Promise<{ room: ListedRoom | undefined; localAddress: string }> {
    if (this.link.wanted) {
      // A lab server ends the connection that asks for a room: the open one asks for the listing.
      const directory = await this.link.use(`enter room "${sanitise(name)}"`, signal);
      return { room: await directory.find(name, signal), localAddress: directory.localAddress };
    }
    const endpoint = await finder.find(signal);
    const { dialer } = this.#options;
    const nobody = { resume: crypto.randomUUID(), sessionsOnly: true };
    if (await dialer.knows(endpoint)) {
      await using directory = await dialer.connect(endpoint, nobody, signal);
      return { room: await directory.find(name, signal), localAddress: directory.localAddress };
    }
    const { lookUpRoom } = await import("./lab_directory.ts");
    const found = await lookUpRoom(endpoint, name, signal);
    if (found.room !== undefined) return found;
    // The lab protocol knows no sealed rooms.
    const { connectDirectory } = await import("./connector.ts");
    const quickly = { ...nobody, unnamed: true, helloTimeout: LOOK_UP_TIMEOUT };
    try {
      await using directory = await connectDirectory(endpoint, quickly, signal);
      return { ...found, room: await directory.find(name, signal) };
    } catch (error) {
      if (error instanceof UserError) return found;
      throw error;
    }
  }

  /** Closes the connection, without a word. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.link[Symbol.asyncDispose]();
  }

  async #connect(
    endpoint: Endpoint,
    again: boolean,
    signal?: AbortSignal,
  ): Promise<RoomDirectory> {
    const { nameless = false, watch = true } = this.#options;
    const known = this.#revision;
    const { name } = this.held;
    const account = this.#options.account();
    // The name of an account is nobody's who has not logged in: so that comes first.
    const isBack = account.isAt(formatEndpoint(endpoint));
    const directory = await this.#options.dialer.connect(endpoint, {
      ...(nameless || isBack ? {} : { name }),
      resume: this.#resume,
      ...(watch ? { onChange: (change) => this.#roomChanged(change) } : {}),
      ...(known?.where === formatEndpoint(endpoint) ? { since: known.revision } : {}),
      handlers: this.#options.handlers(),
      sessionsOnly: again,
    }, signal);
    if (isBack) await this.#logIn(directory, signal);
    if (!nameless) this.held.greeted(directory, isBack ? this.held.name : name);
    return directory;
  }

  async #logIn(directory: RoomDirectory, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#options.account().back(directory, signal);
    } catch (error) {
      await directory[Symbol.asyncDispose]();
      throw error;
    }
  }

  #changed(): void {
    const { directory } = this;
    this.#noteRevision();
    if (directory !== undefined) this.held.connected(directory);
    this.whereabouts.connected();
    this.#options.onChange();
  }

  #roomChanged(change: RoomChange): void {
    this.#noteRevision();
    this.whereabouts.changed(change);
    this.#options.onRoom(change);
  }

  /** From there, the changes are asked for that are missed while the connection is lost. */
  #noteRevision(): void {
    const { directory } = this;
    if (directory?.revision !== undefined) {
      this.#revision = { where: directory.where, revision: directory.revision };
    }
  }
}
