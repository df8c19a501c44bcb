/**
 * The TCP port of a member: where newcomers ask what was said.
 *
 * @module
 */

import { reasonOf } from "../errors.ts";
import { pause } from "../net/pause.ts";
import type { RpcLimits } from "../rpc/limits.ts";
import { RpcPeer } from "../rpc/peer.ts";
import { type Clock, SYSTEM_CLOCK } from "../rpc/ports.ts";
import { CappedTransport } from "./capped_transport.ts";
import { peerHandlers, type PeerHandlersOptions } from "./peer_handlers.ts";

/** Most connections at once: a newcomer needs one, for milliseconds. */
export const MAX_PEERS = 8;

/** Most of them from one address, so that nobody takes all. */
export const MAX_PEERS_PER_ADDRESS = 2;

/** Milliseconds after which a connection ends, whatever it does: three times what ours ask within. */
export const PEER_TIMEOUT_MS = 5000;

/** Bytes read of a connection: a request has 150, or some more with an id of somebody's own. */
const MAX_REQUEST_BYTES = 4096;

/** The pause after a failed accept (no more file descriptors, say), in milliseconds. */
const ACCEPT_PAUSE_MS = 100;

/** One short request, one answer of at most 64 KiB. */
const PEER_LIMITS: Partial<RpcLimits> = {
  maxCalls: 1,
  maxNestedCalls: 1,
  // One answer, and the short replies to a batch around it.
  maxQueued: 128 * 1024,
  highWater: 1024,
  maxFaults: 3,
  sendTimeout: PEER_TIMEOUT_MS,
  lineTimeout: PEER_TIMEOUT_MS,
  finishTimeout: PEER_TIMEOUT_MS,
};

/** What a {@linkcode PeerListener} needs. */
export interface PeerListenerOptions extends Omit<PeerHandlersOptions, "onAsked"> {
  /** The IPv4 address of the interface that the room is reached through: no other is listened on. */
  readonly interfaceAddress: string;
  /** Told of a fault of ours that belongs to no call. Must not throw. */
  readonly onProblem: (error: unknown) => void;
  /**
   * What time limits go by.
   *
   * @default {SYSTEM_CLOCK}
   */
  readonly clock?: Clock;
}

/**
 * Listens from its making until it is disposed, and tells whoever connects the history of one room.
 * What it cannot take it closes; nothing that others send is a problem here.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { askHistory } from "./ask_history.ts";
 *
 * const room = { address: "239.255.7.2", port: 20112 };
 * const from = { address: "10.0.0.1", port: 5000 };
 * await using listener = new PeerListener({
 *   interfaceAddress: "127.0.0.1",
 *   room,
 *   answer: () => ({ lines: [{ age: 7, from, text: "Mel: hi" }] }),
 *   onProblem: (error) => console.error(error),
 * });
 * const member = { address: "127.0.0.1", port: listener.port };
 * const lines = await askHistory({ member, room });
 * assertEquals(lines?.[0]?.text, "Mel: hi");
 * ```
 */
export class PeerListener implements AsyncDisposable {
  /** Why it does not listen, in a few words; undefined if it does. */
  readonly failure: string | undefined;
  readonly #options: PeerListenerOptions;
  readonly #clock: Clock;
  readonly #listener: Deno.TcpListener | undefined;
  readonly #peers = new Map<RpcPeer, Promise<void>>();
  readonly #perAddress = new Map<string, number>();
  readonly #stopping = new AbortController();
  readonly #accepting: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  /**
   * Starts to listen, at any free port. That this fails is no error: see {@linkcode port}.
   *
   * @param options The interface, the room and where the answer comes from.
   */
  constructor(options: PeerListenerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    try {
      this.#listener = Deno.listen({ hostname: options.interfaceAddress, port: 0 });
      this.#accepting = this.#accept(this.#listener);
    } catch (error) {
      this.failure = reasonOf(error);
    }
  }

  /** The TCP port, for one's reports; 0 if it could not listen. */
  get port(): number {
    return this.#listener?.addr.port ?? 0;
  }

  /** How many are connected. */
  get connections(): number {
    return this.#peers.size;
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
    this.#listener?.close();
    await this.#accepting;
    for (const peer of this.#peers.keys()) peer.close("this client leaves the room");
    await Promise.all(this.#peers.values());
  }

  async #accept(listener: Deno.TcpListener): Promise<void> {
    const { signal } = this.#stopping;
    // Not `for await`: one client that resets before it is accepted would end that loop.
    while (!signal.aborted) {
      try {
        this.#welcome(await listener.accept());
      } catch (error) {
        if (error instanceof Deno.errors.NotConnected) continue;
        await pause(ACCEPT_PAUSE_MS, signal);
      }
    }
  }

  #welcome(socket: Deno.TcpConn): void {
    const { hostname } = socket.remoteAddr;
    const others = this.#perAddress.get(hostname) ?? 0;
    if (this.#peers.size >= MAX_PEERS || others >= MAX_PEERS_PER_ADDRESS) return socket.close();
    try {
      socket.setNoDelay();
    } catch {
      // Already reset by the client: the first read will tell.
    }
    const { room, answer, seal, onProblem } = this.#options;
    const peer: RpcPeer = new RpcPeer({
      transport: new CappedTransport(socket, MAX_REQUEST_BYTES),
      handlers: peerHandlers({
        room,
        answer,
        seal,
        // Later: what the handler returns is not queued yet.
        onAsked: () => queueMicrotask(() => void peer.finish("it has its answer")),
      }),
      limits: PEER_LIMITS,
      clock: this.#clock,
      onFault: onProblem,
    });
    this.#perAddress.set(hostname, others + 1);
    this.#peers.set(peer, this.#serve(peer, hostname));
  }

  async #serve(peer: RpcPeer, hostname: string): Promise<void> {
    const callOff = this.#clock.schedule(() => peer.close("it took too long"), PEER_TIMEOUT_MS);
    await peer.closed;
    callOff();
    await peer[Symbol.asyncDispose]();
    this.#peers.delete(peer);
    const others = (this.#perAddress.get(hostname) ?? 1) - 1;
    if (others > 0) this.#perAddress.set(hostname, others);
    else this.#perAddress.delete(hostname);
  }
}
