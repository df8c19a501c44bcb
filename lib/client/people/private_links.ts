/**
 * The connections of private sessions, whichever side made them.
 *
 * @module
 */

import { PEER_LINK_METHODS, type PeerLinkMethodMap } from "../../people/peer_link_methods.ts";
import type { PeerTicket } from "../../people/peer_methods.ts";
import { faultOfParams } from "../../rpc/method.ts";
import type { RpcPeer } from "../../rpc/peer.ts";
import { RpcCode, RpcError } from "../../rpc/rpc_error.ts";
import { LineLimit } from "./line_limit.ts";
import type { SessionLink } from "./peer_visit.ts";

/** Milliseconds to connect to the other one. */
const CALL_MS = 5_000;

/** Milliseconds that the other one may take to acknowledge a line, or a goodbye. */
const SAY_MS = 10_000;
const STOP_MS = 1_000;

/** What {@linkcode PrivateLinks} work with. */
export interface PrivateLinksOptions {
  /** Called with each line of another side. */
  readonly onSay: (id: string, text: string) => void;
  /** Called when a session's connection is over: the other side said so, or it is gone. */
  readonly onOver: (id: string, why: "stopped-there" | "lost") => void;
}

/** At most one connection for each session. */
export class PrivateLinks implements AsyncDisposable {
  readonly #options: PrivateLinksOptions;
  readonly #links = new Map<string, RpcPeer<PeerLinkMethodMap>>();
  readonly #closing = new Set<Promise<void>>();
  readonly #stopping = new AbortController();

  /**
   * Begins without any.
   *
   * @param options See there.
   */
  constructor(options: PrivateLinksOptions) {
    this.#options = options;
  }

  /**
   * Connects to the other side. What they say at once is taken after `opened` was called.
   *
   * @param id Which session.
   * @param way Where they are.
   * @param opened Called when the connection stands; false if it is of no use any more.
   * @throws {Error} If it cannot be made: see `callPeer()`.
   */
  async call(id: string, way: Omit<PeerTicket, "name">, opened: () => boolean): Promise<void> {
    const isOpen = Promise.withResolvers<void>();
    const limit = new LineLimit(() => performance.now());
    const { callPeer } = await import("./peer_call.ts");
    const peer = await callPeer(way, {
      handlers: {
        "private.say": async (params) => {
          const fault = faultOfParams(PEER_LINK_METHODS["private.say"].params, params);
          if (fault !== undefined) {
            throw new RpcError(RpcCode.invalidParams, `Cannot call private.say: ${fault}.`);
          }
          const { text } = params as { text: string };
          limit.take(text);
          await isOpen.promise;
          this.#options.onSay(id, text);
          return {};
        },
        "private.stop": async () => {
          await isOpen.promise;
          this.#over(id, "stopped-there");
          return {};
        },
      },
      keepAlive: true,
      signal: AbortSignal.any([AbortSignal.timeout(CALL_MS), this.#stopping.signal]),
    });
    this.#put(id, peer);
    if (!opened()) this.hangUp(id);
    isOpen.resolve();
  }

  /**
   * The other side has connected.
   *
   * @param id Which session.
   * @param link The connection.
   */
  add(id: string, link: SessionLink): void {
    link.onSay = (text) => this.#options.onSay(id, text);
    link.onStop = () => this.#over(id, "stopped-there");
    this.#put(id, link.peer);
  }

  /**
   * Says something.
   *
   * @param id In which session; must be open.
   * @param text What.
   * @param signal Gives up.
   * @returns Resolves when the other side has it; rejects like `RpcPeer.request()`.
   */
  async say(id: string, text: string, signal: AbortSignal): Promise<void> {
    await this.#links.get(id)?.request("private.say", { text }, { signal, timeout: SAY_MS });
  }

  /**
   * Ends a session's connection, if there is one: the other side is told.
   *
   * @param id Which session.
   */
  hangUp(id: string): void {
    const peer = this.#links.get(id);
    if (peer === undefined) return;
    this.#links.delete(id);
    const told = peer.request("private.stop", {}, { timeout: STOP_MS }).catch(() => {
      // It is gone already, or it is silent: what follows is enough.
    });
    this.#close(told.then(() => peer.finish("the session is over")));
  }

  /** Ends all of them, and waits for that. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    for (const id of [...this.#links.keys()]) this.hangUp(id);
    await Promise.all(this.#closing);
  }

  #put(id: string, peer: RpcPeer<PeerLinkMethodMap>): void {
    this.#links.set(id, peer);
    peer.closed.then(() => {
      if (this.#links.get(id) === peer) this.#over(id, "lost");
    });
  }

  #over(id: string, why: "stopped-there" | "lost"): void {
    const peer = this.#links.get(id);
    if (peer === undefined) return;
    this.#links.delete(id);
    // Later: the answer to what ended it is not queued yet.
    queueMicrotask(() => this.#close(peer.finish("the session is over")));
    this.#options.onOver(id, why);
  }

  #close(closing: Promise<void>): void {
    const done = closing.then(() => void this.#closing.delete(done));
    this.#closing.add(done);
  }
}
