/**
 * The TLS port of a client: where others come with a ticket, to say something to its user alone.
 *
 * @module
 */

import type { TlsIdentity } from "../../net/certificate.ts";
import { pause } from "../../net/pause.ts";
import { acceptTls, secureContextOf } from "../../net/tls.ts";
import { foldName } from "../../people/names.ts";
import type { TicketClaims } from "../../people/ticket.ts";
import type { RpcLimits } from "../../rpc/limits.ts";
import { RpcPeer } from "../../rpc/peer.ts";
import { type Clock, SYSTEM_CLOCK } from "../../rpc/ports.ts";
import { PeerTransport } from "./peer_transport.ts";
import { type PeerHost, PeerVisit } from "./peer_visit.ts";

/** Connections of strangers at once: a good one shows its ticket within milliseconds. */
export const MAX_STRANGERS = 16;

/** Most of them from one address, so that nobody takes all. */
export const MAX_STRANGERS_PER_ADDRESS = 4;

/** Connections of those who have shown a ticket: more than a person talks to. */
export const MAX_VISITORS = 64;

/** Milliseconds that a stranger has for the handshake and the ticket. */
export const HELLO_MS = 5_000;

/** Milliseconds that a connection takes messages: a name may have another owner some time. */
export const MESSAGES_MS = 60_000;

/** The pause after a failed accept (no more file descriptors, say), in milliseconds. */
const ACCEPT_PAUSE_MS = 100;

/** Short requests and short answers. */
const VISIT_LIMITS: Partial<RpcLimits> = {
  maxCalls: 4,
  maxNestedCalls: 4,
  maxQueued: 128 * 1024,
  highWater: 4 * 1024,
  maxFaults: 3,
  sendTimeout: HELLO_MS,
  lineTimeout: HELLO_MS,
  finishTimeout: 1_000,
  leaveTimeout: 1_000,
  maxDiscarded: 64 * 1024,
};

/** What a {@linkcode PeerPort} needs. */
export interface PeerPortOptions {
  /** The address of this machine to listen on: the one that leads to the server. */
  readonly hostname: string;
  /** What proves who one is. */
  readonly identity: TlsIdentity;
  /** What visits may lead to. */
  readonly host: PeerHost;
  /** Told of a fault of ours. Must not throw. */
  readonly onProblem: (error: unknown) => void;
  /**
   * What time limits go by.
   *
   * @default {SYSTEM_CLOCK}
   */
  readonly clock?: Clock;
}

interface Visitor {
  readonly peer: RpcPeer;
  readonly visit: PeerVisit;
  readonly address: string;
  done: Promise<void>;
}

/**
 * Listens from its making until it is disposed. What it cannot take it closes; nothing that others send
 * is a problem here.
 */
export class PeerPort implements AsyncDisposable {
  readonly #options: PeerPortOptions;
  readonly #clock: Clock;
  readonly #listener: Deno.TcpListener;
  readonly #context: ReturnType<typeof secureContextOf>;
  readonly #visitors = new Set<Visitor>();
  readonly #strangers = new Set<Visitor>();
  readonly #stopping = new AbortController();
  readonly #accepting: Promise<void>;
  #stopped: Promise<void> | undefined;

  /**
   * Starts to listen, at any free port.
   *
   * @param options See there.
   * @throws {Error} What `Deno.listen` throws if it cannot.
   */
  constructor(options: PeerPortOptions) {
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    const { hostname, identity } = options;
    this.#context = secureContextOf(identity);
    this.#listener = Deno.listen({ hostname, port: 0 });
    this.#accepting = this.#accept();
  }

  /** The TCP port. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** How many are connected, with a ticket or without. */
  get connections(): number {
    return this.#visitors.size;
  }

  /** Ends the connections for messages: one has another name, or none any more. */
  forgetSenders(): void {
    for (const { peer, visit } of this.#visitors) {
      if (visit.claims !== undefined && visit.claims.session === undefined) {
        void peer.finish("this client has another name");
      }
    }
  }

  /**
   * Ends the connections for messages of somebody who is not to be heard any more.
   *
   * @param name The name.
   */
  drop(name: string): void {
    for (const { peer, visit: { claims } } of this.#visitors) {
      // Who ends a private session says so.
      if (claims === undefined || claims.session !== undefined) continue;
      if (foldName(claims.from) === foldName(name)) peer.close("its user is not to be heard");
    }
  }

  /**
   * Stops listening and closes what is connected; may be repeated.
   *
   * @returns Resolves when everything is closed.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    this.#listener.close();
    await this.#accepting;
    for (const { peer } of this.#visitors) peer.close("this client ends");
    await Promise.all(Array.from(this.#visitors, ({ done }) => done));
  }

  async #accept(): Promise<void> {
    const { signal } = this.#stopping;
    // Not `for await`: one client that resets before it is accepted would end that loop.
    while (!signal.aborted) {
      try {
        this.#welcome(await this.#listener.accept());
      } catch (error) {
        if (error instanceof Deno.errors.NotConnected) continue;
        await pause(ACCEPT_PAUSE_MS, signal);
      }
    }
  }

  #welcome(socket: Deno.TcpConn): void {
    const address = socket.remoteAddr.hostname;
    const near = Array.from(this.#strangers).filter((other) => other.address === address).length;
    if (this.#strangers.size >= MAX_STRANGERS || near >= MAX_STRANGERS_PER_ADDRESS) {
      return socket.close();
    }
    try {
      socket.setNoDelay();
    } catch {
      // Already reset by the other side: the first read will tell.
    }
    const transport = new PeerTransport(acceptTls(socket, this.#context), this.#clock);
    const visit: PeerVisit = new PeerVisit({
      host: this.#options.host,
      peer: () => peer,
      onKnown: (claims) => this.#known(visitor, transport, claims),
      // Later: what the handler returns is not queued yet.
      onRefused: () => queueMicrotask(() => void peer.finish("it is not let in")),
    });
    const peer: RpcPeer = new RpcPeer({
      transport,
      handlers: visit.handlers,
      limits: VISIT_LIMITS,
      clock: this.#clock,
      onFault: this.#options.onProblem,
    });
    const visitor: Visitor = { peer, visit, address, done: Promise.resolve() };
    this.#visitors.add(visitor);
    this.#strangers.add(visitor);
    visitor.done = this.#serve(visitor);
  }

  async #serve(visitor: Visitor): Promise<void> {
    const { peer, visit } = visitor;
    const late = this.#clock.schedule(() => {
      if (visit.claims === undefined) peer.close("it did not say who it is");
    }, HELLO_MS);
    const over = this.#clock.schedule(() => {
      if (visit.claims?.session === undefined) void peer.finish("its time is over");
    }, MESSAGES_MS);
    await peer.closed;
    late();
    over();
    await peer[Symbol.asyncDispose]();
    this.#visitors.delete(visitor);
    this.#strangers.delete(visitor);
  }

  #known(visitor: Visitor, transport: PeerTransport, claims: TicketClaims): void {
    this.#strangers.delete(visitor);
    if (this.#visitors.size - this.#strangers.size > MAX_VISITORS) {
      return queueMicrotask(() => void visitor.peer.finish("there are too many others"));
    }
    transport.known();
    // A session lasts as long as both are there: so each looks after the other.
    if (claims.session !== undefined) visitor.peer.keepAlive = true;
  }
}
