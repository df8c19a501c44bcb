/**
 * One client of the server, from its connection to its end, whatever protocol it speaks.
 *
 * @module
 */

import type { Directory } from "../directory/directory.ts";
import { type Endpoint, formatEndpoint } from "../net/endpoint.ts";
import { labOwnerKey } from "../people/owner_keys.ts";
import type { HelloTls } from "../people/people_methods.ts";
import type { Presence, Session } from "../people/presence.ts";
import { Connection, type Socket } from "./connection.ts";
import { LabSession } from "./lab_session.ts";
import type { Limits } from "./limits.ts";
import type { ListingReplies } from "./listing_replies.ts";
import type { News } from "./news.ts";
import type { Records } from "./records.ts";
import type { RoomIndex } from "./room_index.ts";
import type { RoomRelays } from "./room_relays.ts";
import type { SecureArrivals } from "./secure_arrivals.ts";
import { SessionConnection } from "./session_connection.ts";
import type { SessionContext, SessionPart } from "./session_part.ts";
import type { SessionServiceOptions } from "./session_service.ts";
import type { Sight } from "./sight.ts";
import type { StatusLog } from "./status_event.ts";
import { inTurns, type Turns } from "./turns.ts";

/** What all clients of a server share. */
export interface ServerParts {
  /** The rooms. */
  readonly directory: Directory;
  /** The answers to getdir. */
  readonly replies: ListingReplies;
  /** The rooms in the order of their names. */
  readonly index: RoomIndex;
  /** Who is here. */
  readonly presence: Presence;
  /** Who sees whom. */
  readonly sight: Sight;
  /** Says since when the account of a session exists. */
  readonly accountSince: NonNullable<SessionServiceOptions["accountSince"]>;
  /** Ways into rooms; undefined if the server does not relay. */
  readonly relays: RoomRelays | undefined;
  /** How rooms and people are told. */
  readonly records: Records;
  /** What is told to those who watch. */
  readonly news: News;
  /** Where what happens is told. */
  readonly log: StatusLog;
  /** The limits. */
  readonly limits: Limits;
  /** Keeps busy connections from starving others. */
  readonly turns: Turns;
  /** The server's program and version. */
  readonly server: string;
  /** Who comes over TLS. */
  readonly arrivals: SecureArrivals;
  /** How to reach it in TLS, as `hello` tells it; undefined if it has none. */
  readonly tls: HelloTls | undefined;
  /** Makes what serves a session beside rooms and people. */
  readonly makeParts: (context: SessionContext) => readonly SessionPart[];
}

/** Why a client is gone that is still there: the operator is not to take it for two. */
const WENT_OVER = "it went over to TLS";

/** A client, however it is connected. */
export interface Link {
  /**
   * Serves the client.
   *
   * @returns Why the server ended it, or the client if that is known; undefined if the client just did.
   *   Resolves when it is closed.
   */
  run(): Promise<string | undefined>;
  /** Ends it: at once if it waits for requests, else after the present replies. */
  stop(): void;
  /** Ends it now, whatever is under way. */
  abort(): void;
  /**
   * Closes it if the client let too much time pass.
   *
   * @param now The time in milliseconds of `performance.now()`.
   */
  check(now: number): void;
}

/**
 * A client that is connected in clear. Tells by the first byte which protocol it speaks (DESIGN
 * sections 4 and 5), and serves it. Until then, and if it speaks the lab protocol, it is somebody
 * without a name.
 */
export class ClientLink implements Link {
  readonly #parts: ServerParts;
  readonly #socket: Socket;
  readonly #peer: Endpoint;
  readonly #local: string;
  readonly #lab: Connection;
  readonly #nameless: Session;
  #session: SessionConnection | undefined;
  #stopping = false;
  #seenRequests = 0;

  /**
   * Makes the link; `run()` starts it.
   *
   * @param parts What all clients share.
   * @param socket The connection; the link closes it.
   * @param peer The client's address and port.
   * @param local The address of this machine that the client connected to.
   */
  constructor(parts: ServerParts, socket: Socket, peer: Endpoint, local: string) {
    this.#parts = parts;
    this.#socket = socket;
    this.#peer = peer;
    this.#local = local;
    this.#nameless = { address: peer.host };
    const { directory, replies, log, limits, turns } = parts;
    const session = new LabSession({
      directory,
      replies,
      log,
      peer: formatEndpoint(peer),
      owner: labOwnerKey(peer.host),
      maxReplyBytes: limits.maxReplyBytes,
    });
    this.#lab = new Connection({ socket, session, limits, turns, now: () => performance.now() });
  }

  /** Serves the client; see {@linkcode Link}. */
  async run(): Promise<string | undefined> {
    const { presence, arrivals } = this.#parts;
    using secure = arrivals.watch(this.#peer.host);
    presence.enter(this.#nameless, { now: Date.now() });
    const end = await this.#lab.run();
    presence.leave(this.#nameless);
    if (end.kind === "closed") return end.why;
    const { turns } = this.#parts;
    this.#session = new SessionConnection({
      ...this.#parts,
      socket: inTurns(this.#socket, turns),
      initial: end.initial,
      peer: this.#peer,
      local: this.#local,
      secure: false,
      now: Date.now,
    });
    if (this.#stopping) this.#session.stop();
    const why = await this.#session.run();
    return why ?? (this.#session.onlyLooked && secure.seen ? WENT_OVER : undefined);
  }

  /** Ends it: at once if it waits for requests, else after the present replies. */
  stop(): void {
    this.#stopping = true;
    if (this.#session === undefined) this.#lab.stop();
    else this.#session.stop();
  }

  /** Ends it now, whatever is under way. */
  abort(): void {
    if (this.#session === undefined) this.#lab.abort();
    else this.#session.abort();
  }

  /**
   * Closes a lab connection whose client let too much time pass; a session watches itself.
   *
   * @param now The time in milliseconds of `performance.now()`.
   */
  check(now: number): void {
    if (this.#session !== undefined) return;
    this.#lab.check(now);
    if (this.#lab.completed === this.#seenRequests) return;
    this.#seenRequests = this.#lab.completed;
    this.#parts.presence.touch(this.#nameless, Date.now());
  }
}
