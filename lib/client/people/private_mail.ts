/**
 * All that a client does with messages from person to person, put together.
 *
 * @module
 */

import { UserError } from "../../errors.ts";
import { MESSAGES_FEATURE } from "../../people/message_methods.ts";
import type { RpcHandlers } from "../../rpc/methods.ts";
import { RpcCode, RpcError } from "../../rpc/rpc_error.ts";
import type { Answers } from "../answers.ts";
import type { Ignored } from "../ignored.ts";
import type { ServerLink } from "../server_link.ts";
import { ShapeError } from "../server_shapes.ts";
import { BlockedPeople } from "./blocked_people.ts";
import { Incoming } from "./incoming.ts";
import { KnownPeople } from "./known_people.ts";
import { takenMessage } from "./message_shapes.ts";
import type { MessageScreen } from "./message_screen.ts";
import { Outgoing } from "./outgoing.ts";
import type { PrivateSender } from "./private_sender.ts";
import { parseAddressed } from "./recipients.ts";
import type { Ask } from "../secrets.ts";

/** What {@linkcode PrivateMail} works with. */
export interface PrivateMailOptions {
  /** The connection. */
  readonly link: Pick<ServerLink, "use" | "directory">;
  /** The name one has at the server. */
  readonly self: () => string;
  /** Whether a person is in a room, who is not to be disturbed. */
  readonly keeps: () => boolean;
  /** The names of the others in the room. */
  readonly members: () => readonly string[];
  /** Whose lines are hidden. */
  readonly ignored: Ignored;
  /** Where outcomes are told. */
  readonly answers: Pick<Answers, "done" | "step">;
  /** Shows messages. */
  readonly screen: MessageScreen;
  /**
   * Finds what stands behind the name of somebody who may be taken for another, safe to show.
   *
   * @default Nobody is marked.
   */
  readonly markOf?: (name: string) => string | undefined;
  /** Called when somebody was blocked. */
  readonly onBlocked?: (name: string) => void;
  /**
   * Shows what else was kept while one was in a room.
   *
   * @returns How many lines that were.
   */
  readonly readMore?: () => number;
}

/** The messages of one client. */
export class PrivateMail {
  /** Who is on. */
  readonly people: KnownPeople;
  /** Whom one blocks. */
  readonly blocked: BlockedPeople;
  /** The direct way to others, if there is one. */
  direct: PrivateSender | undefined;
  readonly #options: PrivateMailOptions;
  readonly #incoming: Incoming;
  readonly #outgoing: Outgoing;
  /** What the server asks. */
  readonly handlers: RpcHandlers = {
    "message.take": (params) => {
      try {
        this.take(params);
        return {};
      } catch (error) {
        if (!(error instanceof ShapeError)) throw error;
        throw new RpcError(RpcCode.invalidParams, `Cannot take ${error.message}.`);
      }
    },
  };

  /**
   * Makes it.
   *
   * @param options What it works with.
   */
  constructor(options: PrivateMailOptions) {
    this.#options = options;
    const { link, ignored, members } = options;
    this.people = new KnownPeople({ link, members, now: () => performance.now() });
    this.blocked = new BlockedPeople(options);
    this.#incoming = new Incoming({ ...options, isIgnored: (name) => ignored.has(name) });
    this.#outgoing = new Outgoing({ ...options, direct: () => this.direct });
  }

  /**
   * Takes a message, from the server or from its sender's client.
   *
   * @param message What came.
   * @throws {ShapeError} If it is no message.
   */
  take(message: unknown): void {
    this.#incoming.take(takenMessage(message));
  }

  /** A connection stands, or somebody logged in: messages may come. */
  async ready(): Promise<void> {
    const session = this.#options.link.directory?.session;
    if (!session?.features.has(MESSAGES_FEATURE)) return;
    try {
      await session.calls.ask("message.ready", {}, () => {});
    } catch (error) {
      // The connection is lost again; the next one comes here, too.
      if (!(error instanceof UserError)) throw error;
    }
  }

  /**
   * Sends a private message.
   *
   * @param typed The name and the text; what is missing is asked for.
   * @param ask Asks.
   * @param signal Gives up.
   */
  async send(typed: string, ask: Ask, signal: AbortSignal): Promise<void> {
    const known = await this.people.fresh("send a message", signal);
    const found = parseAddressed(typed, known);
    const to = found.to || await given(ask, "name");
    const text = found.text || await given(ask, "text");
    await this.#outgoing.send(to, text, signal);
  }

  /**
   * Tells everybody who is on.
   *
   * @param text What.
   * @param signal Gives up.
   */
  async broadcast(text: string, signal: AbortSignal): Promise<void> {
    await this.#outgoing.broadcast(text, signal);
  }

  /** Shows the messages that were kept, or says that there are none. */
  inbox(): void {
    const count = this.#incoming.read() + (this.#options.readMore?.() ?? 0);
    if (count > 0) return;
    this.#options.answers.done("There are no new messages.", []);
  }

  /** The room was left, or the program ends: what was kept is shown. */
  left(): void {
    this.#incoming.read();
  }
}

async function given(ask: Ask, what: "name" | "text"): Promise<string> {
  const answer = (what === "name" ? await ask("Name: ") : await ask("Text: ", { said: true }))
    ?.trim();
  if (answer) return answer;
  const usage = "msg <name> <text>";
  throw new UserError(`Cannot send a message: the ${what} is missing. Usage: ${usage}`);
}
