/**
 * A directory on a server that speaks the session protocol: it answers.
 *
 * @module
 */

import type { RoomChange } from "../directory/room_methods.ts";
import { checkWish } from "../directory/rules.ts";
import { type Endpoint, formatEndpoint } from "../net/endpoint.ts";
import { SESSION_PROTOCOL } from "../people/people_methods.ts";
import type { RpcHandlers } from "../rpc/methods.ts";
import { RpcPeer } from "../rpc/peer.ts";
import { RpcClosed, RpcError, RpcTimeout } from "../rpc/rpc_error.ts";
import { RELAY_FEATURE } from "../room/relay_methods.ts";
import { VERSION } from "../version.ts";
import { NoSession } from "./no_session.ts";
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
  type Greeting,
  greeting,
  peoplePage,
  renamed,
  roomAnswer,
  roomChange,
  roomPage,
  roomWatch,
  seenAddress,
  ShapeError,
} from "./server_shapes.ts";
import { SessionCalls, type SessionMethods } from "./session_calls.ts";

/** How long a server may take to greet, in milliseconds: long enough for one under load. */
export const HELLO_TIMEOUT = 6_000;

/** What a client says of itself when it connects. */
export interface SessionOptions {
  /** The chat name to hold; without one the client is anonymous. */
  readonly name?: string | undefined;
  /** The secret with which the name is taken over from a lost connection. */
  readonly resume: string;
  /** Called for each change of the directory. */
  readonly onChange?: ((change: RoomChange) => void) | undefined;
  /** The last revision of the directory that is known from a connection before. */
  readonly since?: number | undefined;
  /**
   * How long the server may take to greet, in milliseconds.
   *
   * @default {HELLO_TIMEOUT}
   */
  readonly helloTimeout?: number;
  /** What serves what the server asks and tells, beside rooms and relays. */
  readonly handlers?: RpcHandlers | undefined;
}

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
  #features: ReadonlySet<string> = new Set();
  #name = "";
  #relays: ServerRelays | undefined;
  #seenAs: string | undefined;
  #revision: number | undefined;

  private constructor(
    endpoint: Endpoint,
    { localAddr, remoteAddr }: Deno.TcpConn,
    peer: RpcPeer<SessionMethods>,
  ) {
    this.where = formatEndpoint(endpoint);
    this.localAddress = localAddr.hostname;
    this.serverAddress = remoteAddr.hostname;
    this.#peer = peer;
    this.#calls = new SessionCalls(this.where, peer);
    this.people = this.#makePeople();
  }

  /**
   * Begins a session.
   *
   * @param endpoint Where the server is.
   * @param socket The connection to it; the session closes it.
   * @param options What the client says of itself.
   * @param signal Gives up.
   * @returns The directory.
   * @throws {NoSession} If the server speaks no session protocol, or does not answer.
   * @throws {UserError} If the server refuses, or answers what cannot be understood.
   */
  static async begin(
    endpoint: Endpoint,
    socket: Deno.TcpConn,
    options: SessionOptions,
    signal?: AbortSignal,
  ): Promise<SessionDirectory> {
    let changed = (_params: unknown): void => {};
    const server = new SessionRelays(() => peer);
    const peer: RpcPeer<SessionMethods> = new RpcPeer({
      transport: socket,
      handlers: {
        ...options.handlers,
        "rooms.changed": (params) => changed(params),
        ...server.handlers,
      },
      onFault() {},
      keepAlive: true,
    });
    const directory = new SessionDirectory(endpoint, socket, peer);
    try {
      const { features } = await directory.#greet(options, signal);
      directory.#features = features;
      if (features.has(RELAY_FEATURE)) {
        directory.#relays = { server, here: directory.serverAddress === directory.localAddress };
      }
      changed = (params) => directory.#told(params, options.onChange);
      if (options.onChange !== undefined) await directory.#watch(options, signal);
      return directory;
    } catch (error) {
      peer.close("it could not begin");
      signal?.throwIfAborted();
      throw error;
    }
  }

  /** What else can be asked there; see {@linkcode RoomDirectory}. */
  get session(): ServerSession {
    return { calls: this.#calls, features: this.#features };
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
      move: async (room) => {
        await this.#peer.request("people.move", { room: room ?? null });
      },
    };
  }

  /** Greets. The server knows best which similar name is free if this one is taken. */
  async #greet(
    { name, resume, helloTimeout = HELLO_TIMEOUT }: SessionOptions,
    signal: AbortSignal | undefined,
  ): Promise<Greeting> {
    const params = {
      client: `crds-client ${VERSION}`,
      protocol: SESSION_PROTOCOL,
      resume,
      orSimilar: true,
      keepAlive: true,
      ...(name === undefined ? {} : { name }),
    };
    const read = (value: unknown): Greeting => {
      this.#seenAs = seenAddress(value);
      return greeting(value, name !== undefined);
    };
    const waiting = { timeout: helloTimeout, signal };
    const greeted = await this.#calls.ask("hello", params, read, waiting).catch((error) => {
      const why = error instanceof RpcError ? error : error.cause;
      if (why instanceof RpcClosed) throw new NoSession(this.where, "closed");
      if (why instanceof RpcTimeout) throw new NoSession(this.where, "silent");
      // Its answer has no code of ours: whatever it speaks, it is not this protocol.
      if (why instanceof RpcError && why.data === undefined) {
        throw new NoSession(this.where, "other");
      }
      throw error;
    });
    this.#name = greeted.name;
    return greeted;
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
