/**
 * A room at a terminal.
 *
 * @module
 */

import { DEFAULT_PREFERENCES, type Preferences } from "./preferences.ts";
import type { Presence } from "./presence_words.ts";
import { RoomNotices } from "./room_notices.ts";
import type { RoomScreen, ScreenLine } from "./room_screen.ts";
import type { SeenLine } from "./seen_lines.ts";
import { Bell } from "./style/bell.ts";
import { PLAIN } from "./style/paint.ts";
import { RoomStyle } from "./style/room_style.ts";
import type { Console } from "./terminal/console.ts";

/** What a {@linkcode TerminalScreen} works with. */
export interface TerminalScreenOptions {
  /** Where it prints to. */
  readonly console: Pick<Console, "line" | "print" | "status">;
  /** How lines look. */
  readonly style: RoomStyle;
  /** The settings at any time. */
  readonly preferences: () => Preferences;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
  /** Calls a function later; returns what calls it off. */
  readonly schedule: (fn: () => void, ms: number) => () => void;
}

/**
 * Makes a screen without colour, times or settings.
 *
 * @param console Where it prints to.
 * @returns The screen.
 */
export function plainScreen(console: TerminalScreenOptions["console"]): TerminalScreen {
  return new TerminalScreen({
    console,
    style: new RoomStyle({ paint: () => PLAIN, times: () => false }),
    preferences: () => DEFAULT_PREFERENCES,
    now: Date.now,
    schedule: systemSchedule,
  });
}

/**
 * Calls a function later, by the system's clock.
 *
 * @param fn The function.
 * @param ms When, in milliseconds.
 * @returns Calls it off.
 */
export function systemSchedule(fn: () => void, ms: number): () => void {
  const timer = setTimeout(fn, ms);
  return () => clearTimeout(timer);
}

/** Shows a room to a person. */
export class TerminalScreen implements RoomScreen {
  readonly #options: TerminalScreenOptions;
  readonly #bell = new Bell();
  #notices: RoomNotices | undefined;
  #own = (): string => "";

  /**
   * Makes it.
   *
   * @param options What it works with.
   */
  constructor(options: TerminalScreenOptions) {
    this.#options = options;
  }

  /** As it is set. */
  get wantedPast(): number {
    return this.#options.preferences().historyLines;
  }

  /**
   * A room was entered: who is there is told soon.
   *
   * @param _room Its name.
   * @param own The name one speaks under, at any time.
   */
  entered(_room: string, own: () => string): void {
    const { schedule, style, now } = this.#options;
    this.#own = own;
    style.dayRule(now());
    this.#notices = new RoomNotices({
      // Set off while they are collected, they are not told.
      tell: (sentence) => this.#options.preferences().joins && this.#tell(sentence, false),
      schedule,
    });
  }

  /** The room was left: no more is told of who comes and goes. */
  left(): void {
    this.#notices?.[Symbol.dispose]();
    this.#notices = undefined;
  }

  /**
   * Shows what somebody said.
   *
   * @param line The line.
   * @param back How many lines it stands before.
   */
  line(line: ScreenLine, back: number): void {
    const { console, style, preferences, now } = this.#options;
    this.#turnDay();
    const { text, isMention } = style.line(line, this.#own());
    console.line(this.#bell.ring(preferences().bell, isMention, now()) + text, back);
  }

  /**
   * Shows what one said oneself, as others see it.
   *
   * @param lines The lines.
   */
  said(lines: readonly SeenLine[]): void {
    const { console, style } = this.#options;
    this.#turnDay();
    console.print(lines.map((line) => style.line(line, this.#own()).text).join("\n"));
  }

  /**
   * Tells who came or went, with all others of the same moment.
   *
   * @param event What happened.
   * @param warning What there is to take care of.
   */
  presence(event: Presence, warning: string | undefined): void {
    this.#notices?.add(event);
    if (warning !== undefined) this.#tell(warning, true);
  }

  /**
   * Tells that something is wrong, or was.
   *
   * @param text One sentence.
   */
  status(text: string): void {
    this.#tell(text, true);
  }

  /**
   * Shows what was said before.
   *
   * @param lines The lines.
   * @param heading What stands above them.
   * @param border What stands below them.
   */
  past(lines: readonly SeenLine[], heading: string, border?: string): void {
    const { console, style, now } = this.#options;
    const rows = style.past(lines, this.#own(), now());
    const below = border === undefined ? [] : [style.rule(border)];
    console.status([style.rule(heading), ...rows, ...below].join("\n"));
  }

  #tell(text: string, isUrgent: boolean): void {
    const { console, style, now } = this.#options;
    this.#turnDay();
    console.status(style.status(text, now(), isUrgent));
  }

  #turnDay(): void {
    const { console, style, now } = this.#options;
    const rule = style.dayRule(now());
    if (rule !== undefined) console.status(rule);
  }
}
