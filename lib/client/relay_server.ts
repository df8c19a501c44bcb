/**
 * A server's relays, over the session protocol. All that the server sends is checked.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { MAX_PORT } from "../directory/rules.ts";
import { decodeBase64, encodeBase64 } from "../framing/base64.ts";
import { isRecord } from "../json.ts";
import type { SocketAddress } from "../net/datagram.ts";
import { isIPv4 } from "../net/ipv4.ts";
import { MAX_DATAGRAM_BYTES } from "../net/multicast.ts";
import type {
  CheckParams,
  JoinParams,
  RoomLinkMethodMap,
  SendParams,
} from "../room/relay_methods.ts";
import type { RelayEvents, RelayLink, RelayServer } from "../room/relay_transport.ts";
import type { RpcParams } from "../rpc/message.ts";
import type { RpcHandlers } from "../rpc/methods.ts";
import type { RpcRequestOptions } from "../rpc/peer_options.ts";
import { sanitise } from "../text.ts";

/** Notifications kept for a relay whose number is not known yet: a busy room's, for a round trip. */
const MAX_EARLY = 256;

/** The longest reason that is taken from a server, in UTF-16 units: it is to be one line. */
const MAX_WHY_LENGTH = 200;

/** The longest time for which a server is believed to answer probes, in seconds. */
const MAX_LEASE = 86_400;

const NONSENSE = "the answer of the CRDS makes no sense. Tell its operator.";

/** What of an `RpcPeer` is needed. */
export interface RelayPeer {
  /** See `RpcPeer.request`. */
  request<Method extends keyof RoomLinkMethodMap>(
    method: Method,
    params: RoomLinkMethodMap[Method]["params"],
    options?: RpcRequestOptions,
  ): Promise<RoomLinkMethodMap[Method]["result"]>;
  /** See `RpcPeer.notify`. */
  notify(method: "room.send", params: SendParams): void;
  /** See `RpcPeer.drained`. */
  drained(): Promise<void>;
  /** See `RpcPeer.congested`. */
  readonly congested: boolean;
  /** See `RpcPeer.closed`. */
  readonly closed: Promise<string>;
}

/** The relays that one session has at its server. */
export class SessionRelays implements RelayServer {
  readonly #peer: () => RelayPeer;
  readonly #relays = new Map<number, RelayEvents>();
  /** Requests to join that are under way, and what came for numbers that they may have got. */
  #joining = 0;
  #early: { readonly relay: number; readonly tell: (events: RelayEvents) => void }[] = [];
  /** What serves `room.heard` and `room.ended`: to be among the handlers of the peer. */
  readonly handlers: RpcHandlers = {
    "room.heard": (params) => this.#heard(params),
    "room.ended": (params) => this.#ended(params),
  };

  /**
   * Begins without any.
   *
   * @param peer Returns the session's peer, which is made with {@linkcode SessionRelays.handlers}.
   */
  constructor(peer: () => RelayPeer) {
    this.#peer = peer;
  }

  /** See {@linkcode RelayServer}. */
  async check(params: CheckParams, signal?: AbortSignal): Promise<number> {
    const options = signal === undefined ? {} : { signal };
    const answer: unknown = await this.#peer().request("room.check", params, options);
    const seconds = isRecord(answer) ? answer.seconds : undefined;
    if (isWhole(seconds, MAX_LEASE)) return seconds;
    throw new UserError(`Cannot check room "${sanitise(params.room)}": ${NONSENSE}`);
  }

  /** See {@linkcode RelayServer}. */
  async join(params: JoinParams, events: RelayEvents, signal?: AbortSignal): Promise<RelayLink> {
    signal?.throwIfAborted();
    const joining = this.#join(params, events);
    if (signal === undefined) return await joining;
    const aborted = Promise.withResolvers<never>();
    const giveUp = (): void => aborted.reject(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      return await Promise.race([joining, aborted.promise]);
    } catch (error) {
      // What is given up may still be granted.
      joining.then((link) => link.leave(), () => {});
      throw error;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  async #join(params: JoinParams, events: RelayEvents): Promise<RelayLink> {
    const peer = this.#peer();
    this.#joining++;
    try {
      const answer: unknown = await peer.request("room.join", params);
      const relay = isRecord(answer) ? answer.relay : undefined;
      const local = isRecord(answer) ? placeOf(answer.local) : undefined;
      if (local === undefined || !isWhole(relay) || this.#relays.has(relay)) {
        throw new UserError(`Cannot enter room "${sanitise(params.room)}": ${NONSENSE}`);
      }
      this.#relays.set(relay, events);
      void peer.closed.then((why) => this.#end(relay, why));
      for (const early of this.#early.filter((event) => event.relay === relay)) {
        const listener = this.#relays.get(relay);
        if (listener !== undefined) early.tell(listener);
      }
      return this.#link(peer, relay, local);
    } finally {
      if (--this.#joining === 0) this.#early = [];
    }
  }

  #link(peer: RelayPeer, relay: number, local: SocketAddress): RelayLink {
    return {
      local,
      get congested(): boolean {
        return peer.congested;
      },
      drained: () => peer.drained(),
      send: (bytes, control) => {
        if (!this.#relays.has(relay)) return;
        const data = encodeBase64(bytes);
        peer.notify("room.send", control ? { relay, control, data } : { relay, data });
      },
      leave: async () => {
        if (!this.#relays.delete(relay)) return;
        // If that fails, the session is over, and the relay with it.
        await peer.request("room.leave", { relay }).catch(() => {});
      },
    };
  }

  #heard(params: RpcParams): void {
    if (!isRecord(params)) return;
    const { relay, control = false, from, data } = params;
    const source = placeOf(from);
    if (!isWhole(relay) || typeof control !== "boolean" || typeof data !== "string") return;
    const bytes = decodeBase64(data, MAX_DATAGRAM_BYTES);
    if (source === undefined || bytes === undefined) return;
    this.#tell(relay, (events) => events.onHeard(bytes, source, control));
  }

  #ended(params: RpcParams): void {
    if (!isRecord(params)) return;
    const { relay, why } = params;
    if (!isWhole(relay) || typeof why !== "string") return;
    this.#tell(relay, () => this.#end(relay, why.slice(0, MAX_WHY_LENGTH)));
  }

  #end(relay: number, why: string): void {
    const events = this.#relays.get(relay);
    this.#relays.delete(relay);
    events?.onEnded(why);
  }

  #tell(relay: number, tell: (events: RelayEvents) => void): void {
    const events = this.#relays.get(relay);
    if (events !== undefined) tell(events);
    // The answer that brings the number may be a few lines behind.
    else if (this.#joining > 0 && this.#early.length < MAX_EARLY) this.#early.push({ relay, tell });
  }
}

function isWhole(value: unknown, most: number = Number.MAX_SAFE_INTEGER): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most;
}

function placeOf(value: unknown): SocketAddress | undefined {
  if (!isRecord(value)) return undefined;
  const { address, port } = value;
  if (typeof address !== "string" || !isIPv4(address) || !isWhole(port, MAX_PORT)) return undefined;
  return { address, port };
}
