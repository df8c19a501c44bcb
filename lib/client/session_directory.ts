/**
 * A directory on a server that speaks the session protocol: it answers.
 *
 * @module
 */

import type { RoomChange } from "../directory/room_methods.ts";
import { checkWish } from "../directory/rules.ts";
import { type Endpoint, formatEndpoint } from "../net/endpoint.ts";
import type { HelloTls } from "../people/people_methods.ts";
import { ACCOUNTS_FEATURE } from "../people/account_methods.ts";
import { MESSAGES_FEATURE } from "../people/message_methods.ts";
import { PEERS_FEATURE } from "../people/peer_methods.ts";
import { RpcPeer } from "../rpc/peer.ts";
import { RpcError } from "../rpc/rpc_error.ts";
import { RELAY_FEATURE } from "../room/relay_methods.ts";
import type { RelayServer } from "../room/relay_transport.ts";
import { SessionRelays } from "./relay_server.ts";
import { allPages } from "./pages.ts";
import type {
  ListedRoom,
  PeopleDirectory,
  RoomDirectory,
  RoomListing,
  RoomRequest,
  ServerRelays,
  ServerSession,
} from "./room_directory.ts";
import {
  peoplePage,
  renamed,
  roomAnswer,
  roomChange,
  roomPage,
  roomWatch,
  ShapeError,
} from "./server_shapes.ts";
import { SessionCalls, type SessionMethods } from "./session_calls.ts";
import {
  greet,
  HELLO_TIMEOUT,
  type Introduction,
  type SessionLine,
  type SessionOptions,
} from "./session_greeting.ts";

/**
 * What there is over TLS only. Who offers it in clear is no server of ours, or somebody on the way who
 * wants to hear passwords.
 */
const SECURE_FEATURES: ReadonlySet<string> = new Set([
  ACCOUNTS_FEATURE,
  MESSAGES_FEATURE,
  PEERS_FEATURE,
]);

/** A {@linkcode RoomDirectory} over the session protocol. */
export class SessionDirectory implements RoomDirectory {
  /** Where it is, as `host:port`. */
  readonly where: string;
  /** The address of this machine that leads there. */
  readonly localAddress: string;
  /** Who is there. */
  readonly people: PeopleDirectory;
  /** The server's address. */
  readonly serverAddress: string;
  readonly #peer: RpcPeer<SessionMethods>;
  readonly #calls: SessionCalls;
  readonly #options: SessionOptions;
  readonly #fingerprint: string | undefined;
  #tls: HelloTls | undefined;
  #features: ReadonlySet<string> = new Set();
  #name = "";
  #server: RelayServer | undefined;
  #relays: ServerRelays | undefined;
  #seenAs: string | undefined;
  #revision: number | undefined;

  private constructor(
    endpoint: Endpoint,
    { socket: { localAddr, remoteAddr }, fingerprint }: SessionLine,
    peer: RpcPeer<SessionMethods>,
    options: SessionOptions,
  ) {
    this.where = formatEndpoint(endpoint);
    this.localAddress = localAddr.hostname;
    this.serverAddress = remoteAddr.hostname;
    this.#peer = peer;
    this.#fingerprint = fingerprint;
    this.#options = options;
    this.#calls = new SessionCalls(this.where, peer);
    this.people = this.#makePeople();
  }

  /**
   * Begins a session.
   *
   * @param endpoint Where the server is.
   * @param line The connection to it.
   * @param options What the client says of itself.
   * @param signal Gives up.
   * @returns The directory.
   * @throws {NoSession} If the server speaks no session protocol, or does not answer.
   * @throws {UserError} If the server refuses, or answers what cannot be understood.
   */
  static async begin(
    endpoint: Endpoint,
    line: SessionLine,
    options: SessionOptions,
    signal?: AbortSignal,
  ): Promise<SessionDirectory> {
    let changed = (_params: unknown): void => {};
    const server = new SessionRelays(() => peer);
    const peer: RpcPeer<SessionMethods> = new RpcPeer({
      transport: line.socket,
      handlers: {
        // In clear anybody on the way may speak in the server's place.
        ...(line.fingerprint === undefined ? {} : options.handlers),
        "rooms.changed": (params) => changed(params),
        ...server.handlers,
      },
      onFault() {},
      keepAlive: true,
    });
    const directory = new SessionDirectory(endpoint, line, peer, options);
    directory.#server = server;
    try {
      changed = (params) => directory.#told(params, options.onChange);
      if (options.unnamed) await directory.#greet({}, signal);
      else await directory.introduce(signal);
      return directory;
    } catch (error) {
      peer.close("it could not begin");
      signal?.throwIfAborted();
      throw error;
    }
  }

  /**
   * Tells the server who the client is, and asks for the changes of the directory. Only for a session
   * that was begun without a name.
   *
   * @param signal Gives up.
   * @throws {NoSession} If the server does not answer.
   * @throws {UserError} If it refuses, or answers what cannot be understood.
   */
  async introduce(signal?: AbortSignal): Promise<void> {
    const { name, resume, onChange } = this.#options;
    await this.#greet({ resume, ...(name === undefined ? {} : { name }) }, signal);
    if (onChange !== undefined) await this.#watch(this.#options, signal);
  }

  /** How the server is reached in TLS, as it told; undefined if it is not. */
  get tls(): HelloTls | undefined {
    return this.#tls;
  }

  /** What else can be asked there; see {@linkcode RoomDirectory}. */
  get session(): ServerSession {
    const fingerprint = this.#fingerprint;
    const secure = fingerprint !== undefined;
    return { calls: this.#calls, features: this.#features, secure, fingerprint };
  }

  /** Its help for rooms; see {@linkcode RoomDirectory}. */
  get relays(): ServerRelays | undefined {
    return this.#relays;
  }

  /** Resolves with the reason when the connection has ended. */
  get closed(): Promise<string> {
    return this.#peer.closed;
  }

  /**
   * The address that the server sees this client at, if it told one: another one than
   * {@linkcode SessionDirectory.localAddress} if something in between translates addresses.
   */
  get seenAs(): string | undefined {
    return this.#seenAs;
  }

  /** The last revision of the directory that is known, if it is watched. */
  get revision(): number | undefined {
    return this.#revision;
  }

  /** Lists the rooms, page by page; see {@linkcode RoomDirectory}. */
  async list(signal?: AbortSignal): Promise<RoomListing> {
    const rooms = await this.#calls.understand(
      "rooms.list",
      () =>
        allPages<ListedRoom, string>(async (after) => {
          const params = after === undefined ? {} : { after };
          const page = roomPage(await this.#calls.request("rooms.list", params, { signal }), after);
          return { items: page.rooms, next: page.next };
        }),
    );
    return { rooms, unreadable: 0 };
  }

  /** Creates a room; see {@linkcode RoomDirectory}. */
  async create(request: RoomRequest, signal?: AbortSignal): Promise<ListedRoom> {
    checkWish(request);
    const { name, address, port, topic, sealed } = request;
    const params = {
      name,
      ...(address === undefined ? {} : { address }),
      ...(port === undefined ? {} : { port: Number(port) }),
      ...(topic === undefined ? {} : { topic }),
      ...(sealed === undefined ? {} : { sealed }),
    };
    const read = (value: unknown): ListedRoom => roomAnswer(value, name);
    return await this.#calls.ask("rooms.create", params, read, { signal });
  }

  /** Deletes a room; see {@linkcode RoomDirectory}. */
  async delete(name: string, signal?: AbortSignal): Promise<ListedRoom> {
    const read = (value: unknown): ListedRoom => roomAnswer(value, name);
    return await this.#calls.ask("rooms.delete", { name }, read, { signal });
  }

  /** Looks a room up; see {@linkcode RoomDirectory}. */
  async find(name: string, signal?: AbortSignal): Promise<ListedRoom | undefined> {
    try {
      const read = (value: unknown): ListedRoom => roomAnswer(value, name);
      return await this.#calls.ask("rooms.find", { name }, read, { signal });
    } catch (error) {
      if (error instanceof RpcError && error.data?.code === "NO_SUCH_ROOM") return undefined;
      throw error;
    }
  }

  /** Ends the session. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#peer[Symbol.asyncDispose]();
  }

  #makePeople(): PeopleDirectory {
    const held = (): string => this.#name;
    return {
      get name(): string {
        return held();
      },
      list: (signal) =>
        this.#calls.understand("people.list", () =>
          allPages(async (after?: number) => {
            const params = after === undefined ? {} : { after };
            const page = peoplePage(
              await this.#calls.request("people.list", params, { signal }),
              after,
            );
            return { items: page.people, next: page.next };
          })),
      rename: async (name, signal) => {
        this.#name = await this.#calls.ask("people.rename", { name }, renamed, { signal });
      },
      called: (name) => {
        this.#name = name;
      },
      move: async (room) => {
        await this.#peer.request("people.move", { room: room ?? null });
      },
    };
  }

  async #greet(who: Introduction, signal: AbortSignal | undefined): Promise<void> {
    const { helloTimeout: timeout = HELLO_TIMEOUT } = this.#options;
    const greeted = await greet(this.#calls, this.where, who, { timeout, signal });
    this.#seenAs = greeted.seenAs;
    this.#name = greeted.name;
    this.#tls = greeted.tls;
    this.#features = this.#fingerprint === undefined
      ? greeted.features.difference(SECURE_FEATURES)
      : greeted.features;
    const server = greeted.features.has(RELAY_FEATURE) ? this.#server : undefined;
    const here = this.serverAddress === this.localAddress;
    this.#relays = server === undefined ? undefined : { server, here };
  }

  async #watch(options: SessionOptions, signal?: AbortSignal): Promise<void> {
    const { since, onChange, helloTimeout = HELLO_TIMEOUT } = options;
    const params = since === undefined ? {} : { since };
    const waiting = { timeout: helloTimeout, signal };
    const { revision, changes } = await this.#calls.ask("rooms.watch", params, roomWatch, waiting);
    for (const change of changes ?? []) this.#changed(change, onChange);
    this.#revision = Math.max(revision, this.#revision ?? revision);
  }

  /** A notification that cannot be understood is none. */
  #told(params: unknown, onChange: SessionOptions["onChange"]): void {
    let change: RoomChange;
    try {
      change = roomChange(params);
    } catch (error) {
      if (error instanceof ShapeError) return;
      throw error;
    }
    this.#changed(change, onChange);
  }

  #changed(change: RoomChange, onChange: SessionOptions["onChange"]): void {
    this.#revision = change.revision;
    onChange?.(change);
  }
}
