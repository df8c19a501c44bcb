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
import type { Answers } from "../answers.ts";
import type { HeldName } from "../held_name.ts";
import type { RoomDirectory } from "../room_directory.ts";
import { type Ask, askSecret } from "../secrets.ts";
import type { ServerLink } from "../server_link.ts";
import type { SessionCalls, SessionMethods } from "../session_calls.ts";
import { isLost, secureCalls, takeName, understand, unlessAborted } from "./account_calls.ts";
import { endedLogin, idleSeconds, loginResult, logoutResult } from "./account_shapes.ts";
import { askNewPassword } from "./new_password.ts";

/** How long a password may take to be checked, in milliseconds: servers do that one by one. */
export const PASSWORD_PATIENCE = 60_000;

/** What an {@linkcode OwnAccount} works with. */
export interface OwnAccountOptions {
  /** The connection. */
  readonly link: Pick<ServerLink, "use" | "directory">;
  /** The name one has. */
  readonly held: Pick<HeldName, "name" | "called">;
  /** Where outcomes are told. */
  readonly answers: Pick<Answers, "done">;
  /** Tells the user something. */
  readonly tell: (sentence: string) => void;
  /** Whether one is in a room, where commands begin with a slash. */
  readonly inRoom: () => boolean;
  /** Called when one is logged in, at a connection that stands. */
  readonly onLogin: () => void;
  /** Called when one is a guest again. */
  readonly onLogout: () => void;
  /** Called when the server wants a sign of life soon. */
  readonly onIdle: () => void;
}

/** A login, at one server. */
interface OwnLogin {
  readonly where: string;
  /** The certificate of that server: the token is told to no other. */
  readonly fingerprint: string | undefined;
  /** The account's name. */
  readonly name: string;
  /** What lets this client, and nobody else, in again. It stays in memory. */
  readonly token: string;
  /** The name from before. */
  readonly guest: string;
}

type Asking = { readonly directory: RoomDirectory; readonly calls: SessionCalls };

/** What a password was asked for, and where it was to go then. */
type Asked = { readonly to: string; readonly before: Asking };

/** At most one account, at one server. All errors are sentences for people. */
export class OwnAccount {
  readonly #options: OwnAccountOptions;
  #login: OwnLogin | undefined;
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
    const { directory, calls } = await this.#sameServer({ to, before }, signal);
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
      const { token, fingerprint } = login;
      const calls = secureCalls(directory, "log in again");
      if (directory.session?.fingerprint !== fingerprint) {
        throw new UserError("Cannot log in again: the server has another certificate now.");
      }
      const { name } = await calls.ask("account.resume", { token }, loginResult, { signal });
      directory.people.called(name);
      this.#options.held.called(name);
    } catch (error) {
      if (!(error instanceof UserError) || isLost(error)) throw error;
      this.#login = undefined;
      this.#options.held.called(await takeName(directory.people, login.guest, signal));
      this.#options.tell(
        `${error.message} ${this.#youAre()} "${this.#command("login")} ${
          sanitise(login.name)
        }" logs in.`,
      );
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
    this.#login = undefined;
    this.#options.onLogout();
  }

  /** Asks for something that takes a password, and is logged in then. */
  async #prove<Method extends "account.register" | "account.login" | "account.passwd">(
    method: Method,
    params: SessionMethods[Method]["params"],
    asked: Asked,
    signal: AbortSignal,
  ): Promise<void> {
    const { directory, calls } = await this.#sameServer(asked, signal);
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
    const account = sanitise(login.name);
    const what = why === "idle"
      ? "You did nothing for long, so you were logged off."
      : `"${account}" has logged in elsewhere, so you are logged off here.`;
    await this.#leave(directory, name);
    this.#options.tell(
      `${what} ${this.#youAre()} "${this.#command("login")} ${account}" logs in again.`,
    );
  }

  #idle(seconds: number): void {
    this.#options.onIdle();
    this.#options.tell(
      `You have done nothing for long: in ${seconds} s you are logged off. Any command prevents it.`,
    );
  }

  /** Without the slash it would be said to everybody. */
  #command(name: string): string {
    return this.#options.inRoom() ? `/${name}` : name;
  }

  #youAre(): string {
    return `You are "${sanitise(this.#options.held.name)}" now, a guest.`;
  }

  #done(sentence: string): void {
    const { answers, held } = this.#options;
    answers.done(sentence, { name: held.name, account: this.#login !== undefined });
  }

  async #own(to: string, signal: AbortSignal): Promise<Asking> {
    const asking = await this.#session(to, signal);
    if (this.name !== undefined) return asking;
    throw new UserError(
      `Cannot ${to}: you are not logged in. "${this.#command("login")} <name>" logs in.`,
    );
  }

  /** While the user typed, the connection may have been lost, and got back from somebody else. */
  async #sameServer({ to, before }: Asked, signal: AbortSignal): Promise<Asking> {
    const asking = await this.#session(to, signal);
    const [now, then] = [asking, before].map(({ directory }) => directory.session?.fingerprint);
    if (now === then) return asking;
    throw new UserError(
      `Cannot ${to}: the server shows another certificate than when the password was asked for. ` +
        "Nothing was sent. Ask who runs it, then try again.",
    );
  }

  async #session(to: string, signal: AbortSignal): Promise<Asking> {
    const directory = await this.#options.link.use(to, signal);
    return { directory, calls: secureCalls(directory, to) };
  }
}
