/**
 * How lines look in a room, at a terminal. Pure: what was said and when in, text out.
 *
 * ```
 * 10:42 Mel: Good morning!           a line: the name in its colour, one's own name in it bright
 * 10:42 Mel (10.0.0.7): hi           somebody else of that name, see name_marks.ts
 * 10:43 * Mel waves                  an action
 * 10:44 ¤ Ann joined.                the program: dim, or not if something is wrong
 * ¤ --- Sunday, 22 November 2026     a new day
 * ```
 *
 * @module
 */

import { foldName } from "../../people/names.ts";
import { actionOf, type SaidLine } from "../said_line.ts";
import { clockTime, longDay } from "./clock_time.ts";
import { findMentions } from "./mentions.ts";
import { colorOfName } from "./name_colors.ts";
import type { Paint } from "./paint.ts";
import { SYSTEM_MARK, withoutMark } from "./system_mark.ts";

/** What can change while the program runs. */
export interface RoomStyleOptions {
  /** What paints. */
  readonly paint: () => Paint;
  /** Whether the time stands before each line. */
  readonly times: () => boolean;
}

/** A line, and what is known of it. */
export interface StyledLine extends SaidLine {
  /** What stands behind the name to tell who it is. */
  readonly mark?: string | undefined;
  /** When it was said, in milliseconds since 1970. */
  readonly at: number;
}

/** Writes what is shown in a room. */
export class RoomStyle {
  readonly #options: RoomStyleOptions;
  #day: string | undefined;

  /**
   * Makes it.
   *
   * @param options What can change.
   */
  constructor(options: RoomStyleOptions) {
    this.#options = options;
  }

  /**
   * Tells whether a day began since it was asked before.
   *
   * @param at Milliseconds since 1970.
   * @returns The rule to print first; nothing on the same day, and when it is asked for the first
   * time.
   */
  dayRule(at: number): string | undefined {
    const day = longDay(at);
    const before = this.#day;
    this.#day = day;
    return before === undefined || before === day ? undefined : this.rule(day);
  }

  /**
   * Writes a rule.
   *
   * @param text What it says.
   * @returns The line.
   */
  rule(text: string): string {
    return this.#options.paint().dim(`${SYSTEM_MARK} --- ${text}`);
  }

  /**
   * Writes what somebody said.
   *
   * @param line The line.
   * @param own The name one speaks under.
   * @returns The line, and whether it has one's own name.
   */
  line(line: StyledLine, own: string): { readonly text: string; readonly isMention: boolean } {
    const isOwn = line.name !== undefined && foldName(line.name) === foldName(own) &&
      line.mark === undefined;
    const mentions = isOwn ? [] : findMentions(line.text, own);
    return {
      text: this.#time(line.at) + this.#said(line, own, isOwn, mentions.length > 0),
      isMention: mentions.length > 0,
    };
  }

  /**
   * Writes what was said before: always with its time, and without a call for attention.
   *
   * @param lines The lines, the oldest first.
   * @param own The name one speaks under.
   * @param today The day on which they are shown, in milliseconds since 1970.
   * @returns The lines, with a rule wherever a day begins.
   */
  past(lines: readonly StyledLine[], own: string, today: number): string[] {
    const { dim } = this.#options.paint();
    let day = longDay(today);
    const rows: string[] = [];
    const turn = (next: string): void => {
      if (next !== day) rows.push(this.rule(next));
      day = next;
    };
    for (const line of lines) {
      turn(longDay(line.at));
      const isOwn = line.name !== undefined && foldName(line.name) === foldName(own);
      rows.push(`${dim(clockTime(line.at))} ${this.#said(line, own, isOwn, false)}`);
    }
    turn(longDay(today));
    return rows;
  }

  /**
   * Writes what the program itself says.
   *
   * @param text One or more lines.
   * @param at When, in milliseconds since 1970.
   * @param isUrgent Whether something is wrong: then it is not dim.
   * @returns The lines, each with the mark.
   */
  status(text: string, at: number, isUrgent = false): string {
    const paint = this.#options.paint();
    const time = this.#options.times() ? `${clockTime(at)} ` : "";
    return text.split("\n").map((row) => {
      const shown = withoutMark(row);
      return isUrgent
        ? paint.dim(`${time}${SYSTEM_MARK} `) + shown
        : paint.dim(`${time}${SYSTEM_MARK} ${shown}`);
    }).join("\n");
  }

  #time(at: number): string {
    const { paint, times } = this.#options;
    return times() ? `${paint().dim(clockTime(at))} ` : "";
  }

  #said(
    { name, mark, text }: SaidLine & { mark?: string | undefined },
    own: string,
    isOwn: boolean,
    highlight: boolean,
  ): string {
    const paint = this.#options.paint();
    const shown = (part: string): string =>
      highlight ? this.#highlight(withoutMark(part), own) : withoutMark(part);
    if (name === undefined) return shown(text);
    const bare = withoutMark(name);
    const who = (isOwn ? paint.bold(bare) : paint.color(bare, colorOfName(name))) +
      (mark === undefined ? "" : ` (${mark})`);
    const action = actionOf(text);
    return action === undefined ? `${who}: ${shown(text)}` : `* ${who} ${shown(action)}`;
  }

  #highlight(text: string, own: string): string {
    const { strong } = this.#options.paint();
    let done = "";
    let from = 0;
    for (const { start, end } of findMentions(text, own)) {
      done += text.slice(from, start) + strong(text.slice(start, end));
      from = end;
    }
    return done + text.slice(from);
  }
}
