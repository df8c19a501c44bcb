/**
 * What a server has for its sessions, without sockets: rooms, people, and a time that stands still.
 *
 * @module
 */

import { Directory } from "../../lib/directory/directory.ts";
import { MemoryStore } from "../../lib/directory/memory_store.ts";
import type { DirectoryStore } from "../../lib/directory/store.ts";
import { Presence } from "../../lib/people/presence.ts";
import { RoomRelays } from "../../lib/server/room_relays.ts";
import { RpcError, RpcTimeout } from "../../lib/rpc/rpc_error.ts";
import { News } from "../../lib/server/news.ts";
import { Records } from "../../lib/server/records.ts";
import { RoomIndex } from "../../lib/server/room_index.ts";
import type { SessionContext } from "../../lib/server/session_part.ts";
import { type RoomLinkHandlers, SessionRooms } from "../../lib/server/session_rooms.ts";
import { FakeClock } from "./fake_clock.ts";
import { RecordingLog } from "./fakes.ts";
import { MemoryNetwork } from "./memory_network.ts";
import { type SessionHandlers, SessionService } from "../../lib/server/session_service.ts";

/** What one session was told and did. */
export interface ServiceClient extends Disposable {
  /** The session. */
  readonly service: SessionService;
  /** The rooms it is in through the server. */
  readonly rooms: SessionRooms;
  /** Its handlers. */
  readonly call: SessionHandlers & RoomLinkHandlers;
  /** The notifications it was sent, oldest first. */
  readonly notes: { readonly method: string; readonly params: unknown }[];
  /** Why its connection was ended. */
  readonly closes: string[];
  /** How keep-alive was switched. */
  readonly keepAlive: boolean[];
  /** What the operator was told. */
  readonly problems: string[];
}

/** How the server is reached in TLS; nobody does. */
export const TLS = {
  port: 50002,
  name: "crds.invalid",
  certificate: "-----BEGIN CERTIFICATE-----\n",
  ephemeral: false,
} as const;

/** The parts that all sessions share. */
export class ServiceRig implements Disposable {
  /** The rooms. */
  readonly directory: Directory;
  /** The rooms by name. */
  readonly index: RoomIndex;
  /** Who is here. */
  readonly presence: Presence = new Presence();
  /** The network on which rooms are. */
  readonly network: MemoryNetwork = new MemoryNetwork();
  /** What relays go by. */
  readonly clock: FakeClock = new FakeClock();
  /** What the operator was told about relays. */
  readonly log: RecordingLog = new RecordingLog();
  /** The ways into rooms; none if a test says so. */
  relays: RoomRelays | undefined = this.relaysOf(8);
  /** Whether clients read too slowly. */
  congested = false;
  /** How rooms and people are told. */
  readonly records: Records;
  /** What is told to those who watch. */
  readonly news: News;
  /** The time in milliseconds since 1970. */
  time = 1_000_000;

  private constructor(directory: Directory) {
    this.directory = directory;
    this.index = new RoomIndex(directory);
    const { presence } = this;
    this.records = new Records({ directory, presence, now: () => this.time });
    this.news = new News({ directory, presence, records: this.records });
  }

  /**
   * Makes the parts.
   *
   * @param store Where the rooms are; its revision starts from 0 if it is the default one.
   * @returns The rig.
   */
  static async open(store: DirectoryStore = new MemoryStore()): Promise<ServiceRig> {
    return new ServiceRig(await Directory.open(store, { now: () => 86_400_000 }));
  }

  /**
   * Makes ways into rooms on this rig's network.
   *
   * @param maxRelays How many members may be relayed.
   * @returns The relays.
   */
  relaysOf(maxRelays: number): RoomRelays {
    return new RoomRelays({ maxRelays, log: this.log, sockets: this.network, clock: this.clock });
  }

  /**
   * Begins a session.
   *
   * @param host The client's address.
   * @returns The session, which has not said hello.
   */
  client(host = "10.0.0.5"): ServiceClient {
    const notes: ServiceClient["notes"][number][] = [];
    const closes: string[] = [];
    const keepAlive: boolean[] = [];
    const problems: string[] = [];
    const { directory, index, presence, records, news, relays, log } = this;
    const peer = { host, port: 40122 };
    const context: SessionContext = {
      session: { address: host, displaced: () => closes.push("the same client connected again") },
      peer,
      secure: false,
      now: () => this.time,
      // As they go over the wire: later changes of an object do not show.
      post: (line) => {
        const { method, params } = JSON.parse(line);
        notes.push({ method, params });
      },
      ask: (method) => Promise.reject(new RpcTimeout(method, 0)),
      close: (why) => closes.push(why),
      problem: (what) => problems.push(what),
    };
    const { post } = context;
    const rooms = new SessionRooms({
      directory,
      relays,
      peer,
      local: "127.0.0.1",
      log,
      post,
      congested: () => this.congested,
    });
    const service = new SessionService({
      parts: [rooms],
      directory,
      index,
      presence,
      records,
      news,
      server: "crds-server 0",
      tls: TLS,
      setKeepAlive: (on) => keepAlive.push(on),
      context,
    });
    const end = (): void => service[Symbol.dispose]();
    const call = { ...service.handlers, ...rooms.handlers };
    return { service, rooms, call, notes, closes, keepAlive, problems, [Symbol.dispose]: end };
  }

  /**
   * Begins a session that says hello.
   *
   * @param name Its name.
   * @param host Its address.
   * @returns The session.
   */
  named(name: string, host?: string): ServiceClient {
    const client = this.client(host);
    client.call.hello({ client: "test", protocol: 1, name });
    return client;
  }

  /** Stops following the store. */
  [Symbol.dispose](): void {
    this.directory[Symbol.dispose]();
  }
}

/** How a call was refused. */
export interface Refused {
  /** JSON-RPC's code. */
  readonly rpcCode: number;
  /** The sentence. */
  readonly message: string;
  /** What programs read. */
  readonly data: unknown;
}

/**
 * Calls something that must be refused.
 *
 * @param call What calls.
 * @returns How it was refused.
 */
export async function refusalOf(call: () => unknown): Promise<Refused> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return { rpcCode: error.rpcCode, message: error.message, data: error.data };
  }
  throw new Error("it was not refused");
}
