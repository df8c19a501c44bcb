/**
 * A directory on a server that speaks the session protocol: it answers.
 *
 * @module
 */

import type { RoomChange, RoomMethodMap } from "../directory/room_methods.ts";
import { checkWish } from "../directory/rules.ts";
import { UserError } from "../errors.ts";
import { type Endpoint, formatEndpoint } from "../net/endpoint.ts";
import {
  type HelloResult,
  type PeopleMethodMap,
  type PersonRecord,
  SESSION_PROTOCOL,
} from "../people/people_methods.ts";
import { RpcPeer } from "../rpc/peer.ts";
import { RpcClosed, RpcError, RpcTimeout } from "../rpc/rpc_error.ts";
import { sanitise } from "../text.ts";
import { VERSION } from "../version.ts";
import type {
  ListedRoom,
  PeopleDirectory,
  RoomDirectory,
  RoomListing,
  RoomRequest,
} from "./room_directory.ts";

/**
 * How long a server may take to greet, in milliseconds: one that speaks only the lab protocol may
 * just be silent.
 */
export const HELLO_TIMEOUT = 3_000;

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
}

type SessionMethods = RoomMethodMap & PeopleMethodMap;

type ServerPeer = RpcPeer<SessionMethods>;

/** A {@linkcode RoomDirectory} over the session protocol. */
export class SessionDirectory implements RoomDirectory {
  /** Where it is, as `host:port`. */
  readonly where: string;
  /** The address of this machine that leads there. */
  readonly localAddress: string;
  /** Who is there. */
  readonly people: PeopleDirectory;
  readonly #peer: ServerPeer;
  #name: string;
  #revision: number | undefined;

  private constructor(endpoint: Endpoint, localAddress: string, peer: ServerPeer, name: string) {
    this.where = formatEndpoint(endpoint);
    this.localAddress = localAddress;
    this.#peer = peer;
    this.#name = name;
    this.people = this.#makePeople();
  }

  /**
   * Begins a session.
   *
   * @param endpoint Where the server is.
   * @param socket The connection to it; the session closes it.
   * @param options What the client says of itself.
   * @param signal Gives up.
   * @returns The directory, or undefined if the server speaks no session protocol; then the
   *   connection is closed.
   * @throws {UserError} If the server refuses.
   */
  static async begin(
    endpoint: Endpoint,
    socket: Deno.TcpConn,
    options: SessionOptions,
    signal?: AbortSignal,
  ): Promise<SessionDirectory | undefined> {
    const localAddress = socket.localAddr.hostname;
    let changed = (_change: RoomChange): void => {};
    const peer: ServerPeer = new RpcPeer({
      transport: socket,
      handlers: { "rooms.changed": (params) => changed(params as unknown as RoomChange) },
      onFault() {},
      keepAlive: true,
    });
    try {
      const { you } = await hello(peer, options, signal);
      const directory = new SessionDirectory(endpoint, localAddress, peer, you.name);
      changed = (change) => directory.#changed(change, options.onChange);
      if (options.onChange !== undefined) await directory.#watch(options, signal);
      return directory;
    } catch (error) {
      peer.close("it could not begin");
      signal?.throwIfAborted();
      if (error instanceof RpcClosed || error instanceof RpcTimeout) return undefined;
      // Its answer has no code of ours: whatever it speaks, it is not this protocol.
      if (error instanceof RpcError && error.data === undefined) return undefined;
      throw error;
    }
  }

  /** Resolves with the reason when the connection has ended. */
  get closed(): Promise<string> {
    return this.#peer.closed;
  }

  /** The last revision of the directory that is known, if it is watched. */
  get revision(): number | undefined {
    return this.#revision;
  }

  /** Lists the rooms, page by page; see {@linkcode RoomDirectory}. */
  async list(signal?: AbortSignal): Promise<RoomListing> {
    const rooms: ListedRoom[] = [];
    let after: string | undefined;
    do {
      const params = after === undefined ? {} : { after };
      const page = await this.#ask("rooms.list", params, signal);
      rooms.push(...page.rooms);
      after = page.next;
    } while (after !== undefined);
    return { rooms, unreadable: 0 };
  }

  /** Creates a room; see {@linkcode RoomDirectory}. */
  async create(request: RoomRequest, signal?: AbortSignal): Promise<ListedRoom> {
    checkWish(request);
    const { name, address, port, topic } = request;
    const params = {
      name,
      ...(address === undefined ? {} : { address }),
      ...(port === undefined ? {} : { port: Number(port) }),
      ...(topic === undefined ? {} : { topic }),
    };
    return (await this.#ask("rooms.create", params, signal)).room;
  }

  /** Deletes a room; see {@linkcode RoomDirectory}. */
  async delete(name: string, signal?: AbortSignal): Promise<ListedRoom> {
    return (await this.#ask("rooms.delete", { name }, signal)).room;
  }

  /** Looks a room up; see {@linkcode RoomDirectory}. */
  async find(name: string, signal?: AbortSignal): Promise<ListedRoom | undefined> {
    try {
      return (await this.#ask("rooms.find", { name }, signal)).room;
    } catch (error) {
      if (error instanceof RpcError && error.data?.code === "NO_SUCH_ROOM") return undefined;
      throw error;
    }
  }

  /** Ends the session. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#peer[Symbol.asyncDispose]();
  }

  async #ask<Method extends keyof SessionMethods>(
    method: Method,
    params: SessionMethods[Method]["params"],
    signal: AbortSignal | undefined,
  ): Promise<SessionMethods[Method]["result"]> {
    try {
      return await this.#peer.request(method, params, wait(signal));
    } catch (error) {
      if (!(error instanceof RpcClosed)) throw error;
      throw new UserError(
        `Cannot hear the answer of the CRDS at ${this.where}: ${sanitise(error.reason)}. ` +
          "Look what became of it when the connection is back.",
      );
    }
  }

  #makePeople(): PeopleDirectory {
    const held = (): string => this.#name;
    return {
      get name(): string {
        return held();
      },
      list: (signal) => this.#listPeople(signal),
      rename: async (name, signal) => {
        this.#name = (await this.#ask("people.rename", { name }, signal)).name;
      },
      move: async (room) => {
        await this.#peer.request("people.move", { room: room ?? null });
      },
    };
  }

  async #listPeople(signal?: AbortSignal): Promise<readonly PersonRecord[]> {
    const people: PersonRecord[] = [];
    let after: number | undefined;
    do {
      const params = after === undefined ? {} : { after };
      const page = await this.#ask("people.list", params, signal);
      people.push(...page.people);
      after = page.next;
    } while (after !== undefined);
    return people;
  }

  async #watch({ since, onChange }: SessionOptions, signal?: AbortSignal): Promise<void> {
    const params = since === undefined ? {} : { since };
    const { revision, changes } = await this.#peer.request("rooms.watch", params, wait(signal));
    for (const change of changes ?? []) this.#changed(change, onChange);
    this.#revision = Math.max(revision, this.#revision ?? revision);
  }

  #changed(change: RoomChange, onChange: SessionOptions["onChange"]): void {
    this.#revision = change.revision;
    onChange?.(change);
  }
}

/** Greets. The server knows best which similar name is free if this one is taken. */
function hello(
  peer: ServerPeer,
  { name, resume, helloTimeout = HELLO_TIMEOUT }: SessionOptions,
  signal: AbortSignal | undefined,
): Promise<HelloResult> {
  const params = {
    client: `crds-client ${VERSION}`,
    protocol: SESSION_PROTOCOL,
    resume,
    orSimilar: true,
    keepAlive: true,
    ...(name === undefined ? {} : { name }),
  };
  return peer.request("hello", params, { timeout: helloTimeout, ...wait(signal) });
}

function wait(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
