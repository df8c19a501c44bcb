/**
 * A room as JSON, for a program: one object per line.
 *
 * @module
 */

import { escapeUnsafe } from "../text.ts";
import { type Presence, sentenceOfPresence } from "./presence_words.ts";
import type { RoomScreen, ScreenLine } from "./room_screen.ts";
import type { SeenLine } from "./seen_lines.ts";

/** What happened. */
export type JsonKind = "message" | "history" | "joined" | "left" | "renamed" | "status";

/** One line of the output. */
export interface JsonEvent {
  /** When: ISO 8601, UTC. */
  readonly time: string;
  /** The room. */
  readonly room: string;
  /** Who, if that is known; after a renaming the new name. */
  readonly name: string | null;
  /** What was said, without the name; or a sentence that tells what happened. */
  readonly text: string;
  /** What it is. */
  readonly kind: JsonKind;
}

/** Prints objects, see {@linkcode JsonEvent}. */
export class JsonScreen implements RoomScreen {
  /** A program wants what is said, not what was. */
  readonly wantedPast = 0;
  readonly #print: (text: string) => void;
  readonly #now: () => number;
  #room = "";

  /**
   * Makes it.
   *
   * @param print Prints a line.
   * @param now The time in milliseconds since 1970.
   */
  constructor(print: (text: string) => void, now: () => number) {
    this.#print = print;
    this.#now = now;
  }

  /**
   * A room was entered.
   *
   * @param room Its name.
   */
  entered(room: string): void {
    this.#room = room;
  }

  /** Does nothing. */
  left(): void {}

  /**
   * Prints what somebody said.
   *
   * @param line The line.
   */
  line(line: ScreenLine): void {
    // Programs tell people apart by other means than marks.
    this.#write("message", line.name, line.name === undefined ? line.raw : line.text, line.at);
  }

  /** Does nothing: a program knows what it says. */
  said(): void {}

  /**
   * Prints who came or went.
   *
   * @param event What happened.
   * @param warning What there is to take care of.
   */
  presence(event: Presence, warning: string | undefined): void {
    this.#write(event.kind, event.name, sentenceOfPresence(event), this.#now());
    if (warning !== undefined) this.status(warning);
  }

  /**
   * Prints what happened.
   *
   * @param text One sentence.
   */
  status(text: string): void {
    this.#write("status", undefined, text, this.#now());
  }

  /**
   * Prints what was said before.
   *
   * @param lines The lines.
   */
  past(lines: readonly SeenLine[]): void {
    for (const { name, text, at } of lines) this.#write("history", name, text, at);
  }

  #write(kind: JsonKind, name: string | undefined, text: string, at: number): void {
    const event: JsonEvent = {
      // Members tell of the past: any number.
      time: new Date(Number.isFinite(at) ? at : 0).toISOString(),
      room: this.#room,
      name: name ?? null,
      text,
      kind,
    };
    this.#print(escapeUnsafe(JSON.stringify(event)));
  }
}
