/**
 * How what happens in a room gets to whoever reads: the port, and the one for scripts.
 *
 * @module
 */

import type { Presence } from "./presence_words.ts";
import type { SeenLine } from "./seen_lines.ts";
import type { Console } from "./terminal/console.ts";

/** A line to be shown. */
export interface ScreenLine extends SeenLine {
  /** What came, as one text: `Name: text`. */
  readonly raw: string;
}

/** Shows a room. What is handed over is sanitised. */
export interface RoomScreen {
  /** How many lines from before one came are wanted. */
  readonly wantedPast: number;
  /**
   * A room was entered.
   *
   * @param room Its name.
   * @param own The name one speaks under, at any time.
   */
  entered(room: string, own: () => string): void;
  /** The room was left. */
  left(): void;
  /**
   * Shows what somebody said.
   *
   * @param line The line.
   * @param back How many lines that were shown it stands before.
   */
  line(line: ScreenLine, back: number): void;
  /**
   * Shows what one said oneself, in place of how it was typed.
   *
   * @param lines The lines.
   */
  said(lines: readonly SeenLine[]): void;
  /**
   * Tells who came or went.
   *
   * @param event What happened.
   * @param warning What there is to take care of, one sentence.
   */
  presence(event: Presence, warning: string | undefined): void;
  /**
   * Tells what happened to the way or to a line: something is wrong, or was.
   *
   * @param text One sentence.
   */
  status(text: string): void;
  /**
   * Shows what was said before.
   *
   * @param lines The lines, the oldest first.
   * @param heading What stands above them.
   * @param border What stands below them.
   */
  past(lines: readonly SeenLine[], heading: string, border?: string): void;
}

/** Plain lines for a script: what is said on standard output, the rest on standard error. */
export class PipeScreen implements RoomScreen {
  /** A script wants what is said, not what was. */
  readonly wantedPast = 0;
  readonly #console: Pick<Console, "line" | "print" | "status">;

  /**
   * Makes it.
   *
   * @param console Where it prints to.
   */
  constructor(console: Pick<Console, "line" | "print" | "status">) {
    this.#console = console;
  }

  /** Does nothing. */
  entered(): void {}

  /** Does nothing. */
  left(): void {}

  /**
   * Prints what somebody said, as it came.
   *
   * @param line The line.
   * @param back How many lines it stands before.
   */
  line(line: ScreenLine, back: number): void {
    this.#console.line(line.raw, back);
  }

  /** Does nothing: a script knows what it says. */
  said(): void {}

  /** Does nothing: who is there is no message. */
  presence(): void {}

  /**
   * Tells something.
   *
   * @param text One sentence.
   */
  status(text: string): void {
    this.#console.status(text);
  }

  /**
   * Prints what was said before, an answer to somebody who asked.
   *
   * @param lines The lines.
   */
  past(lines: readonly SeenLine[]): void {
    const texts = lines.map(({ name, text }) => name === undefined ? text : `${name}: ${text}`);
    this.#console.print(texts.join("\n"));
  }
}
