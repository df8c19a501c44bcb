/**
 * A terminal whose status lines cannot be taken for what somebody says.
 *
 * @module
 */

import type { RoomStyle } from "./style/room_style.ts";
import type { Console, InputEvent, PromptOptions } from "./terminal/console.ts";

/** What a {@linkcode StyledConsole} works with. */
export interface StyledConsoleOptions {
  /** How lines look. */
  readonly style: RoomStyle;
  /** Whether lines of others are shown; where nobody speaks, nobody can imitate. */
  readonly inRoom: () => boolean;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
}

/** What a sentence about something that went wrong begins with, in all of this program. */
const URGENT = /^(Cannot|Take care)\b/;

/** Marks the status lines of another console while one is in a room; the rest it hands on. */
export class StyledConsole implements Console {
  readonly #console: Console;
  readonly #options: StyledConsoleOptions;

  /**
   * Wraps a console.
   *
   * @param console The console; it is disposed of with this one.
   * @param options See there.
   */
  constructor(console: Console, options: StyledConsoleOptions) {
    this.#console = console;
    this.#options = options;
  }

  /** See {@linkcode Console.interactive}. */
  get interactive(): boolean {
    return this.#console.interactive;
  }

  /** See {@linkcode Console.outputLost}. */
  get outputLost(): boolean {
    return this.#console.outputLost;
  }

  /**
   * See {@linkcode Console.events}.
   *
   * @param signal Ends the iteration.
   * @returns The events.
   */
  events(signal?: AbortSignal): AsyncIterable<InputEvent> {
    return this.#console.events(signal);
  }

  /**
   * See {@linkcode Console.setPrompt}.
   *
   * @param text The prompt.
   * @param options See there.
   */
  setPrompt(text: string, options?: PromptOptions): void {
    this.#console.setPrompt(text, options);
  }

  /**
   * See {@linkcode Console.print}.
   *
   * @param text The lines.
   */
  print(text: string): void {
    this.#console.print(text);
  }

  /**
   * See {@linkcode Console.line}.
   *
   * @param text The message.
   * @param back How many messages belong behind it.
   */
  line(text: string, back: number): void {
    this.#console.line(text, back);
  }

  /**
   * Prints status, in a room with the mark, see {@linkcode Console.status}.
   *
   * @param text The lines.
   */
  status(text: string): void {
    const { style, inRoom, now } = this.#options;
    this.#console.status(inRoom() ? style.status(text, now(), URGENT.test(text)) : text);
  }

  /**
   * See {@linkcode Console.giveBack}.
   *
   * @param text A line, or the lines of a paste.
   */
  giveBack(text: string): void {
    this.#console.giveBack(text);
  }

  /**
   * See {@linkcode Console.working}.
   *
   * @param on Whether a command runs.
   */
  working(on: boolean): void {
    this.#console.working(on);
  }

  /**
   * See {@linkcode Console.flush}.
   *
   * @returns Resolves when nothing is pending.
   */
  flush(): Promise<void> {
    return this.#console.flush();
  }

  /** Disposes of the console. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#console[Symbol.asyncDispose]();
  }
}
