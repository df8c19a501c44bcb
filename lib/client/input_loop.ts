/**
 * The client's main loop: takes what is typed, one thing after the other, until the end.
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import { sanitise } from "../text.ts";
import type { Client } from "./client.ts";
import { type CommandContext, mainTable, roomTable, runLine } from "./commands.ts";
import { Pastes } from "./pastes.ts";
import { type AskOptions, Question } from "./question.ts";
import { SkippedLines } from "./skipped_lines.ts";
import type { Console, InputEvent } from "./terminal/console.ts";
import { TypedLine } from "./typed_line.ts";

/** What may be typed ahead of a command that runs: a person never gets there, a paste may. */
export const MAX_BACKLOG = 10_000;

/**
 * The loop, and whoever a command has to ask something. Commands run one after the other.
 */
export class InputLoop {
  readonly #console: Console;
  readonly #onGiven: () => void;
  /** What was typed while a command ran. */
  readonly #backlog: InputEvent[] = [];
  readonly #pastes = new Pastes();
  readonly #skipped = new SkippedLines();
  #lost = 0;
  /** How many secrets of a script's command are still to come. */
  #secrets = 0;
  #question: Question | undefined;
  /** What is carried out, and the commands that it is one of. */
  #running = { line: "", table: mainTable };
  /** The next thing that comes of a script, while one of its lines runs. */
  #next: (() => Promise<InputEvent | undefined>) | undefined;
  #prompt = "";
  #inputOver = false;
  #over = false;
  #warned = false;
  #failed = false;
  #interrupted = false;

  /**
   * Makes a loop.
   *
   * @param console Where input comes from.
   * @param onGiven Called with each line that is given, whatever it is.
   */
  constructor(console: Console, onGiven: () => void = () => {}) {
    this.#console = console;
    this.#onGiven = onGiven;
  }

  /** Whether something that was asked for did not work. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Whether the next line is the answer to a question. */
  get asking(): boolean {
    return this.#question !== undefined;
  }

  /** Whether Ctrl-C ended it. */
  get interrupted(): boolean {
    return this.#interrupted;
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
   * Asks the person at the terminal something; the next line typed is the answer, or a command that
   * is carried out instead. A script is asked for secrets only: its next line is the answer.
   *
   * @param question The prompt.
   * @param options See there.
   * @returns The answer; undefined if it was called off, or nobody is there to be asked.
   * @throws {UserError} If a command was given instead.
   */
  async ask(question: string, options: AskOptions = {}): Promise<string | undefined> {
    const { secret = false } = options;
    if (this.#inputOver) return undefined;
    if (!this.#console.interactive) return secret ? await this.#nextSecret() : undefined;
    this.#console.setPrompt(question, { secret });
    this.#console.working(false);
    const { line, table } = this.#running;
    this.#question = new Question(table, line, options);
    return await this.#question.answer;
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
      this.#next = async () => {
        const { done, value } = await coming;
        if (done) return undefined;
        coming = events.next();
        return value;
      };
      const command = new AbortController();
      this.#console.working(true);
      const work = this.#handle(client, event, AbortSignal.any([signal, command.signal]));
      // A script's lines wait for each other; a person may interrupt what takes long.
      while (this.#console.interactive) {
        const typed = await Promise.race([work, coming]);
        if (typed === undefined) break;
        if (typed.done) {
          this.#inputOver = true;
          break;
        }
        coming = events.next();
        this.#meanwhile(typed.value, command);
      }
      this.#asked();
      await work;
      this.#tellLost();
      if (!this.#over) this.#console.working(false);
      // The reader of a pipe sets the pace: without this, unread answers would pile up.
      if (!this.#console.interactive) await this.#console.flush();
    }
  }

  /** Something was typed while a command runs. */
  #meanwhile(event: InputEvent, command: AbortController): void {
    if (event.kind === "interrupt") command.abort();
    if (this.#isTaken(event)) return;
    if (event.kind === "interrupt") return;
    if (this.#backlog.length < MAX_BACKLOG || event.kind === "end") this.#backlog.push(event);
    else this.#lost++;
  }

  /** Whether it was for the question that is asked. */
  #isTaken(event: InputEvent): boolean {
    const taken = this.#question?.take(event) ?? "earlier";
    if (taken === "earlier") return false;
    if (taken === "instead") this.#backlog.unshift(event);
    else if (event.kind === "line" && event.echo !== undefined) this.#console.print(event.echo);
    this.#asked();
    return true;
  }

  /** The next secret of a script. */
  async #nextSecret(): Promise<string | undefined> {
    this.#secrets--;
    return await this.#nextLine();
  }

  /** The next line of a script. What is no line is done later, in its turn. */
  async #nextLine(): Promise<string | undefined> {
    const event = await this.#next?.();
    if (event?.kind === "line") return event.text;
    if (event !== undefined) this.#backlog.push(event);
    return undefined;
  }

  /** The question is no more. */
  #asked(): void {
    if (this.#question === undefined) return;
    this.#question.callOff();
    this.#question = undefined;
    this.#console.working(true);
    this.#console.setPrompt(this.#prompt);
  }

  async #handle(client: Client, event: InputEvent, signal: AbortSignal): Promise<void> {
    if (event.kind !== "interrupt") this.#warned = false;
    // The answer to a question that was called off meanwhile is no command, and is not shown.
    if (event.kind === "line" && event.secret) return;
    if (this.#skips(event)) return;
    const table = client.chatting ? roomTable : mainTable;
    const line = event.kind === "line" ? event.text : "";
    this.#running = { line, table };
    this.#secrets = table.secretsOf(line);
    try {
      switch (event.kind) {
        case "line":
        case "pasted":
          return await this.#given(client, event, signal);
        case "dropped":
          return void (this.#failed = true);
        case "leave":
          return await client.leave();
        case "end":
          return await this.#end(client);
        case "interrupt":
          return this.#interrupt();
      }
    } catch (error) {
      this.#tell(error, signal);
      // What a script says next is meant for the room, and is no command.
      if (!this.#console.interactive && !client.chatting) this.#skipped.failed(event);
      // Nor are the secrets that it was not asked for any more: they would be shown.
      while (!this.#console.interactive && this.#secrets > 0) await this.#nextSecret();
    }
  }

  /** Does what a line asks for, or says it; whatever becomes of it, it is on the screen then. */
  async #given(
    client: Client,
    event: InputEvent & { kind: "line" | "pasted" },
    signal: AbortSignal,
  ): Promise<void> {
    this.#onGiven();
    const console = this.#console;
    const typed = new TypedLine(event, { client, console });
    try {
      if (event.kind === "line") return await this.#line({ client, typed }, event, signal);
      if (client.chatting) return await typed.say(event.text);
      throw new UserError("Cannot say what was pasted: you have left the room.");
    } catch (error) {
      typed.show();
      throw error;
    }
  }

  async #line(
    { client, typed }: Pick<CommandContext, "client" | "typed">,
    event: InputEvent & { kind: "line" },
    signal: AbortSignal,
  ): Promise<void> {
    const context: CommandContext = {
      client,
      typed,
      console: this.#console,
      ask: (question, options) => this.ask(question, options),
      quit: () => void (this.#over = true),
    };
    switch (this.#pastes.judge(event.paste, client.chatting)) {
      case "run":
        return await runLine(event.text, context, signal);
      case "say":
        return await typed.say(event.text);
      case "refuse":
        throw new UserError("Cannot say the rest of what was pasted: you have left the room.");
      case "drop":
        return;
    }
  }

  /** Passes over what was meant for a room that was not entered. */
  #skips(event: InputEvent): boolean {
    const { skip, sentence } = this.#skipped.take(event);
    if (sentence !== undefined) this.#console.status(sentence);
    return skip;
  }

  #tellLost(): void {
    if (this.#lost === 0) return;
    this.#failed = true;
    const what = this.#lost === 1 ? "1 line was" : `${this.#lost} lines were`;
    this.#console.status(
      `Cannot keep more than ${MAX_BACKLOG} lines typed ahead: ${what} dropped. Paste less at once.`,
    );
    this.#lost = 0;
  }

  /** The end of a script's input ends everything; a person's Ctrl-D leaves one thing at a time. */
  async #end(client: Client): Promise<void> {
    if (this.#console.interactive && client.chatting) await client.leave();
    else this.#over = true;
  }

  #interrupt(): void {
    if (this.#warned) this.#interrupted = this.#over = true;
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
