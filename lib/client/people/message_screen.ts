/**
 * How messages from one person to another, or to everybody, get to whoever reads.
 *
 * @module
 */

import type { TakeParams } from "../../people/message_methods.ts";
import type { PrivateNews } from "../../people/private_news.ts";
import { escapeUnsafe, sanitise } from "../../text.ts";
import { clockTime, dayTime } from "../style/clock_time.ts";
import { colorOfName } from "../style/name_colors.ts";
import { type Paint, PLAIN } from "../style/paint.ts";
import { SYSTEM_MARK, withoutMark } from "../style/system_mark.ts";
import type { Console } from "../terminal/console.ts";

/** A message as it is shown: to one person, to everybody, or in a private session. */
export interface ShownMessage extends Pick<TakeParams, "from" | "account" | "text" | "at"> {
  /** Where it was said. */
  readonly kind: TakeParams["kind"] | "session";
  /** What tells its sender from somebody whose name looks the same, safe to show. */
  readonly mark?: string | undefined;
}

/** Shows messages. */
export interface MessageScreen {
  /**
   * Shows what somebody said.
   *
   * @param message The message, as it came.
   */
  message(message: ShownMessage): void;
  /**
   * Tells what becomes of a private session.
   *
   * @param news What.
   * @param text The same in a sentence, sanitised.
   */
  session(news: PrivateNews, text: string): void;
  /**
   * Tells about messages.
   *
   * @param text One sentence, sanitised.
   */
  status(text: string): void;
}

const NOTES: Readonly<Record<ShownMessage["kind"], string>> = {
  private: "private",
  broadcast: "to everybody",
  session: "private session",
};

/**
 * Says to whom a message is, whether anybody could have had the sender's name, and whom it looks like.
 *
 * @param message The message.
 * @returns What stands behind the name: `private`, `to everybody, guest`.
 */
export function noteOf(
  { kind, account, mark }: Pick<ShownMessage, "kind" | "account" | "mark">,
): string {
  return NOTES[kind] + (account ? "" : ", guest") + (mark === undefined ? "" : `, ${mark}`);
}

/** What a {@linkcode TerminalMessages} works with. */
export interface TerminalMessagesOptions {
  /** Where it prints to; it must not add marks of its own. */
  readonly console: Pick<Console, "print">;
  /** What paints, at any time. */
  readonly paint: () => Paint;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Shows messages to a person. The program's mark stands before each, which no text of others can
 * hold: so nobody in a room can say something that looks like a private message.
 */
export class TerminalMessages implements MessageScreen {
  readonly #options: TerminalMessagesOptions;

  /**
   * Makes it.
   *
   * @param options What it works with.
   */
  constructor(options: TerminalMessagesOptions) {
    this.#options = options;
  }

  /**
   * Shows what somebody said, with its time.
   *
   * @param message The message.
   */
  message(message: ShownMessage): void {
    const { console, paint, now } = this.#options;
    const { dim, color } = paint();
    const { from, text, at } = message;
    const name = color(withoutMark(sanitise(from)), colorOfName(from));
    const shown = withoutMark(sanitise(text));
    const when = dayTime(at, now());
    console.print(`${dim(`${when} ${SYSTEM_MARK}`)} ${name} (${noteOf(message)}): ${shown}`);
  }

  /**
   * Tells what becomes of a private session: a question is not to be overlooked.
   *
   * @param news What.
   * @param text The same in a sentence.
   */
  session(news: PrivateNews, text: string): void {
    if (news.kind !== "asked") return this.status(text);
    const { console, paint, now } = this.#options;
    const when = paint().dim(`${clockTime(now())} ${SYSTEM_MARK}`);
    console.print(`${when} ${paint().bold(withoutMark(text))}`);
  }

  /**
   * Tells something, with the mark.
   *
   * @param text One sentence.
   */
  status(text: string): void {
    const { console, paint, now } = this.#options;
    const when = clockTime(now());
    console.print(paint().dim(`${when} ${SYSTEM_MARK} ${withoutMark(text)}`));
  }
}

/** Prints messages to a script: `Ann (private): text`. */
export class PipeMessages implements MessageScreen {
  readonly #console: Pick<Console, "print" | "status">;

  /**
   * Makes it.
   *
   * @param console Where it prints to.
   */
  constructor(console: Pick<Console, "print" | "status">) {
    this.#console = console;
  }

  /**
   * Prints what somebody said.
   *
   * @param message The message.
   */
  message(message: ShownMessage): void {
    const { from, text } = message;
    this.#console.print(`${sanitise(from)} (${noteOf(message)}): ${sanitise(text)}`);
  }

  /**
   * Tells what becomes of a private session, to standard error.
   *
   * @param _news What.
   * @param text The same in a sentence.
   */
  session(_news: PrivateNews, text: string): void {
    this.#console.status(text);
  }

  /**
   * Tells something.
   *
   * @param text One sentence.
   */
  status(text: string): void {
    this.#console.status(text);
  }
}

/** One message for a program. */
export interface JsonMessage {
  /** When it was said: ISO 8601, UTC. */
  readonly time: string;
  /** It is said in no room. */
  readonly room: null;
  /** Who. */
  readonly name: string;
  /** Whether the sender is logged in: then nobody else has the name. */
  readonly account: boolean;
  /** What was said. */
  readonly text: string;
  /** To whom. */
  readonly kind: ShownMessage["kind"];
}

/** One thing that became of a private session, for a program. */
export interface JsonSessionNews {
  /** When: ISO 8601, UTC. */
  readonly time: string;
  /** It is in no room. */
  readonly room: null;
  /** With whom. */
  readonly name: string;
  /** Whether that is the name of an account; null while it is not known. */
  readonly account: boolean | null;
  /** A sentence that tells it. */
  readonly text: string;
  /** What. */
  readonly kind: `session-${PrivateNews["kind"]}`;
}

/** Prints messages to a program, see {@linkcode JsonMessage}. */
export class JsonMessages implements MessageScreen {
  readonly #console: Pick<Console, "print" | "status">;

  /**
   * Makes it.
   *
   * @param console Where it prints to.
   */
  constructor(console: Pick<Console, "print" | "status">) {
    this.#console = console;
  }

  /**
   * Prints what somebody said.
   *
   * @param message The message.
   */
  message({ at, from: name, account, text, kind }: ShownMessage): void {
    const date = new Date(at);
    const time = (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString();
    const shown: JsonMessage = { time, room: null, name, account, text, kind };
    this.#console.print(escapeUnsafe(JSON.stringify(shown)));
  }

  /**
   * Prints what becomes of a private session, see {@linkcode JsonSessionNews}.
   *
   * @param news What.
   * @param text The same in a sentence.
   */
  session({ kind, partner }: PrivateNews, text: string): void {
    const { name, account = null } = partner;
    const time = new Date().toISOString();
    const shown: JsonSessionNews = {
      time,
      room: null,
      name,
      account,
      text,
      kind: `session-${kind}`,
    };
    this.#console.print(escapeUnsafe(JSON.stringify(shown)));
  }

  /**
   * Tells something, to standard error.
   *
   * @param text One sentence.
   */
  status(text: string): void {
    this.#console.status(text);
  }
}

/**
 * Makes a screen without colour.
 *
 * @param console Where it prints to.
 * @returns The screen, for a person or for a script.
 */
export function plainMessages(
  console: Pick<Console, "interactive" | "print" | "status">,
): MessageScreen {
  if (!console.interactive) return new PipeMessages(console);
  return new TerminalMessages({ console, paint: () => PLAIN, now: Date.now });
}
