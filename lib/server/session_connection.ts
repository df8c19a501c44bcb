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
import { SessionRooms, type SessionRoomsOptions } from "./session_rooms.ts";
import { SessionService, type SessionServiceOptions } from "./session_service.ts";
import type { StatusLog } from "./status_event.ts";

/** What a {@linkcode SessionConnection} works with. */
export interface SessionConnectionOptions
  extends
    Omit<SessionServiceOptions, "post" | "close" | "setKeepAlive" | "problem" | "rooms">,
    Pick<SessionRoomsOptions, "relays" | "local"> {
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
  readonly #rooms: SessionRooms;
  #why: string | undefined;

  /**
   * Starts a session.
   *
   * @param options What it works with.
   */
  constructor(options: SessionConnectionOptions) {
    const { log, socket, initial, clock = SYSTEM_CLOCK } = options;
    const name = formatEndpoint(options.peer);
    this.#rooms = new SessionRooms({
      ...options,
      post: (line) => this.#peer.post(line),
      congested: () => this.#peer.congested,
    });
    this.#service = new SessionService({
      ...options,
      rooms: this.#rooms,
      post: (line) => this.#peer.post(line),
      close: (why) => this.#close(why),
      problem: (what) => log.report({ event: "problem", what }),
      setKeepAlive: (on) => this.#peer.keepAlive = on,
    });
    this.#peer = new RpcPeer({
      transport: socket,
      initial,
      clock,
      handlers: guardHandlers(this.#service, log, name),
      onFault(error, method) {
        const what = `Cannot answer ${method} of ${name}: ${
          reasonOf(error)
        } (a fault of crds-server).`;
        log.report({ event: "problem", what });
      },
    });
  }

  /**
   * Waits for the end.
   *
   * @returns Why, in a few words; undefined if the client just closed.
   */
  async run(): Promise<string | undefined> {
    const why = await this.#peer.closed;
    this.#service[Symbol.dispose]();
    await this.#rooms[Symbol.asyncDispose]();
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
