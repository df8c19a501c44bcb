/**
 * The listener: accepts clients, keeps their connections, ends them.
 *
 * @module
 */

import type { Directory } from "../directory/directory.ts";
import { reasonOf, UserError } from "../errors.ts";
import { formatEndpoint } from "../net/endpoint.ts";
import { VERSION } from "../version.ts";
import { ClientLink, type ServerParts } from "./client_link.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { ListingReplies } from "./listing_replies.ts";
import { News } from "./news.ts";
import { type PeopleOptions, PeopleParts } from "./people_parts.ts";
import { Records } from "./records.ts";
import { RoomIndex } from "./room_index.ts";
import { RoomRelays } from "./room_relays.ts";
import type { StatusLog } from "./status_event.ts";
import { Turns } from "./turns.ts";

/** How often connections are checked for too much time passed, in milliseconds. */
const CHECK_INTERVAL = 1_000;

/** The pause after a failed accept (no more file descriptors, say), in milliseconds. */
const ACCEPT_PAUSE = 100;

/** Settings of a {@linkcode DirectoryServer}. */
export interface DirectoryServerOptions extends PeopleOptions {
  /** The address to listen on. */
  readonly host: string;
  /** The TCP port; 0 for any free one. */
  readonly port: number;
  /** The rooms. */
  readonly directory: Directory;
  /** Where what happens is told. */
  readonly log: StatusLog;
  /**
   * Whether it is a way into rooms for those whom multicast does not reach.
   *
   * @default {true}
   */
  readonly relay?: boolean;
  /**
   * Limits that differ from the defaults.
   *
   * @default {DEFAULT_LIMITS}
   */
  readonly limits?: Partial<Limits>;
}

/** A Chat Room Directory Server: listens from its making until it is disposed. */
export class DirectoryServer implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #log: StatusLog;
  readonly #limits: Limits;
  readonly #parts: ServerParts;
  readonly #people: PeopleParts;
  readonly #clients = new Map<ClientLink, Promise<void>>();
  readonly #accepting: Promise<void>;
  readonly #timer: ReturnType<typeof setInterval>;
  #stopped = Promise.withResolvers<void>();
  #stopping = false;

  /**
   * Starts to listen.
   *
   * @param options Settings.
   * @throws {UserError} If it cannot listen there.
   */
  constructor(options: DirectoryServerOptions) {
    this.#log = options.log;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    const { directory, log, relay = true } = options;
    const { maxRelays } = this.#limits;
    const problem = (what: string): void => log.report({ event: "problem", what });
    const people = this.#people = new PeopleParts(options, problem);
    const { presence, blocks, sight } = people;
    const records = new Records({ directory, presence, now: Date.now });
    this.#parts = {
      directory,
      log,
      limits: this.#limits,
      replies: new ListingReplies(directory, this.#limits.maxReplyBytes),
      index: new RoomIndex(directory),
      turns: new Turns(),
      relays: relay ? new RoomRelays({ maxRelays, log }) : undefined,
      presence,
      records,
      sight,
      news: new News({ directory, presence, blocks, sight, records }),
      server: `crds-server ${VERSION}`,
      makeParts: (context) => people.partsOf(context),
    };
    this.#listener = listen(options.host, options.port);
    this.#log.report({ event: "listening", host: options.host, port: this.port });
    this.#timer = setInterval(() => {
      const now = performance.now();
      for (const client of this.#clients.keys()) client.check(now);
      this.#people.check();
    }, CHECK_INTERVAL);
    this.#accepting = this.#accept();
  }

  /** The TCP port it listens on. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** The IP address it listens on. */
  get host(): string {
    return this.#listener.addr.hostname;
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#clients.size;
  }

  /**
   * Stops accepting, lets what is under way finish (for `stopTimeout` at most) and closes.
   *
   * @returns Resolves when everything is closed.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stopping) return await this.#stopped.promise;
    this.#stopping = true;
    this.#listener.close();
    await this.#accepting;
    const ends = Promise.all(this.#clients.values());
    for (const client of this.#clients.keys()) client.stop();
    const patience = setTimeout(() => {
      for (const client of this.#clients.keys()) client.abort();
    }, this.#limits.stopTimeout);
    await ends;
    await this.#people[Symbol.asyncDispose]();
    await this.#parts.relays?.[Symbol.asyncDispose]();
    this.#parts.turns[Symbol.dispose]();
    clearTimeout(patience);
    clearInterval(this.#timer);
    this.#stopped.resolve();
  }

  async #accept(): Promise<void> {
    // Not `for await`: one client that resets before it is accepted would end that loop.
    while (!this.#stopping) {
      try {
        this.#welcome(await this.#listener.accept());
      } catch (error) {
        if (this.#stopping) return;
        if (error instanceof Deno.errors.NotConnected) continue;
        const what = `Cannot accept a connection: ${reasonOf(error)}. Trying again.`;
        this.#log.report({ event: "problem", what });
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_PAUSE));
      }
    }
  }

  #welcome(socket: Deno.TcpConn): void {
    const { hostname, port } = socket.remoteAddr;
    const peer = formatEndpoint({ host: hostname, port });
    if (this.#clients.size >= this.#limits.maxConnections) {
      socket.close();
      const why = `${this.#limits.maxConnections} connections are open, and that is the most`;
      this.#log.report({ event: "turned-away", peer, why });
      return;
    }
    tune(socket);
    if (this.#log.verbose) this.#log.report({ event: "opened", peer });
    const local = socket.localAddr.hostname;
    const client = new ClientLink(this.#parts, socket, { host: hostname, port }, local);
    this.#clients.set(client, this.#serve(client, peer));
  }

  async #serve(client: ClientLink, peer: string): Promise<void> {
    const why = await client.run();
    this.#clients.delete(client);
    if (this.#log.verbose) {
      this.#log.report({ event: "closed", peer, ...(why === undefined ? {} : { why }) });
    }
  }
}

function listen(hostname: string, port: number): Deno.TcpListener {
  try {
    return Deno.listen({ hostname, port, tcpBacklog: 4096 });
  } catch (error) {
    const where = `Cannot listen on "${hostname}:${port}"`;
    if (error instanceof Deno.errors.AddrInUse) {
      throw new UserError(
        `${where}: the port is taken, perhaps by another server. Stop that one, or use --port N (0 for any free port).`,
      );
    }
    const hint = error instanceof Deno.errors.AddrNotAvailable
      ? "Use --host with an address of this machine, or leave it out for all."
      : "Use --host and --port to listen elsewhere.";
    throw new UserError(`${where}: ${reasonOf(error)}. ${hint}`);
  }
}

function tune(socket: Deno.TcpConn): void {
  try {
    socket.setNoDelay();
    // A client that vanished without a word (sleep, cable) is noticed by the system in time.
    socket.setKeepAlive();
  } catch {
    // Already reset by the client: the first read will tell.
  }
}
