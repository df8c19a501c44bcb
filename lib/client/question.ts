/**
 * A question to the person at the terminal, and what is an answer to it.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { sanitise } from "../text.ts";
import type { CommandTable } from "./command_table.ts";
import type { InputEvent, PromptOptions } from "./terminal/console.ts";

/** What may be told of a question. */
export interface AskOptions extends PromptOptions {
  /**
   * Whether the answer is something that is said: then only what begins with a slash in a room is a
   * command.
   *
   * @default {false}
   */
  readonly said?: boolean;
}

/** The commands that can be typed instead of an answer. */
type Commands = Pick<CommandTable<never>, "isCommand" | "parse" | "prefix">;

/** Something that was asked and not answered yet. */
export class Question {
  /** The answer; undefined if it was called off. Fails if a command was given instead. */
  readonly answer: Promise<string | undefined>;
  readonly #settle: PromiseWithResolvers<string | undefined> = Promise.withResolvers();
  readonly #commands: Commands;
  readonly #line: string;
  readonly #options: AskOptions;

  /**
   * Begins to wait.
   *
   * @param commands What can be typed instead.
   * @param line The command that asks.
   * @param options What is told of it.
   */
  constructor(commands: Commands, line: string, options: AskOptions) {
    this.answer = this.#settle.promise;
    this.#commands = commands;
    this.#line = line.trim();
    this.#options = options;
  }

  /**
   * Takes what was done at the keyboard, if that was for this question.
   *
   * @param event What was done.
   * @returns `answered`; `earlier` if it is of before, and to be done in its turn; `instead` if it is a
   *   command that was given instead of an answer, and to be done next.
   */
  take(event: InputEvent): "answered" | "earlier" | "instead" {
    // Nobody confirms a paste to answer with it.
    if (event.kind === "pasted") return "earlier";
    if (event.kind === "line") return this.#takeLine(event.text, event.secret ?? false);
    this.callOff();
    return "answered";
  }

  /** Calls it off. */
  callOff(): void {
    this.#settle.resolve(undefined);
  }

  #takeLine(text: string, secret: boolean): ReturnType<Question["take"]> {
    // What was typed for another question, or stands on the screen already, is no answer.
    if (secret !== (this.#options.secret ?? false)) return "earlier";
    // A secret may look like anything.
    if (!secret && this.#isCommand(text)) {
      this.#settle.reject(new UserError(this.#givenUp(text.trim())));
      return "instead";
    }
    this.#settle.resolve(text);
    return "answered";
  }

  #isCommand(text: string): boolean {
    if (this.#options.said && this.#commands.prefix === "") return false;
    return this.#commands.isCommand(text);
  }

  #givenUp(text: string): string {
    const line = sanitise(this.#line);
    const answer = sanitise(text);
    const gaveUp = `Gave up "${line}", since "${answer}" is a command.`;
    const isOneWord = this.#commands.prefix === "" && !/\s/.test(text);
    return isOneWord && this.#isMissing() ? `${gaveUp} If not, type: ${line} ${answer}` : gaveUp;
  }

  /** Whether what is asked for could have been typed behind the command. */
  #isMissing(): boolean {
    return (this.#commands.parse(this.#line)?.missing.length ?? 0) > 0;
  }
}
