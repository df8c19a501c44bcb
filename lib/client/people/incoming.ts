/**
 * Messages that came: each shown once, and not in the middle of a room.
 *
 * @module
 */

import type { TakeParams } from "../../people/message_methods.ts";
import { foldName } from "../../people/names.ts";
import { sanitise } from "../../text.ts";
import { enumerate } from "../words.ts";
import type { MessageScreen } from "./message_screen.ts";

/** Messages whose ids are remembered: whoever sends one again does so within minutes. */
export const MAX_REMEMBERED = 10_000;

/** Messages that are kept while one is in a room, 2 MB of text: further ones are shown at once. */
export const MAX_KEPT = 1_000;

/** Names in a sentence about senders. */
const MAX_NAMES = 3;

/** What {@linkcode Incoming} works with. */
export interface IncomingOptions {
  /** Shows messages. */
  readonly screen: Pick<MessageScreen, "message" | "status">;
  /** Whether messages are to be kept for now: a person is in a room. */
  readonly keeps: () => boolean;
  /** Whether somebody is not to be heard. */
  readonly isIgnored: (name: string) => boolean;
  /**
   * Finds what stands behind the name of somebody who may be taken for another, safe to show.
   *
   * @default Nobody is marked.
   */
  readonly markOf?: (name: string) => string | undefined;
}

/** What came from others, whichever way. */
export class Incoming {
  readonly #options: IncomingOptions;
  /** By sender and id, the oldest first. */
  readonly #taken = new Set<string>();
  #kept: TakeParams[] = [];
  /** Whose messages were told of since somebody read. */
  readonly #told = new Set<string>();

  /**
   * Begins without any message.
   *
   * @param options What it works with.
   */
  constructor(options: IncomingOptions) {
    this.#options = options;
  }

  /** How many messages wait to be read. */
  get waiting(): number {
    return this.#kept.length;
  }

  /**
   * Takes a message; one that was taken already is dropped.
   *
   * @param message The message.
   */
  take(message: TakeParams): void {
    const key = `${message.id} ${foldName(message.from)}`;
    if (this.#taken.has(key)) return;
    this.#taken.add(key);
    if (this.#taken.size > MAX_REMEMBERED) this.#forgetOne();
    const { screen, keeps, isIgnored } = this.#options;
    if (isIgnored(message.from)) return;
    if (!keeps() || this.#kept.length >= MAX_KEPT) return screen.message(message);
    this.#kept.push(message);
    this.#tell(message.from);
  }

  /**
   * Shows what was kept.
   *
   * @returns How many messages that were.
   */
  read(): number {
    const kept = this.#kept;
    this.#kept = [];
    this.#told.clear();
    for (const message of kept) this.#options.screen.message(message);
    return kept.length;
  }

  /** One line for each sender, until somebody reads: more would be in the way. */
  #tell(from: string): void {
    const sender = foldName(from);
    if (this.#told.has(sender)) return;
    this.#told.add(sender);
    const senders = new Map(
      this.#kept.map((each) => [foldName(each.from), this.#shown(each.from)]),
    );
    const what = this.#kept.every(({ kind }) => kind === "private") ? "private message" : "message";
    const many = this.#kept.length === 1 ? `1 ${what}` : `${this.#kept.length} ${what}s`;
    this.#options.screen.status(
      `${many} from ${enumerate([...senders.values()], MAX_NAMES)}: /inbox`,
    );
  }

  #shown(name: string): string {
    const mark = this.#options.markOf?.(name);
    return sanitise(name) + (mark === undefined ? "" : ` (${mark})`);
  }

  #forgetOne(): void {
    for (const oldest of this.#taken) {
      this.#taken.delete(oldest);
      return;
    }
  }
}
