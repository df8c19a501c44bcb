/**
 * The client's main loop: takes what is typed, one thing after the other, until the end.
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import { sanitise } from "../text.ts";
import type { Client } from "./client.ts";
import { type CommandContext, runLine } from "./commands.ts";
import type { Console, InputEvent } from "./terminal/console.ts";

/**
 * The loop, and whoever a command has to ask something. Commands run one after the other.
 */
export class InputLoop {
  readonly #console: Console;
  /** What was typed while a command ran. A person types it, so it is short. */
  readonly #backlog: InputEvent[] = [];
  #question: PromiseWithResolvers<string | undefined> | undefined;
  #prompt = "";
  #over = false;
  #warned = false;
  #failed = false;

  /**
   * Makes a loop.
   *
   * @param console Where input comes from.
   */
  constructor(console: Console) {
    this.#console = console;
  }

  /** Whether something that was asked for did not work. */
  get failed(): boolean {
    return this.#failed;
  }

  /**
   * Sets the prompt; while something is asked, the question stands in its place.
   *
   * @param text The prompt.
   */
  setPrompt(text: string): void {
    this.#prompt = text;
    if (this.#question === undefined) this.#console.setPrompt(text);
  }

  /**
   * Asks the person at the terminal something; the next line typed is the answer.
   *
   * @param question The prompt.
   * @returns The answer; undefined if it was called off, or nobody is there to be asked.
   */
  async ask(question: string): Promise<string | undefined> {
    if (!this.#console.interactive) return undefined;
    this.#console.setPrompt(question);
    this.#question = Promise.withResolvers();
    return await this.#question.promise;
  }

  /**
   * Runs until the input ends or somebody quits.
   *
   * @param client Carries things out; stays the caller's to dispose.
   * @param signal Ends it.
   * @param first What to do before anything is typed.
   */
  async run(client: Client, signal: AbortSignal, first?: string): Promise<void> {
    const events = this.#console.events(signal)[Symbol.asyncIterator]();
    let coming = events.next();
    if (first !== undefined) this.#backlog.push({ kind: "line", text: first });
    while (!this.#over && !signal.aborted) {
      let event = this.#backlog.shift();
      if (event === undefined) {
        const { done, value } = await coming;
        if (done) return;
        event = value;
        coming = events.next();
      }
      const command = new AbortController();
      const work = this.#handle(client, event, AbortSignal.any([signal, command.signal]));
      // A script's lines wait for each other; a person may interrupt what takes long.
      while (this.#console.interactive) {
        const typed = await Promise.race([work, coming]);
        if (typed === undefined || typed.done) break;
        coming = events.next();
        this.#meanwhile(typed.value, command);
      }
      this.#answer(undefined);
      await work;
      // The reader of a pipe sets the pace: without this, unread answers would pile up.
      if (!this.#console.interactive) await this.#console.flush();
    }
  }

  /** Something was typed while a command runs. */
  #meanwhile(event: InputEvent, command: AbortController): void {
    if (event.kind === "interrupt") command.abort();
    if (this.#question !== undefined) {
      this.#answer(event.kind === "line" ? event.text : undefined);
    } else if (event.kind !== "interrupt") this.#backlog.push(event);
  }

  #answer(text: string | undefined): void {
    if (this.#question === undefined) return;
    this.#question.resolve(text);
    this.#question = undefined;
    this.#console.setPrompt(this.#prompt);
  }

  async #handle(client: Client, event: InputEvent, signal: AbortSignal): Promise<void> {
    if (event.kind !== "interrupt") this.#warned = false;
    const context: CommandContext = {
      client,
      console: this.#console,
      ask: (question) => this.ask(question),
      quit: () => void (this.#over = true),
    };
    try {
      switch (event.kind) {
        case "line":
          return await runLine(event.text, context, signal);
        case "leave":
          return await client.leave();
        case "end":
          return await this.#end(client);
        case "interrupt":
          return this.#interrupt();
      }
    } catch (error) {
      this.#tell(error, signal);
    }
  }

  /** The end of a script's input ends everything; a person's Ctrl-D leaves one thing at a time. */
  async #end(client: Client): Promise<void> {
    if (this.#console.interactive && client.chatting) await client.leave();
    else this.#over = true;
  }

  #interrupt(): void {
    if (this.#warned) this.#over = true;
    else this.#console.status("Press Ctrl-C again to quit.");
    this.#warned = true;
  }

  #tell(error: unknown, signal: AbortSignal): void {
    this.#failed = true;
    if (signal.aborted) this.#console.status("Interrupted.");
    else if (error instanceof UserError) this.#console.status(error.message);
    // A fault of ours must not end a chat; it is told in a way that can be reported.
    else {
      this.#console.status(
        `Cannot do that: ${sanitise(reasonOf(error))} (a fault of crds-client).`,
      );
    }
  }
}
