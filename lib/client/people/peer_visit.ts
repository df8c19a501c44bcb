/**
 * One connection that another client made to this one: what it may ask, from its ticket to its end.
 *
 * @module
 */

import { foldName } from "../../people/names.ts";
import { PEER_LINK_METHODS, type PeerLinkMethodMap } from "../../people/peer_link_methods.ts";
import { isMessageId } from "../../people/message_rules.ts";
import type { TicketClaims, TicketFault, TicketGate } from "../../people/ticket.ts";
import { faultOfParams } from "../../rpc/method.ts";
import type { RpcHandlers } from "../../rpc/methods.ts";
import type { RpcPeer } from "../../rpc/peer.ts";
import { RpcCode, RpcError } from "../../rpc/rpc_error.ts";

import { LineLimit, peerRefusal } from "./line_limit.ts";

/** A message that came directly. */
export interface DirectMessage {
  /** Who says it, by the ticket. */
  readonly from: string;
  /** Whether that is the name of an account. */
  readonly account: boolean;
  /** What the sender named it. */
  readonly id: string;
  /** What it says, as it came. */
  readonly text: string;
  /** When it came, in milliseconds since 1970: the clocks of others are theirs. */
  readonly at: number;
  /** It is for this client's user alone. */
  readonly kind: "private";
}

/** One end of a private session's connection. */
export interface SessionLink {
  /** The connection. */
  readonly peer: RpcPeer<PeerLinkMethodMap>;
  /** Called with each line of the other side, which has been checked. */
  onSay: (text: string) => void;
  /** Called when the other side ends the session. */
  onStop: () => void;
}

/** What a visit may lead to. */
export interface PeerHost {
  /** Says who is let in; undefined while this client has no key. */
  readonly gate: () => TicketGate | undefined;
  /** The name one has at the server. */
  readonly own: () => string;
  /** Whether somebody is not to be heard. */
  readonly isBlocked: (name: string) => boolean;
  /** Takes a message. */
  readonly onMessage: (message: DirectMessage) => void;
  /**
   * Takes a connection for a private session.
   *
   * @param claims Who, and which session.
   * @param link The connection.
   * @returns Whether that session was agreed.
   */
  readonly onSession: (claims: TicketClaims & { session: string }, link: SessionLink) => boolean;
  /** A steady clock in milliseconds, the one of the gate. */
  readonly steady: () => number;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
}

/** What a {@linkcode PeerVisit} tells whoever keeps the connection. */
export interface PeerVisitOptions {
  /** What it may lead to. */
  readonly host: PeerHost;
  /** The connection, once it is made. */
  readonly peer: () => RpcPeer;
  /** Called when it is known who is there. */
  readonly onKnown: (claims: TicketClaims) => void;
  /** Called when it has to end, after what is answered now. */
  readonly onRefused: () => void;
}

/** Who visits, and what was asked so far. */
export class PeerVisit {
  /** What serves the visitor. */
  readonly handlers: RpcHandlers<PeerLinkMethodMap>;
  readonly #options: PeerVisitOptions;
  #claims: TicketClaims | undefined;
  #link: SessionLink | undefined;
  readonly #limit: LineLimit;

  /**
   * Begins with a stranger.
   *
   * @param options See there.
   */
  constructor(options: PeerVisitOptions) {
    this.#options = options;
    this.#limit = new LineLimit(options.host.steady);
    this.handlers = {
      "peer.hello": (params) => this.#hello(params),
      "message.take": (params) => this.#take(params),
      "private.say": (params) => this.#say(params),
      "private.stop": () => this.#stop(),
    };
  }

  /** Who visits, by the ticket. */
  get claims(): TicketClaims | undefined {
    return this.#claims;
  }

  #hello(params: unknown): Record<never, never> {
    const { host, peer, onKnown } = this.#options;
    const { ticket } = this.#checked("peer.hello", params);
    const gate = host.gate();
    const seen = this.#claims !== undefined || gate === undefined
      ? { fault: "BAD_TICKET" as const }
      : gate.admit(ticket, host.own(), host.steady());
    if ("fault" in seen) throw this.#refused(seen.fault);
    const { claims } = seen;
    if (host.isBlocked(claims.from)) throw this.#refused("REFUSED");
    const { session } = claims;
    if (session !== undefined) {
      const link = { peer: peer() as RpcPeer<PeerLinkMethodMap>, onSay() {}, onStop() {} };
      if (!host.onSession({ ...claims, session }, link)) throw this.#refused("NOT_AGREED");
      this.#link = link;
    }
    this.#claims = claims;
    onKnown(claims);
    return {};
  }

  #take(params: unknown): Record<never, never> {
    const { host } = this.#options;
    const { from, account, to } = this.#known();
    const { id, text } = this.#checked("message.take", params);
    if (foldName(to) !== foldName(host.own())) throw this.#refused("NOT_FOR_ME");
    if (host.isBlocked(from)) throw this.#refused("REFUSED");
    if (!isMessageId(id)) throw peerRefusal("BAD_MESSAGE_ID", "Cannot take the message");
    this.#limit.take(text);
    host.onMessage({ from, account, id, text, at: host.now(), kind: "private" });
    return {};
  }

  #say(params: unknown): Record<never, never> {
    this.#known();
    const { text } = this.#checked("private.say", params);
    if (this.#link === undefined) throw this.#refused("NOT_AGREED");
    this.#limit.take(text);
    this.#link.onSay(text);
    return {};
  }

  #stop(): Record<never, never> {
    this.#known();
    if (this.#link === undefined) throw this.#refused("NOT_AGREED");
    this.#link.onStop();
    return {};
  }

  #known(): TicketClaims {
    if (this.#claims !== undefined) return this.#claims;
    throw this.#refused("HELLO_FIRST");
  }

  /** The connection ends after the answer: nobody tries twice. */
  #refused(code: TicketFault | "REFUSED" | "NOT_AGREED" | "HELLO_FIRST"): RpcError {
    this.#options.onRefused();
    return peerRefusal(code, "Cannot let you in");
  }

  #checked<Name extends keyof PeerLinkMethodMap>(
    method: Name,
    params: unknown,
  ): PeerLinkMethodMap[Name]["params"] {
    const fault = faultOfParams(PEER_LINK_METHODS[method].params, params);
    if (fault === undefined) return params as PeerLinkMethodMap[Name]["params"];
    if (this.#claims === undefined) this.#options.onRefused();
    throw new RpcError(RpcCode.invalidParams, `Cannot call ${method}: ${fault}.`);
  }
}
