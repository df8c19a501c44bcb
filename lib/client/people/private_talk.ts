/**
 * The private sessions of a client, as its user sees them: commands in, sentences and lines out.
 *
 * @module
 */

import { UserError } from "../../errors.ts";
import { faultOfText } from "../../people/message_rules.ts";
import { foldName } from "../../people/names.ts";
import type { PrivateFault, PrivateMove, PrivateNews } from "../../people/private_news.ts";
import type { Clock } from "../../rpc/ports.ts";
import { RpcError } from "../../rpc/rpc_error.ts";
import { sanitise } from "../../text.ts";
import type { ServerSession } from "../room_directory.ts";
import type { MessageScreen } from "./message_screen.ts";
import { PrivateDoer } from "./private_doer.ts";
import { sentenceOfFault, sentenceOfNews } from "./private_words.ts";
import { parseAddressed } from "./recipients.ts";
import { SessionLines } from "./session_lines.ts";

/** What a {@linkcode PrivateTalk} works with. */
export interface PrivateTalkOptions {
  /** The session at the server; undefined if there is none in which people can be reached. */
  readonly session: () => ServerSession | undefined;
  /** Shows what happens. */
  readonly screen: MessageScreen;
  /** Whether one is in a room, where commands begin with a slash. */
  readonly inRoom: () => boolean;
  /** Whether a person sits there, who does not wait for others with folded hands. */
  readonly interactive: boolean;
  /** Called when something was said: the server does not see it. */
  readonly onSaid: () => void;
  /**
   * What time limits go by.
   *
   * @default The clock of the machine.
   */
  readonly clock?: Clock;
}

/** All private sessions of a client. Every method's errors are sentences for people. */
export class PrivateTalk implements AsyncDisposable {
  /** The lines that are kept while one is in a room. */
  readonly lines: SessionLines;
  readonly #options: PrivateTalkOptions;
  /** What does it. */
  readonly doer: PrivateDoer;
  /** Scripts that wait for what becomes of a session, by folded name. */
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>();

  /**
   * Begins without any session.
   *
   * @param options What it works with.
   */
  constructor(options: PrivateTalkOptions) {
    this.#options = options;
    const { screen, inRoom, interactive } = options;
    // A script reads what comes when it comes.
    this.lines = new SessionLines({ screen, inRoom: () => interactive && inRoom() });
    this.doer = new PrivateDoer({
      ...options,
      onNews: (news) => this.#tell(news),
      onRefused: (to, error) => this.#refused(to, error),
      onLine: (line) => this.lines.line(line),
    });
  }

  /** The names of those one has a session with, or is to answer, or asks. */
  get names(): readonly string[] {
    return this.doer.sessions.partners.map(({ name }) => name);
  }

  /**
   * Asks somebody for a session, or says yes to them. A script waits for what comes of it.
   *
   * @param typed With whom.
   * @param signal Gives up.
   * @throws {UserError} If that cannot be asked for; to a script also if they decline.
   */
  async start(typed: string, signal: AbortSignal): Promise<void> {
    const name = nameOf(typed);
    if (this.#options.session() === undefined) {
      throw new UserError(
        `Cannot begin a private session with "${sanitise(name)}": that needs an encrypted ` +
          'connection to a server. "connect" opens one, if the server has TLS.',
      );
    }
    await this.#move("begin", name, this.doer.sessions.start(name), signal);
  }

  /**
   * Says yes or no to somebody who asks.
   *
   * @param accept Whether it is yes.
   * @param typed Who; undefined for the only one.
   * @param signal Gives up.
   * @throws {UserError} If nobody asks, or it is not clear who is meant.
   */
  async answer(accept: boolean, typed: string | undefined, signal: AbortSignal): Promise<void> {
    const name = typed === undefined ? undefined : nameOf(typed);
    const asking = name ?? this.doer.sessions.questions[0]?.name;
    const move = this.doer.sessions.answer(accept, name, this.doer.now());
    if ("fault" in move || !accept) {
      return await this.#move(accept ? "accept" : "decline", name, move);
    }
    await this.#move("accept", asking, move, signal);
  }

  /**
   * Says something in a session; without a text, what was kept of it is shown.
   *
   * @param typed The other's name, and the text.
   * @param signal Gives up.
   * @throws {UserError} If there is no such session, or the other one did not get it.
   */
  async say(typed: string, signal: AbortSignal): Promise<void> {
    const { to, text } = parseAddressed(
      typed,
      this.doer.sessions.open.map(({ partner }) => partner.name),
    );
    const found = this.doer.sessions.sessionWith(to);
    if ("fault" in found) throw this.#error(found.fault, "say something in", to);
    const name = sanitise(found.partner.name);
    this.lines.talking(found.partner.name);
    if (text === "") return;
    const cannot = `Cannot say that to "${name}"`;
    const fault = faultOfText(text);
    if (fault !== undefined) throw new UserError(`${cannot}: ${fault}.`);
    try {
      await this.doer.links.say(found.id, text, signal);
    } catch (error) {
      signal.throwIfAborted();
      const why = error instanceof RpcError && error.data?.code === "TOO_FAST"
        ? "it is too much at once. Wait a moment, then try again"
        : "they did not acknowledge it. Ask whether it arrived";
      throw new UserError(`${cannot}: ${why}.`, { cause: error });
    }
    this.#options.onSaid();
  }

  /**
   * Ends a session, takes a question back, or declines one.
   *
   * @param typed With whom.
   * @throws {UserError} If there is nothing to end.
   */
  async stop(typed: string): Promise<void> {
    const name = nameOf(typed);
    await this.#move("end", name, this.doer.sessions.stop(name));
  }

  /** One is not at the server any more: everything ends. */
  logOff(): void {
    this.doer.do(this.doer.sessions.logOff());
    for (const waiting of this.#waiting.values()) {
      waiting.reject(new UserError("Cannot begin a private session: you have left the server."));
    }
  }

  /** Ends everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.logOff();
    await this.doer[Symbol.asyncDispose]();
    this.lines.read();
  }

  async #move(
    action: string,
    name: string | undefined,
    move: PrivateMove,
    signal?: AbortSignal,
  ): Promise<void> {
    if ("fault" in move) throw this.#error(move.fault, action, name);
    const isWaited = !this.#options.interactive && signal !== undefined && name !== undefined;
    const waiting = isWaited ? this.#wait(name, signal) : undefined;
    this.doer.do(move.effects);
    await waiting;
  }

  /** Waits for what becomes of a session. */
  async #wait(name: string, signal: AbortSignal): Promise<void> {
    const key = foldName(name);
    const waiting = Promise.withResolvers<void>();
    this.#waiting.set(key, waiting);
    const giveUp = (): void => waiting.reject(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      await waiting.promise;
    } finally {
      signal.removeEventListener("abort", giveUp);
      this.#waiting.delete(key);
    }
  }

  #tell(news: PrivateNews): void {
    const { screen, inRoom } = this.#options;
    const { name } = news.partner;
    if (news.kind === "opened") this.lines.talking(name);
    const sentence = sentenceOfNews(news, { slash: inRoom() ? "/" : "" });
    const waiting = this.#waiting.get(foldName(name));
    // Who has replaced a session waits for the new one.
    const isOver = news.kind === "unasked" || news.kind === "ended" && news.why !== "replaced";
    if (news.kind === "opened") waiting?.resolve();
    else if (waiting !== undefined && isOver) {
      // Whoever waits is told by the error.
      return waiting.reject(new UserError(sentence));
    }
    screen.session(news, sentence);
  }

  #refused(to: string, error: UserError): void {
    const waiting = this.#waiting.get(foldName(to));
    if (waiting !== undefined) waiting.reject(error);
    else this.#options.screen.status(sanitise(error.message));
  }

  #error(
    fault: PrivateFault,
    action: string,
    name: string | undefined,
  ): UserError {
    const slash = this.#options.inRoom() ? "/" : "";
    const others = this.doer.sessions.questions;
    return new UserError(sentenceOfFault(fault, action, name, { slash, others }));
  }
}

/** A name as it is typed: in quotes, or as it is. */
function nameOf(typed: string): string {
  return /^"([^"]+)"$/.exec(typed.trim())?.[1] ?? typed.trim();
}
