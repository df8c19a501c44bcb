/**
 * What a server has for its sessions, without sockets: rooms, people, and a time that stands still.
 *
 * @module
 */

import { Directory, type DirectoryOptions } from "../../lib/directory/directory.ts";
import { MemoryStore } from "../../lib/directory/memory_store.ts";
import type { DirectoryStore } from "../../lib/directory/store.ts";
import type { AccountStore } from "../../lib/people/account_store.ts";
import { Accounts } from "../../lib/people/accounts.ts";
import { MemoryAccountStore } from "../../lib/people/memory_account_store.ts";
import { PasswordHasher } from "../../lib/people/password_hasher.ts";
import { Blocks } from "../../lib/people/blocks.ts";
import { MemoryMailStore } from "../../lib/people/memory_mail_store.ts";
import { foldName } from "../../lib/people/names.ts";
import { Presence, type Session } from "../../lib/people/presence.ts";
import { RoomRelays } from "../../lib/server/room_relays.ts";
import { RpcError, RpcTimeout } from "../../lib/rpc/rpc_error.ts";
import { Logins, type LoginsOptions } from "../../lib/server/logins.ts";
import { News } from "../../lib/server/news.ts";
import { Records } from "../../lib/server/records.ts";
import { PeerExchange } from "../../lib/server/peer_exchange.ts";
import { type MailAccounts, PostOffice } from "../../lib/server/post_office.ts";
import { RoomIndex } from "../../lib/server/room_index.ts";
import { SessionBlocks } from "../../lib/server/session_blocks.ts";
import { SessionMail } from "../../lib/server/session_mail.ts";
import type { SessionContext } from "../../lib/server/session_part.ts";
import { type AccountHandlers, SessionAccounts } from "../../lib/server/session_accounts.ts";
import { type PeerHandlers, SessionPeers } from "../../lib/server/session_peers.ts";
import { type RoomLinkHandlers, SessionRooms } from "../../lib/server/session_rooms.ts";
import { Sight } from "../../lib/server/sight.ts";
import { FakeClock } from "./fake_clock.ts";
import { RecordingLog } from "./fakes.ts";
import { MemoryNetwork } from "./memory_network.ts";
import { type SessionHandlers, SessionService } from "../../lib/server/session_service.ts";

/** The password of all accounts of a rig. */
export const PASSWORD = "correct horse";

/** What one session was told and did. */
export interface ServiceClient extends Disposable {
  /** The session. */
  readonly service: SessionService;
  /** The rooms it is in through the server. */
  readonly rooms: SessionRooms;
  /** What stands for it among the people. */
  readonly session: Session;
  /** How it is found by others. */
  readonly peers: SessionPeers;
  /** Its handlers. */
  readonly call:
    & AccountHandlers
    & SessionHandlers
    & RoomLinkHandlers
    & PeerHandlers
    & SessionMail["handlers"]
    & SessionBlocks["handlers"];
  /** What answers what the server asks the client: at first nothing does. */
  onAsk: SessionContext["ask"];
  /** The notifications it was sent, oldest first. */
  readonly notes: { readonly method: string; readonly params: unknown }[];
  /** Why its connection was ended. */
  readonly closes: string[];
  /** How keep-alive was switched. */
  readonly keepAlive: boolean[];
  /** What the operator was told. */
  readonly problems: string[];
}

/** How logins end. */
type LoginSettings = Pick<LoginsOptions, "singleSession" | "idleTimeout">;

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
  readonly presence: Presence = new Presence({ isReserved: (key) => this.people.has(key) });
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
  /** Whether new clients come over TLS. */
  secure = false;
  /** Who has blocked whom: the names, as `by who`. */
  readonly blocks: Set<string> = new Set();
  /** The accounts; hashing costs little. */
  readonly people: Accounts;
  /** Who is logged in to them. */
  readonly logins: Logins;
  /** The folded names of accounts; whoever has such a name is logged in. */
  readonly accounts: Set<string> = new Set();
  /** Where messages and blocks are kept. */
  readonly mailStore: MemoryMailStore = new MemoryMailStore();
  /** Who blocks whom, as the server knows it. */
  readonly blocking: Blocks = new Blocks(this.mailStore);
  /** Who sees whom. */
  readonly sight: Sight = new Sight({ blocks: this.blocking, presence: this.presence });
  /** Who is taken for logged in by the mail. */
  readonly loggedIn: MailAccounts = {
    accountOf: (session) => {
      const account = this.logins.accountOf(session);
      if (account !== undefined) return account;
      const key = this.presence.keyOf(session);
      return key !== undefined && this.accounts.has(key) ? key : undefined;
    },
    sessionOf: (account) =>
      this.loggedIn.exists(account) ? this.presence.holderOf(account) : undefined,
    exists: (account) => this.accounts.has(account) || this.people.has(account),
  };
  /** The mail. */
  readonly office: PostOffice = new PostOffice({
    store: this.mailStore,
    blocks: this.blocking,
    presence: this.presence,
    accounts: this.loggedIn,
    now: () => this.time,
    problem: (what) => this.log.report({ event: "problem", what }),
    clock: this.clock,
  });
  /** What sessions know of each other's ports. */
  readonly exchange: PeerExchange = new PeerExchange({
    presence: this.presence,
    isBlocked: (by, who) =>
      Array.from(this.blocks, foldName).includes(`${foldName(by)} ${foldName(who)}`),
    hasAccount: (name) => this.accounts.has(foldName(name)),
    isLoggedIn: (session) => this.loggedIn.accountOf(session) !== undefined,
    clock: this.clock,
    random: () => 0.5,
  });

  private constructor(directory: Directory, people: Accounts, options: LoginSettings) {
    this.directory = directory;
    this.people = people;
    const clock = { presence: this.presence, now: () => this.time };
    this.logins = new Logins({ ...options, ...clock, accounts: people });
    this.index = new RoomIndex(directory);
    const { presence, blocking: blocks, sight } = this;
    this.records = new Records({ directory, presence, now: () => this.time });
    this.news = new News({ directory, presence, blocks, sight, records: this.records });
  }

  /**
   * Makes the parts.
   *
   * @param store Where the rooms are; its revision starts from 0 if it is the default one.
   * @param options How logins end, what the directory goes by, where the accounts are.
   * @returns The rig.
   */
  static async open(
    store: DirectoryStore = new MemoryStore(),
    options: LoginSettings & DirectoryOptions & { accountStore?: AccountStore } = {},
  ): Promise<ServiceRig> {
    const directory = await Directory.open(store, { now: () => 86_400_000, ...options });
    const { accountStore = new MemoryAccountStore() } = options;
    const hasher = new PasswordHasher({ cost: { logN: 4, r: 8, p: 1 } });
    const clock = { time: () => 1_000_000 };
    const now = () => clock.time();
    const people = await Accounts.open({ store: accountStore, hasher, now });
    const rig = new ServiceRig(directory, people, options);
    clock.time = () => rig.time;
    return rig;
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
      secure: this.secure,
      now: () => this.time,
      // As they go over the wire: later changes of an object do not show.
      post: (line) => {
        const { method, params } = JSON.parse(line);
        notes.push({ method, params });
      },
      ask: (method, params, options) => client.onAsk(method, params, options),
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
    const peers = new SessionPeers(context, this.exchange);
    const { office, loggedIn: accounts, blocking: blocks, sight } = this;
    const mail = new SessionMail({ context, office, presence });
    const sees = (name: string): boolean => sight.sees(context.session, name);
    const login = new SessionAccounts({ context, logins: this.logins, presence, sees });
    const ownBlocks = new SessionBlocks({ context, blocks, accounts });
    const service = new SessionService({
      parts: [rooms, login, peers, mail, ownBlocks],
      sight,
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
    const call = {
      ...service.handlers,
      ...rooms.handlers,
      ...peers.handlers,
      ...login.handlers,
      ...mail.handlers,
      ...ownBlocks.handlers,
    };
    const client: ServiceClient = {
      session: context.session,
      ...{ service, rooms, peers, call, notes, closes, keepAlive, problems },
      onAsk: (method) => Promise.reject(new RpcTimeout(method, 0)),
      [Symbol.dispose](): void {
        service[Symbol.dispose]();
        void peers[Symbol.asyncDispose]();
        void login[Symbol.asyncDispose]();
        void mail[Symbol.asyncDispose]();
      },
    };
    return client;
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

  /**
   * Begins a session that has registered an account.
   *
   * @param name Its name.
   * @param host Its address.
   * @returns The session, with the token of its login.
   */
  async registered(name: string, host?: string): Promise<ServiceClient & { token: string }> {
    const client = this.client(host);
    client.call.hello({ client: "test", protocol: 1 });
    const { token } = await client.call["account.register"]({ name, password: PASSWORD });
    return Object.assign(client, { token });
  }

  /** Stops following the store. */
  [Symbol.dispose](): void {
    this.logins[Symbol.dispose]();
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
