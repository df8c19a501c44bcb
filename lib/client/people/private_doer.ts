/**
 * Does what `PrivateSessions` wants done: asks the server, answers it, connects and hangs up.
 *
 * @module
 */

import { UserError } from "../../errors.ts";
import { PRIVATE_ANSWER_MS } from "../../people/peer_methods.ts";
import { CONNECT_MS, type PrivateEffect, type PrivateNews } from "../../people/private_news.ts";
import { PrivateSessions } from "../../people/private_sessions.ts";
import type { TicketClaims } from "../../people/ticket.ts";
import type { RpcContext, RpcHandlers } from "../../rpc/methods.ts";
import { type Clock, SYSTEM_CLOCK } from "../../rpc/ports.ts";
import { RpcCode, RpcError } from "../../rpc/rpc_error.ts";
import type { ServerSession } from "../room_directory.ts";
import { ShapeError } from "../server_shapes.ts";
import type { ShownMessage } from "./message_screen.ts";
import { askAnswer, askedParams, isSessionId } from "./peer_shapes.ts";
import type { SessionLink } from "./peer_visit.ts";
import { PrivateLinks } from "./private_links.ts";

/** Milliseconds that the server may take on top of the other person. */
const ANSWER_SLACK_MS = 5_000;

/** What a {@linkcode PrivateDoer} works with. */
export interface PrivateDoerOptions {
  /** The session at the server; undefined if there is none in which people can be reached. */
  readonly session: () => ServerSession | undefined;
  /** Told what becomes of sessions. */
  readonly onNews: (news: PrivateNews) => void;
  /** Told why somebody cannot be asked, or does not want to. */
  readonly onRefused: (to: string, error: UserError) => void;
  /** Takes a line. */
  readonly onLine: (line: ShownMessage) => void;
  /**
   * What time limits go by.
   *
   * @default {SYSTEM_CLOCK}
   */
  readonly clock?: Clock;
}

/** The private sessions of a client, with all that they need of the world. */
export class PrivateDoer implements AsyncDisposable {
  /** Where one is with whom; what it returns is for `do()`. */
  readonly sessions: PrivateSessions = new PrivateSessions();
  /** The connections. */
  readonly links: PrivateLinks;
  readonly #options: PrivateDoerOptions;
  readonly #clock: Clock;
  /** Answers of the user that the server waits for, by session. */
  readonly #answers = new Map<string, (accept: boolean) => void>();
  readonly #timers = new Set<() => void>();
  /** What the server asks and tells. */
  readonly handlers: RpcHandlers = {
    "private.asked": (params, context) => this.#asked(params, context),
    "private.withdrawn": (params) => {
      const { id } = params as { id?: unknown };
      if (isSessionId(id)) this.do(this.sessions.withdrawn(id, this.now()));
    },
  };

  /**
   * Begins without any session.
   *
   * @param options What it works with.
   */
  constructor(options: PrivateDoerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.links = new PrivateLinks({
      onSay: (id, text) => this.#heard(id, text),
      onOver: (id, why) => this.do(this.sessions.over(id, why)),
    });
  }

  /**
   * The time that `sessions` go by.
   *
   * @returns Milliseconds.
   */
  now(): number {
    return this.#clock.now();
  }

  /**
   * Takes a connection that another client made for a session.
   *
   * @param claims Who they are, and which session.
   * @param link The connection.
   * @returns Whether it was agreed.
   */
  arrived(claims: TicketClaims & { readonly session: string }, link: SessionLink): boolean {
    const { session, from: name, account } = claims;
    const effects = this.sessions.arrived(session, { name, account });
    if (effects === undefined) return false;
    this.links.add(session, link);
    this.do(effects);
    return true;
  }

  /**
   * Does what is to be done.
   *
   * @param effects What.
   */
  do(effects: readonly PrivateEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case "ask":
          void this.#ask(effect.to);
          break;
        case "withdraw":
          this.#options.session()?.calls.ask("private.withdraw", { to: effect.to }, () => {})
            .catch(() => {
              // Then the connection is lost, and the question with it.
            });
          break;
        case "answer":
          this.#answers.get(effect.id)?.(effect.accept);
          this.#answers.delete(effect.id);
          break;
        case "hang-up":
          this.links.hangUp(effect.id);
          break;
        case "wait":
          this.#schedule(() => this.do(this.sessions.late(effect.id)), CONNECT_MS);
          break;
        case "tell":
          this.#options.onNews(effect.news);
      }
    }
  }

  /** Asks, waits for the other person, and connects if that is our part. */
  async #ask(to: string): Promise<void> {
    const waiting = { timeout: PRIVATE_ANSWER_MS + ANSWER_SLACK_MS };
    try {
      const session = this.#options.session();
      if (session === undefined) return void this.sessions.askRefused(to);
      const agreed = await session.calls.ask("private.ask", { to }, askAnswer, waiting);
      const { id, name, account, connect } = agreed;
      const waits = connect === undefined;
      this.do(this.sessions.askAnswered(to, { id, partner: { name, account }, waits }));
      if (connect !== undefined) await this.#call(id, connect);
    } catch (error) {
      if (!this.sessions.askRefused(to)) return;
      if (!(error instanceof UserError)) throw error;
      this.#options.onRefused(to, error);
    }
  }

  async #call(id: string, way: Parameters<PrivateLinks["call"]>[1]): Promise<void> {
    try {
      await this.links.call(id, way, () => {
        const effects = this.sessions.connected(id);
        this.do(effects ?? []);
        return effects !== undefined;
      });
    } catch (error) {
      // Whatever it was, there is no connection; and nobody else could be taken for them.
      const isRefused = error instanceof RpcError && error.data?.code === "NOT_AGREED";
      this.do(this.sessions.late(id, isRefused ? "stopped-there" : "unreachable"));
    }
  }

  /** Ends all connections, and waits for that. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const callOff of this.#timers) callOff();
    this.#timers.clear();
    await this.links[Symbol.asyncDispose]();
  }

  async #asked(params: unknown, { signal }: RpcContext): Promise<{ accept: boolean }> {
    const { id, from: name, account } = understood(() => askedParams(params));
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#answers.set(id, resolve);
    // With the connection goes the question.
    const gone = (): void => this.do(this.sessions.withdrawn(id, this.now()));
    signal.addEventListener("abort", gone, { once: true });
    this.do(this.sessions.asked({ id, partner: { name, account } }));
    const accept = await promise;
    signal.removeEventListener("abort", gone);
    return { accept };
  }

  #heard(id: string, text: string): void {
    const partner = this.sessions.open.find((session) => session.id === id)?.partner;
    if (partner === undefined) return;
    const { name: from, account = false } = partner;
    this.#options.onLine({ from, account, text, at: Date.now(), kind: "session" });
  }

  #schedule(fn: () => void, ms: number): void {
    const callOff = this.#clock.schedule(() => {
      this.#timers.delete(callOff);
      fn();
    }, ms);
    this.#timers.add(callOff);
  }
}

function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new RpcError(RpcCode.invalidParams, `Cannot understand ${error.message}.`);
  }
}
