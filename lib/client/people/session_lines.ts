/**
 * Lines of private sessions: shown at once, unless a person is in a room and talks there.
 *
 * @module
 */

import { foldName } from "../../people/names.ts";
import { sanitise } from "../../text.ts";
import type { MessageScreen, ShownMessage } from "./message_screen.ts";

/** Lines that are kept: further ones are shown at once. */
export const MAX_KEPT_LINES = 1_000;

/** What {@linkcode SessionLines} work with. */
export interface SessionLinesOptions {
  /** Shows lines. */
  readonly screen: MessageScreen;
  /** Whether a person is in a room. */
  readonly inRoom: () => boolean;
}

/**
 * Between private sessions and the screen. In a room, a session is shown at once when one has said
 * something in it there, or began it there: then it is what one is talking in. Lines of others are kept,
 * with one discreet line: whoever looks at the screen of somebody in a room may be anybody.
 */
export class SessionLines {
  readonly #options: SessionLinesOptions;
  /** The folded names of those whom one is talking to. */
  readonly #live = new Set<string>();
  #kept: ShownMessage[] = [];

  /**
   * Begins without any line.
   *
   * @param options What it works with.
   */
  constructor(options: SessionLinesOptions) {
    this.#options = options;
  }

  /**
   * Takes a line.
   *
   * @param message The line.
   */
  line(message: ShownMessage): void {
    const { screen, inRoom } = this.#options;
    const key = foldName(message.from);
    const isKept = inRoom() && !this.#live.has(key) && this.#kept.length < MAX_KEPT_LINES;
    if (!isKept) return screen.message(message);
    const isFirst = !this.#kept.some(({ from }) => foldName(from) === key);
    this.#kept.push(message);
    if (!isFirst) return;
    const name = sanitise(message.from);
    screen.status(
      `${name} says something in your private session: /inbox shows it, and "/private ${name} <text>" answers.`,
    );
  }

  /**
   * One is talking to somebody: what they said is shown, and what they say from now on.
   *
   * @param name Who.
   */
  talking(name: string): void {
    const key = foldName(name);
    this.#live.add(key);
    this.#show(({ from }) => foldName(from) === key);
  }

  /** A room was entered, or left: there one has said nothing yet. */
  moved(): void {
    this.#live.clear();
    if (!this.#options.inRoom()) this.read();
  }

  /**
   * Shows what was kept.
   *
   * @returns How many lines that were.
   */
  read(): number {
    return this.#show(() => true);
  }

  #show(which: (message: ShownMessage) => boolean): number {
    const shown = this.#kept.filter(which);
    this.#kept = this.#kept.filter((message) => !which(message));
    for (const message of shown) this.#options.screen.message(message);
    return shown.length;
  }
}
