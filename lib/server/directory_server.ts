/**
 * The listener: accepts clients, keeps their connections, ends them.
 *
 * @module
 */

import type { Directory } from "../directory/directory.ts";
import { formatEndpoint } from "../net/endpoint.ts";
import { VERSION } from "../version.ts";
import { ClientLink, type Link, type ServerParts } from "./client_link.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { ListingReplies } from "./listing_replies.ts";
import { News } from "./news.ts";
import { type PeopleOptions, PeopleParts } from "./people_parts.ts";
import { Records } from "./records.ts";
import { RoomIndex } from "./room_index.ts";
import { RoomRelays } from "./room_relays.ts";
import { SecureArrivals } from "./secure_arrivals.ts";
import { SecureLink } from "./secure_link.ts";
import type { ServerTls } from "./server_tls.ts";
import type { StatusLog } from "./status_event.ts";
import { Turns } from "./turns.ts";
import { listen, Welcome } from "./welcome.ts";

/** How often connections are checked for too much time passed, in milliseconds. */
const CHECK_INTERVAL = 1_000;

/** How to be reached in TLS. */
export interface TlsOptions extends ServerTls {
  /** The TCP port; 0 for any free one. */
  readonly port: number;
  /**
   * Whether any free port will do if that one is taken.
   *
   * @default {false}
   */
  readonly orAny?: boolean;
}

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
  /** What is shown to who connects in TLS, and on which port; without it, there is no TLS. */
  readonly tls?: TlsOptions | undefined;
  /**
   * Limits that differ from the defaults.
   *
   * @default {DEFAULT_LIMITS}
   */
  readonly limits?: Partial<Limits>;
}

/** A Chat Room Directory Server: listens from its making until it is disposed. */
export class DirectoryServer implements AsyncDisposable {
  readonly #address: Deno.NetAddr;
  readonly #tlsPort: number | undefined;
  readonly #welcomes: readonly AsyncDisposable[];
  readonly #log: StatusLog;
  readonly #limits: Limits;
  readonly #parts: ServerParts;
  readonly #people: PeopleParts;
  readonly #clients = new Map<Link, Promise<void>>();
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
    const { directory, log, relay = true, tls } = options;
    const { maxRelays } = this.#limits;
    const plain = listen(options.host, options.port);
    const secure = tls === undefined ? undefined : besides(plain, options.host, tls);
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
      accountSince: (session) => people.accountSince(session),
      news: new News({ directory, presence, blocks, sight, records }),
      server: `crds-server ${VERSION}`,
      arrivals: new SecureArrivals(),
      makeParts: (context) => people.partsOf(context),
      tls: tls === undefined || secure === undefined ? undefined : {
        port: secure.addr.port,
        name: tls.anchor.name,
        certificate: tls.anchor.certificate,
        ephemeral: tls.ephemeral,
      },
    };
    this.#address = plain.addr;
    this.#tlsPort = secure?.addr.port;
    this.#log.report({ event: "listening", host: options.host, port: this.port });
    if (tls !== undefined && this.#tlsPort !== undefined) {
      const { fingerprint, ephemeral } = tls;
      this.#log.report({ event: "tls", port: this.#tlsPort, fingerprint, ephemeral });
    }
    this.#timer = setInterval(() => {
      const now = performance.now();
      for (const client of this.#clients.keys()) client.check(now);
      this.#people.check();
    }, CHECK_INTERVAL);
    const welcomes: AsyncDisposable[] = [new Welcome(plain, log, (each) => this.#takePlain(each))];
    if (secure !== undefined && tls !== undefined) {
      const { context } = tls;
      welcomes.push(new Welcome(secure, log, (each) => this.#takeSecure(each, context)));
    }
    this.#welcomes = welcomes;
  }

  /** The TCP port it listens on. */
  get port(): number {
    return this.#address.port;
  }

  /** The TCP port for TLS; undefined if there is none. */
  get tlsPort(): number | undefined {
    return this.#tlsPort;
  }

  /** The IP address it listens on. */
  get host(): string {
    return this.#address.hostname;
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
    await Promise.all(this.#welcomes.map((each) => each[Symbol.asyncDispose]()));
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

  #takePlain(socket: Deno.TcpConn): void {
    const { hostname, port } = socket.remoteAddr;
    if (this.#isFull(socket)) return;
    tune(socket);
    const local = socket.localAddr.hostname;
    this.#begin(new ClientLink(this.#parts, socket, { host: hostname, port }, local), socket);
  }

  #takeSecure(socket: Deno.TcpConn, context: ServerTls["context"]): void {
    const { hostname, port } = socket.remoteAddr;
    if (this.#isFull(socket)) return;
    tune(socket);
    const client = new SecureLink(this.#parts, socket, context, { host: hostname, port });
    this.#begin(client, socket, true);
  }

  /** Turns away who is too much. */
  #isFull(socket: Deno.TcpConn): boolean {
    const { maxConnections } = this.#limits;
    if (this.#clients.size < maxConnections) return false;
    socket.close();
    const why = `${maxConnections} connections are open, and that is the most`;
    this.#log.report({ event: "turned-away", peer: nameOf(socket), why });
    return true;
  }

  #begin(client: Link, socket: Deno.TcpConn, secure?: true): void {
    const peer = nameOf(socket);
    if (this.#log.verbose) this.#log.report({ event: "opened", peer, ...(secure && { secure }) });
    this.#clients.set(client, this.#serve(client, peer));
  }

  async #serve(client: Link, peer: string): Promise<void> {
    const why = await client.run();
    this.#clients.delete(client);
    if (this.#log.verbose) {
      this.#log.report({ event: "closed", peer, ...(why === undefined ? {} : { why }) });
    }
  }
}

/** Opens the second listener; without it there is none. */
function besides(plain: Deno.TcpListener, host: string, tls: TlsOptions): Deno.TcpListener {
  try {
    return listen(host, tls.port, "--tls-port");
  } catch (error) {
    const isTaken = error instanceof Error && error.cause instanceof Deno.errors.AddrInUse;
    if (isTaken && tls.orAny) return listen(host, 0);
    plain.close();
    throw error;
  }
}

function nameOf({ remoteAddr: { hostname, port } }: Deno.TcpConn): string {
  return formatEndpoint({ host: hostname, port });
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
