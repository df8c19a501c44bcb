/**
 * Clients that find each other through the server: where one listens, the way to others, and the
 * question whether a private session may begin.
 *
 * @module
 */

import { isRecord } from "../json.ts";
import { isLoopback } from "../net/interfaces.ts";
import {
  type AskAnswer,
  type AskedParams,
  type ListenAnswer,
  type ListenParams,
  MAX_CERTIFICATE_LENGTH,
  PEERS_FEATURE,
  type PeerServerMethodMap,
  type PeerTicket,
  PRIVATE_ANSWER_MS,
  PRIVATE_ASKED,
  PRIVATE_WITHDRAWN,
} from "../people/peer_methods.ts";
import { foldName } from "../people/names.ts";
import type { Person } from "../people/presence.ts";
import type { PrivateAsk } from "../people/private_asks.ts";
import {
  formatTicketKey,
  makeTicket,
  TICKET_KEY_BYTES,
  TICKET_LIFETIME_MS,
} from "../people/ticket.ts";
import { TokenBucket } from "../room/token_bucket.ts";
import { formatNotification } from "../rpc/message.ts";
import { refusal, type RpcError } from "../rpc/rpc_error.ts";
import { sanitise } from "../text.ts";
import type { Asked, Listening, PeerExchange } from "./peer_exchange.ts";
import type { SessionContext, SessionPart } from "./session_part.ts";

/** A rate in calls per minute, of which so many may come at once. */
const MINUTE = { listen: 10, ticket: 200, ask: 10 } as const;

/** Milliseconds after which somebody who is blocked is declined, at least and at most. */
export const BLOCKED_ANSWER_MS = { min: 3_000, max: 20_000 } as const;

/** The handlers of the methods; parameters have been checked against their tables. */
export type PeerHandlers = {
  readonly [Name in keyof PeerServerMethodMap]: (
    params: PeerServerMethodMap[Name]["params"],
  ) => PeerServerMethodMap[Name]["result"] | Promise<PeerServerMethodMap[Name]["result"]>;
};

/** Serves `peer.*` and `private.*` in one session. */
export class SessionPeers implements SessionPart {
  /** What it serves. */
  readonly handlers: PeerHandlers;
  /** That there is a point in it. */
  readonly features: readonly string[];
  readonly #context: SessionContext;
  readonly #exchange: PeerExchange;
  readonly #rates = {
    listen: new TokenBucket(MINUTE.listen / 60, MINUTE.listen),
    ticket: new TokenBucket(MINUTE.ticket / 60, MINUTE.ticket),
    ask: new TokenBucket(MINUTE.ask / 60, MINUTE.ask),
  };

  /**
   * Serves a session.
   *
   * @param context The session, and how to reach its client.
   * @param exchange What all sessions share.
   */
  constructor(context: SessionContext, exchange: PeerExchange) {
    this.#context = context;
    this.#exchange = exchange;
    this.features = context.secure ? [PEERS_FEATURE] : [];
    this.handlers = {
      "peer.listen": (params) => this.#listen(params),
      "peer.ticket": ({ to }) => this.#ticket(to),
      "private.ask": ({ to }) => this.#ask(to),
      "private.withdraw": ({ to }) => this.#withdraw(to),
    };
  }

  /** The session has ended: nobody is led to it, and its questions are over. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#exchange.leave(this.#context.session);
    return Promise.resolve();
  }

  #listen({ port, certificate }: ListenParams): ListenAnswer {
    const cannot = "Cannot listen for others";
    this.#self(cannot);
    this.#spend("listen", cannot);
    if (port < 1 || port > 65_535) {
      throw refusal("BAD_PORT", `${cannot} at port ${port}: it is none in 1-65535.`);
    }
    const isPem = certificate.length <= MAX_CERTIFICATE_LENGTH &&
      certificate.startsWith("-----BEGIN CERTIFICATE-----\n");
    if (!isPem) {
      const most = `at most ${MAX_CERTIFICATE_LENGTH} characters`;
      throw refusal("BAD_CERTIFICATE", `${cannot}: the certificate is no PEM of ${most}.`);
    }
    const key = crypto.getRandomValues(new Uint8Array(TICKET_KEY_BYTES));
    this.#exchange.listen({ context: this.#context, port, certificate, key });
    return { ticketKey: formatTicketKey(key), now: this.#context.now() };
  }

  async #ticket(to: string): Promise<PeerTicket> {
    const cannot = `Cannot reach "${sanitise(to)}" directly`;
    const self = this.#self(cannot);
    this.#spend("ticket", cannot);
    // Before it is known whether they are here: who is blocked must not learn that. To them it looks as
    // if the other were off; what is sent to their inbox is refused.
    if (await this.#isRefused(self, to, cannot)) throw notOn(cannot);
    const { person, listening } = await this.#find(to, cannot);
    return { name: person.name, ...this.#way(listening, person) };
  }

  async #ask(to: string): Promise<AskAnswer> {
    const cannot = `Cannot begin a private session with "${sanitise(to)}"`;
    const self = this.#self(cannot);
    this.#spend("ask", cannot);
    const { asks, isLoggedIn } = this.#exchange;
    // Now, and not only after what is waited for below: a client that asks and is asked at the same time
    // says yes by itself, and then the question of the other one is over.
    const before = this.#questionOf(to);
    if (await this.#isRefused(self, to, cannot)) {
      // Of a name, not of a session: whether they are here, come or leave changes nothing.
      const ask = this.#begin(to, foldName(to), cannot);
      this.#hesitate(ask);
      await ask.decided;
      throw declined(cannot);
    }
    const { person, listening } = await this.#find(to, cannot);
    const { session } = listening.context;
    const crossing = before ?? asks.between(session, this.#context.session);
    if (crossing !== undefined) {
      asks.end(crossing, "yes");
      if (await crossing.decided === "yes") {
        return { id: crossing.id, name: person.name, account: isLoggedIn(session) };
      }
    }
    const ask = this.#begin(to, session, cannot);
    this.#forward(ask, self, listening);
    if (await ask.decided !== "yes") throw declined(cannot);
    // They may have begun to listen anew, under another name.
    const now = this.#exchange.listeningOf(session) ?? listening;
    const other = this.#exchange.presence.personOf(session) ?? person;
    const connect = this.#way(now, other, ask.id);
    return { id: ask.id, name: other.name, account: isLoggedIn(session), connect };
  }

  /** Asks `who`, who goes by the name `to`; what was asked of that name before is over. */
  #begin(to: string, who: Asked, cannot: string): PrivateAsk<Asked> {
    this.#withdraw(to);
    const ask = this.#exchange.asks.begin(this.#context.session, who);
    if (ask !== undefined) return ask;
    throw refusal("TOO_FAST", `${cannot}: you ask too many people at once. Wait for answers.`);
  }

  /** Whether the account of that name blocks this client. */
  async #isRefused(self: Person, to: string, cannot: string): Promise<boolean> {
    const { isBlocked } = this.#exchange;
    if (await isBlocked(self.name, to)) throw blockedBySelf(cannot, to);
    return await isBlocked(to, self.name);
  }

  /** What somebody asks this client, if it waits for an answer. */
  #questionOf(from: string): PrivateAsk<Asked> | undefined {
    const { asks, presence } = this.#exchange;
    const session = presence.holderOf(from);
    return session === undefined ? undefined : asks.between(session, this.#context.session);
  }

  #withdraw(to: string): Record<never, never> {
    const { asks, presence } = this.#exchange;
    for (const who of [presence.holderOf(to), foldName(to)]) {
      const ask = who === undefined ? undefined : asks.between(this.#context.session, who);
      if (ask !== undefined) asks.end(ask, "gone");
    }
    return {};
  }

  /** Asks the other's client. */
  #forward(ask: PrivateAsk<Asked>, self: Person, { context }: Listening): void {
    const { asks, presence, clock, isLoggedIn } = this.#exchange;
    const account = isLoggedIn(this.#context.session);
    const params: AskedParams = { id: ask.id, from: self.name, account };
    const callOff = clock.schedule(() => asks.end(ask, "gone"), PRIVATE_ANSWER_MS);
    const over = new AbortController();
    const waiting = { timeout: Infinity, signal: over.signal };
    context.ask(PRIVATE_ASKED.name, params, waiting).then((answer) => {
      // It was a person, of whom the server hears nothing else.
      presence.touch(context.session, context.now());
      asks.end(ask, isRecord(answer) && answer.accept === true ? "yes" : "no");
    }, () => asks.end(ask, "no"));
    ask.decided.then((decision) => {
      callOff();
      over.abort();
      if (decision !== "gone") return;
      context.post(formatNotification(PRIVATE_WITHDRAWN.name, { id: ask.id }));
    });
  }

  /** Declines as a person would who thinks about it. */
  #hesitate(ask: PrivateAsk<Asked>): void {
    const { asks, clock, random } = this.#exchange;
    const { min, max } = BLOCKED_ANSWER_MS;
    ask.decided.then(clock.schedule(() => asks.end(ask, "no"), min + random() * (max - min)));
  }

  /** Who asks: somebody with a name, over TLS. */
  #self(cannot: string): Person {
    const { secure, session } = this.#context;
    if (!secure) {
      throw refusal("NOT_SECURE", `${cannot}: this connection is not encrypted. Connect with TLS.`);
    }
    const { presence } = this.#exchange;
    const person = presence.personOf(session);
    if (person === undefined || presence.holderOf(person.name) !== session) {
      throw refusal("NO_NAME", `${cannot}: you have no name here. Take one first.`);
    }
    return person;
  }

  #spend(what: keyof typeof MINUTE, cannot: string): void {
    if (this.#rates[what].take(1, this.#context.now())) return;
    throw refusal(
      "TOO_FAST",
      `${cannot}: that was asked too often. Wait a moment, then try again.`,
    );
  }

  /** Finds somebody else who listens where this client can get. */
  async #find(to: string, cannot: string): Promise<{ person: Person; listening: Listening }> {
    const { presence, hasAccount } = this.#exchange;
    const session = presence.holderOf(to);
    const person = session === undefined ? undefined : presence.personOf(session);
    if (session === undefined || person === undefined) {
      if (await hasAccount(to)) throw notOn(cannot);
      throw refusal("NO_SUCH_PERSON", `${cannot}: nobody of that name is here. "who" lists all.`);
    }
    const listening = this.#exchange.listeningOf(session);
    if (session === this.#context.session) {
      throw refusal("NO_SUCH_PERSON", `${cannot}: that is you. Name somebody else.`);
    }
    if (listening === undefined || !this.#leadsTo(listening)) {
      throw refusal("NOT_LISTENING", `${cannot}: their client does not take connections.`);
    }
    return { person, listening };
  }

  /** Who reaches the server over its loopback interface listens there, where only neighbours get. */
  #leadsTo({ context }: Listening): boolean {
    return !isLoopback(context.peer.host) || isLoopback(this.#context.peer.host);
  }

  #way(listening: Listening, person: Person, session?: string): Omit<PeerTicket, "name"> {
    const { context, port, certificate, key } = listening;
    const self = this.#self("Cannot make a ticket");
    const ticket = makeTicket(key, {
      id: crypto.randomUUID(),
      from: self.name,
      account: this.#exchange.isLoggedIn(this.#context.session),
      to: person.name,
      expires: this.#context.now() + TICKET_LIFETIME_MS,
      ...(session === undefined ? {} : { session }),
    });
    return { address: context.peer.host, port, certificate, ticket };
  }
}

function notOn(cannot: string): RpcError {
  return refusal("NOT_ON", `${cannot}: they are not here now.`);
}

function declined(cannot: string): RpcError {
  return refusal("DECLINED", `${cannot}: they do not want to, or did not answer.`);
}

function blockedBySelf(cannot: string, name: string): RpcError {
  const what = `unblock ${sanitise(name)}`;
  return refusal("BLOCKED", `${cannot}: you have blocked them. "${what}" ends that.`);
}
