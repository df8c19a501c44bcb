/**
 * All that a client does with people, put together: who is on, its own account, messages.
 *
 * @module
 */

import { UserError } from "../../errors.ts";
import type { RpcHandlers } from "../../rpc/methods.ts";
import { sanitise } from "../../text.ts";
import type { AtServer } from "../at_server.ts";
import type { ClientOptions } from "../client_options.ts";
import type { Ignored } from "../ignored.ts";
import type { KeptPreferences } from "../kept_preferences.ts";
import { systemSchedule } from "../terminal_screen.ts";
import { plainMessages } from "./message_screen.ts";
import { OwnAccount } from "./own_account.ts";
import { Peers } from "./peers.ts";
import { PresenceNews } from "./presence_news.ts";
import { PrivateMail } from "./private_mail.ts";
import { listRecent } from "./recent_list.ts";

/** What {@linkcode ClientPeople} works with. */
export interface ClientPeopleOptions
  extends Pick<ClientOptions, "console" | "answers" | "messages" | "watch"> {
  /** The server one is at. */
  readonly server: AtServer;
  /** What can be set. */
  readonly preferences: KeptPreferences;
  /** Whose lines are hidden. */
  readonly ignored: Ignored;
  /** Whether one is in a room. */
  readonly isChatting: () => boolean;
  /** The names of the others in the room. */
  readonly members: () => readonly string[];
  /** Called when one has another account, or none. */
  readonly onChange: () => void;
}

/** The people of one client. Every method's errors are sentences for people. */
export class ClientPeople implements AsyncDisposable {
  /** The account one is logged in to. */
  readonly account: OwnAccount;
  /** Messages from person to person, and whom one blocks. */
  readonly mail: PrivateMail;
  /** What the server asks and tells. */
  readonly handlers: RpcHandlers;
  /** Other clients, directly. */
  readonly peers: Peers;
  readonly #options: ClientPeopleOptions;
  readonly #news: PresenceNews;

  /**
   * Begins as a guest.
   *
   * @param options What it works with.
   */
  constructor(options: ClientPeopleOptions) {
    this.#options = options;
    const { server, console, answers, isChatting, preferences, onChange, ignored } = options;
    const tell = (sentence: string): void => console.status(sentence);
    const screen = options.messages ?? plainMessages(console);
    this.mail = new PrivateMail({
      ...options,
      link: server.link,
      self: () => server.directory?.people?.name ?? "",
      // A script reads what comes when it comes.
      keeps: () => isChatting() && console.interactive,
      screen,
      onBlocked: (name) => this.peers.drop(name),
      readMore: () => this.peers.talk.lines.read(),
    });
    this.peers = new Peers({
      link: server.link,
      listens: options.watch !== false,
      isBlocked: (name) => ignored.blocks(name),
      onMessage: (message) => this.mail.take(message),
      screen,
      inRoom: isChatting,
      interactive: console.interactive,
      onSaid: () => server.whereabouts.active(),
    });
    this.mail.direct = this.peers.direct;
    this.account = new OwnAccount({
      link: server.link,
      held: server.held,
      answers,
      tell,
      inRoom: isChatting,
      onLogin: () => this.#loggedIn(),
      onLogout: () => {
        this.mail.blocked.loggedOut();
        this.peers.talk.logOff();
        onChange();
      },
      onIdle: () => server.whereabouts.urgent(),
    });
    this.#news = new PresenceNews({
      tell,
      // In a room one is not disturbed, and a script asks for what it wants to know.
      isWanted: () =>
        console.interactive && !isChatting() && this.account.name !== undefined &&
        preferences.now.presence,
      self: () => server.held.name,
      schedule: systemSchedule,
    });
    this.handlers = {
      ...this.mail.handlers,
      ...this.account.handlers,
      ...this.peers.talk.doer.handlers,
      "people.changed": (params) => this.#news.changed(params),
    };
  }

  /** A connection stands, or is gone. */
  connected(): void {
    // Who asks one question would take what is meant for the chat that the same person has open.
    if (this.#options.watch !== false) this.mail.ready();
    this.account.connected();
    this.peers.changed();
  }

  /**
   * Prints who is connected to the server.
   *
   * @param signal Gives up.
   * @param room Only those who are in the room of this name.
   */
  async who(signal: AbortSignal, room?: string): Promise<void> {
    const { server, answers } = this.#options;
    const directory = await server.link.use("list the people", signal);
    const { people, where } = directory;
    if (people === undefined) {
      throw new UserError(
        `Cannot list the people: the CRDS at ${where} speaks the lab protocol only, which knows nobody.`,
      );
    }
    if (room !== undefined && await directory.find(room, signal) === undefined) {
      const why = 'there is no room of that name. "getdir" lists them.';
      throw new UserError(`Cannot list the people in room "${sanitise(room)}": ${why}`);
    }
    answers.people(await people.list(signal), room);
  }

  /**
   * Prints who was on.
   *
   * @param duration How far back, as typed.
   * @param signal Gives up.
   */
  async since(duration: string, signal: AbortSignal): Promise<void> {
    const { server, answers, console } = this.#options;
    const tell = (sentence: string): void => console.status(sentence);
    await listRecent({ answers, tell, link: server.link }, duration, signal);
  }

  /** Something was typed: that counts as life where an account would be logged off without. */
  active(): void {
    if (this.account.name !== undefined) this.#options.server.whereabouts.active();
  }

  /** Tells no more of who comes and goes, ends private sessions, and shows what was kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#news[Symbol.dispose]();
    this.mail.left();
    await this.peers[Symbol.asyncDispose]();
  }

  /** What belongs to the account is asked for anew. */
  #loggedIn(): void {
    const { server, watch, onChange } = this.#options;
    onChange();
    if (watch === false) return;
    const calls = server.directory?.session?.calls;
    const work = [
      this.mail.ready(),
      this.mail.blocked.loggedIn(),
      calls?.ask("people.watch", {}, () => {}),
    ];
    Promise.all(work).catch((error) => {
      // The connection is lost; the next one comes here, too.
      if (!(error instanceof UserError)) throw error;
    });
  }
}
