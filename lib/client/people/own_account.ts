/**
 * The account one is logged in to, and the commands about it.
 *
 * @module
 */

import { UserError } from "../../errors.ts";
import { checkChatName } from "../../framing/chat_name.ts";
import type { LoginResult } from "../../people/account_methods.ts";
import type { RpcHandlers } from "../../rpc/methods.ts";
import { sanitise } from "../../text.ts";
import type { RoomDirectory } from "../room_directory.ts";
import { type Ask, askSecret } from "../secrets.ts";
import type { SessionMethods } from "../session_calls.ts";
import {
  accountSession,
  type Asked,
  type Asking,
  isLost,
  PASSWORD_PATIENCE,
  sameServer,
  takeName,
  understand,
  unlessAborted,
} from "./account_calls.ts";
import { endedLogin, idleSeconds, loginResult, logoutResult } from "./account_shapes.ts";
import { loginCommand, sentenceOfEnd, sentenceOfOwnName, youAreGuest } from "./account_words.ts";
import { askNewPassword } from "./new_password.ts";
import type { OwnAccountOptions } from "./own_account_options.ts";
import { type OwnLogin, ownName, resumeLogin } from "./own_login.ts";

/** At most one account, at one server. All errors are sentences for people. */
export class OwnAccount {
  readonly #options: OwnAccountOptions;
  #login: OwnLogin | undefined;
  /** The one that was left with its server. */
  #left: OwnLogin | undefined;
  /** What the server tells. */
  readonly handlers: RpcHandlers = {
    "account.ended": (params) => understand(() => this.#ended(endedLogin(params))),
    "account.idle": (params) => understand(() => this.#idle(idleSeconds(params))),
  };

  /**
   * Begins as a guest.
   *
   * @param options What it works with.
   */
  constructor(options: OwnAccountOptions) {
    this.#options = options;
  }

  /** As whom one is logged in, at the connection that stands; undefined for a guest. */
  get name(): string | undefined {
    const login = this.#login;
    return login?.where === this.#options.link.directory?.where ? login?.name : undefined;
  }

  /**
   * Makes an account, with a password that is asked for.
   *
   * @param name Its name.
   * @param ask Asks.
   * @param signal Gives up.
   */
  async register(name: string, ask: Ask, signal: AbortSignal): Promise<void> {
    // Neither a name nor a password that is not legal is worth another question.
    const to = `register "${sanitise(checkChatName(name))}"`;
    const before = await this.#session(to, signal);
    const how = "with this password";
    const password = await askNewPassword(ask, { what: "Password", to, name, how });
    await this.#prove("account.register", { name, password }, { to, before }, signal);
    const shown = sanitise(this.#options.held.name);
    this.#done(`The name "${shown}" is yours now, and you are logged in.`);
  }

  /**
   * Logs in, with a password that is asked for.
   *
   * @param name The account's name.
   * @param ask Asks.
   * @param signal Gives up.
   */
  async login(name: string, ask: Ask, signal: AbortSignal): Promise<void> {
    const to = `log in as "${sanitise(name)}"`;
    const before = await this.#session(to, signal);
    const password = await askSecret(ask, { what: "Password", to });
    await this.#prove("account.login", { name, password }, { to, before }, signal);
    this.#done(`You are logged in as "${sanitise(this.#options.held.name)}".`);
  }

  /**
   * Changes the password; both are asked for.
   *
   * @param ask Asks.
   * @param signal Gives up.
   */
  async passwd(ask: Ask, signal: AbortSignal): Promise<void> {
    const to = "change the password";
    const before = await this.#own(to, signal);
    const password = await askSecret(ask, { what: "Present password", to });
    const called = { name: this.name ?? "", how: "to the new one" };
    const next = await askNewPassword(ask, { what: "New password", to, ...called });
    await this.#prove("account.passwd", { password, next }, { to, before }, signal);
    this.#done("The password is changed.");
  }

  /**
   * Deletes the account; the password is asked for.
   *
   * @param ask Asks.
   * @param signal Gives up.
   */
  async unregister(ask: Ask, signal: AbortSignal): Promise<void> {
    const account = sanitise(this.name ?? "");
    const to = "unregister";
    const before = await this.#own(to, signal);
    const password = await askSecret(ask, { what: `Password of "${account}"`, to });
    const { directory, calls } = await sameServer(this.#options.link, { to, before }, signal);
    const waiting = { signal, timeout: PASSWORD_PATIENCE };
    const { name } = await calls.ask("account.unregister", { password }, logoutResult, waiting);
    await this.#leave(directory, name);
    this.#done(`The account "${account}" is no more. ${this.#youAre()}`);
  }

  /**
   * Logs out.
   *
   * @param signal Gives up.
   */
  async logout(signal: AbortSignal): Promise<void> {
    const { directory, calls } = await this.#own("log out", signal);
    const { name } = await calls.ask("account.logout", {}, logoutResult, { signal });
    await this.#leave(directory, name);
    this.#done(`You are logged out. ${this.#youAre()}`);
  }

  /**
   * Says whether one was logged in at a server, and wants to be again.
   *
   * @param where The server, as `host:port`.
   * @returns True if so: then it is greeted without a name.
   */
  isAt(where: string): boolean {
    return this.#login?.where === where;
  }

  /**
   * A connection was got back: logs in again, or says why one is a guest now.
   *
   * @param directory The directory there.
   * @param signal Gives up.
   * @throws {UserError} If the connection is lost again.
   */
  async back(directory: RoomDirectory, signal: AbortSignal | undefined): Promise<void> {
    const login = this.#login;
    if (login === undefined || directory.people === undefined) return;
    try {
      const name = await resumeLogin(login, directory, signal);
      directory.people.called(name);
      this.#options.held.called(name);
    } catch (error) {
      if (!(error instanceof UserError) || isLost(error)) throw error;
      this.#login = undefined;
      this.#options.held.called(await takeName(directory.people, login.guest, signal));
      const command = loginCommand(login.name, this.#slash);
      this.#options.tell(`${error.message} ${this.#youAre()} ${command} logs in.`);
      this.#options.onLogout();
    }
  }

  /** A connection stands. */
  connected(): void {
    const { directory } = this.#options.link;
    if (directory === undefined || this.#login === undefined) return;
    if (this.name !== undefined) this.#options.onLogin();
    // Another server knows nothing of it.
    else this.forget();
  }

  /** The user has left the server: the next connection is that of a guest. */
  forget(): void {
    if (this.#login === undefined) return;
    this.#left = this.#login;
    this.#login = undefined;
    this.#options.onLogout();
  }

  /**
   * Says why a server does not give a guest the name that one had there, if that is the account's that
   * one has left there.
   *
   * @param wanted The name.
   * @param held What one is called there instead.
   * @param directory The directory there.
   * @returns Sentences, safe to show; undefined if it is none of one's own.
   */
  whyNot(wanted: string, held: string, directory: RoomDirectory): string | undefined {
    const own = this.#left === undefined ? undefined : ownName(this.#left, wanted, directory);
    const now = { name: held, slash: this.#slash };
    return own === undefined ? undefined : sentenceOfOwnName(own, now);
  }

  /** Asks for something that takes a password, and is logged in then. */
  async #prove<Method extends "account.register" | "account.login" | "account.passwd">(
    method: Method,
    params: SessionMethods[Method]["params"],
    asked: Asked,
    signal: AbortSignal,
  ): Promise<void> {
    const { directory, calls } = await sameServer(this.#options.link, asked, signal);
    const asking = calls.ask(method, params, loginResult, { timeout: PASSWORD_PATIENCE });
    const result = await unlessAborted(asking, signal, (late) => {
      // Called off, and done all the same: what counts is what the server holds.
      if (directory === this.#options.link.directory) this.#enter(directory, late);
    });
    this.#enter(directory, result);
  }

  #enter(directory: RoomDirectory, { name, token }: LoginResult): void {
    const { held, onLogin } = this.#options;
    const guest = this.#login?.guest ?? held.name;
    const { where, session } = directory;
    this.#login = { where, fingerprint: session?.fingerprint, name, token, guest };
    directory.people?.called(name);
    held.called(name);
    onLogin();
  }

  /** One is a guest from now on: under the name from before, or under what the server says. */
  async #leave(directory: RoomDirectory, name: string): Promise<void> {
    const { held, onLogout } = this.#options;
    const guest = this.#login?.guest;
    this.#login = undefined;
    directory.people?.called(name);
    held.called(name);
    onLogout();
    if (guest === undefined || guest === name) return;
    try {
      // A server that was started anew, or a connection that was lost: nobody there knows it.
      await directory.people?.rename(guest);
      held.called(guest);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }

  async #ended({ why, name }: ReturnType<typeof endedLogin>): Promise<void> {
    const { directory } = this.#options.link;
    const login = this.#login;
    if (directory === undefined || login === undefined) return;
    await this.#leave(directory, name);
    const now = { name: this.#options.held.name, slash: this.#slash };
    this.#options.tell(sentenceOfEnd(why, login.name, now));
  }

  #idle(seconds: number): void {
    this.#options.onIdle();
    this.#options.tell(
      `You have done nothing for long: in ${seconds} s you are logged off. Any command prevents it.`,
    );
  }

  /** Without it a command would be said to everybody. */
  get #slash(): string {
    return this.#options.inRoom() ? "/" : "";
  }

  #youAre(): string {
    return youAreGuest(this.#options.held.name);
  }

  #done(sentence: string): void {
    const { answers, held } = this.#options;
    answers.done(sentence, { name: held.name, account: this.#login !== undefined });
  }

  async #own(to: string, signal: AbortSignal): Promise<Asking> {
    const asking = await this.#session(to, signal);
    if (this.name !== undefined) return asking;
    throw new UserError(
      `Cannot ${to}: you are not logged in. "${this.#slash}login <name>" logs in.`,
    );
  }

  async #session(to: string, signal: AbortSignal): Promise<Asking> {
    return await accountSession(this.#options.link, to, signal);
  }
}
