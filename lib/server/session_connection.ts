/**
 * One session's life: a peer over a socket, with what serves it.
 *
 * @module
 */

import { reasonOf } from "../errors.ts";
import { formatEndpoint } from "../net/endpoint.ts";
import { RpcPeer } from "../rpc/peer.ts";
import { type ByteTransport, type Clock, SYSTEM_CLOCK } from "../rpc/ports.ts";
import { guardHandlers } from "./session_handlers.ts";
import type { SessionContext, SessionPart } from "./session_part.ts";
import { SessionRooms, type SessionRoomsOptions } from "./session_rooms.ts";
import { SessionService, type SessionServiceOptions } from "./session_service.ts";
import type { StatusLog } from "./status_event.ts";

/** What a {@linkcode SessionConnection} works with. */
export interface SessionConnectionOptions
  extends
    Omit<SessionServiceOptions, "setKeepAlive" | "context" | "parts">,
    Pick<SessionRoomsOptions, "relays" | "local">,
    Pick<SessionContext, "peer" | "secure" | "now"> {
  /** Makes what else serves the client. */
  readonly makeParts: (context: SessionContext) => readonly SessionPart[];
  /** The socket; the connection closes it. */
  readonly socket: ByteTransport;
  /** What was already read of it. */
  readonly initial: Uint8Array;
  /** Where calls and faults are told. */
  readonly log: StatusLog;
  /**
   * What the time limits of the connection go by.
   *
   * @default {SYSTEM_CLOCK}
   */
  readonly clock?: Clock;
}

/** Serves one session until either side ends it. */
export class SessionConnection {
  readonly #peer: RpcPeer;
  readonly #service: SessionService;
  readonly #parts: readonly SessionPart[];
  #onlyLooked: boolean | undefined;
  #why: string | undefined;

  /**
   * Starts a session.
   *
   * @param options What it works with.
   */
  constructor(options: SessionConnectionOptions) {
    const { log, socket, initial, clock = SYSTEM_CLOCK } = options;
    const name = formatEndpoint(options.peer);
    const context: SessionContext = {
      session: {
        address: options.peer.host,
        displaced: () => this.#close("the same client connected again"),
      },
      peer: options.peer,
      secure: options.secure,
      now: options.now,
      post: (line) => this.#peer.post(line),
      ask: (method, params, how) => this.#peer.request(method, params, how),
      close: (why) => this.#close(why),
      problem: (what) => log.report({ event: "problem", what }),
    };
    const { post } = context;
    const rooms = new SessionRooms({ ...options, post, congested: () => this.#peer.congested });
    this.#parts = [rooms, ...options.makeParts(context)];
    this.#service = new SessionService({
      ...options,
      context,
      parts: this.#parts,
      setKeepAlive: (on) => this.#peer.keepAlive = on,
    });
    this.#peer = new RpcPeer({
      transport: socket,
      initial,
      clock,
      handlers: guardHandlers(this.#service, log, name, (isNamelessHello) => {
        this.#onlyLooked = this.#onlyLooked === undefined && isNamelessHello;
      }),
      onFault(error, method) {
        const what = `Cannot answer ${method} of ${name}: ${
          reasonOf(error)
        } (a fault of crds-server).`;
        log.report({ event: "problem", what });
      },
    });
  }

  /** Whether the client only asked, without a name, what the server is. */
  get onlyLooked(): boolean {
    return this.#onlyLooked === true;
  }

  /**
   * Waits for the end.
   *
   * @returns Why, in a few words; undefined if the client just closed.
   */
  async run(): Promise<string | undefined> {
    const why = await this.#peer.closed;
    this.#service[Symbol.dispose]();
    await Promise.all(this.#parts.map((part) => part[Symbol.asyncDispose]()));
    await this.#peer[Symbol.asyncDispose]();
    return why === "the other side closed the connection" ? undefined : this.#why ?? why;
  }

  /** Answers what is under way, then ends. */
  stop(): void {
    this.#why = "the server stops";
    this.#peer.finish(this.#why);
  }

  /** Ends now. */
  abort(): void {
    this.#close("the server stops");
  }

  #close(why: string): void {
    this.#why ??= why;
    this.#peer.close(why);
  }
}
