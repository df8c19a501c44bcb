/**
 * A console for a script, and for terminals that can do nothing.
 *
 * @module
 */

import { reasonOf } from "../../errors.ts";
import { sanitise } from "../../text.ts";
import type { Console, InputEvent, PromptOptions } from "./console.ts";
import { InputQueue } from "./input_queue.ts";
import { LineSplitter } from "./line_splitter.ts";
import { OutputQueue, OutputStalled } from "./output_queue.ts";
import { SecretInput } from "./secret_input.ts";
import type { TerminalPort } from "./terminal_port.ts";

/** What may be told to a {@linkcode PipeConsole}. */
export interface PipeConsoleOptions {
  /**
   * Whether a person sits at the other side (`TERM=dumb`): then the prompt is printed, and status
   * goes to standard output too.
   *
   * @default false
   */
  interactive?: boolean;
}

/**
 * UTF-16 units that may wait for the reader of a pipe: 64 Mi of them. A reader that is slow catches up
 * long before; one that is stopped must not take the memory of the machine.
 */
export const MAX_PIPE_PENDING = 64 * 1024 * 1024;

/** ms that an unread standard error may hold up the end of the program. */
const TELL_TIMEOUT = 500;

/** Bytes per read: what a pipe holds on Linux. */
const READ_SIZE = 64 * 1024;

/** Indexes of the targets of the output queue. */
const OUT = 0;
const ERROR = 1;

/**
 * Reads lines and prints lines, without escape codes. Input is read only as fast as the events are
 * taken. Nothing printed is dropped unless its reader is gone, or lets {@linkcode MAX_PIPE_PENDING}
 * wait: a standard output that cannot be written to ends the events.
 */
export class PipeConsole implements Console {
  /** True only for a terminal that can do nothing (`TERM=dumb`). */
  readonly interactive: boolean;

  readonly #port: TerminalPort;
  readonly #splitter = new LineSplitter();
  readonly #input = new InputQueue();
  readonly #output: OutputQueue;
  /** Takes the keys while a secret is asked for: the terminal itself would show them. */
  #secret: SecretInput | undefined;
  #reading = false;
  #working = false;
  #outputLost = false;
  /** Resolves when it was told why the output is lost. */
  #telling: Promise<unknown> = Promise.resolve();
  #prompt = "";
  #promptShown = "";

  /**
   * Makes a console.
   *
   * @param port Standard input, output and error.
   * @param options See there.
   */
  constructor(port: TerminalPort, options: PipeConsoleOptions = {}) {
    this.#port = port;
    this.interactive = options.interactive ?? false;
    this.#output = new OutputQueue(
      [(bytes) => port.write(bytes), (bytes) => port.writeError(bytes)],
      {
        limit: MAX_PIPE_PENDING,
        beyond: "break",
        onBroken: (error) => this.#lose(error),
        ...(this.interactive ? { frame: (text: string) => this.#frame(text) } : {}),
      },
    );
  }

  /** See {@linkcode Console.outputLost}. */
  get outputLost(): boolean {
    return this.#outputLost;
  }

  /**
   * The lines of the input, see {@linkcode Console.events}.
   *
   * @param signal Ends the iteration.
   * @returns The events.
   */
  events(signal?: AbortSignal): AsyncIterable<InputEvent> {
    if (!this.#reading) {
      this.#reading = true;
      this.#read();
    }
    return this.#input.events(signal);
  }

  /**
   * Sets the prompt, which is printed only where a person sits.
   *
   * @param text The prompt.
   * @param options See {@linkcode Console.setPrompt}.
   */
  setPrompt(text: string, { secret = false }: PromptOptions = {}): void {
    if (!this.interactive) return;
    this.#hide(secret);
    if (text === this.#prompt) return;
    this.#prompt = text;
    if (!this.#working) this.#output.redraw();
  }

  /**
   * Prints to standard output.
   *
   * @param text The lines.
   */
  print(text: string): void {
    this.#output.push(text + "\n", OUT);
  }

  /**
   * Prints a message as it comes.
   *
   * @param text The message.
   */
  line(text: string): void {
    this.print(text);
  }

  /**
   * Prints to standard error.
   *
   * @param text The lines.
   */
  status(text: string): void {
    this.#output.push(text + "\n", this.interactive ? OUT : ERROR);
  }

  /** Does nothing: what was typed stays where it is. */
  giveBack(): void {}

  /**
   * Hides the prompt while a command runs, which would stand before each line of its answer.
   *
   * @param on Whether one does.
   */
  working(on: boolean): void {
    if (on === this.#working) return;
    this.#working = on;
    if (this.interactive && !on) this.#output.redraw();
  }

  /**
   * Waits until everything printed was written.
   *
   * @returns Resolves when nothing is pending.
   */
  async flush(): Promise<void> {
    await this.#output.flush();
    await this.#telling;
  }

  /** Ends the events and waits until everything printed was written. May be called twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#input.close();
    this.#hide(false);
    await this.flush();
  }

  #hide(on: boolean): void {
    if (on === (this.#secret !== undefined)) return;
    this.#port.setRaw(on);
    this.#secret?.stop();
    this.#secret = on ? new SecretInput(this.#port, (event) => this.#input.push(event)) : undefined;
  }

  #lose(error: unknown): void {
    this.#outputLost = true;
    this.#end();
    // Who reads no more has had enough (`| head -1`), and needs not be told.
    if (error instanceof Deno.errors.BrokenPipe) return;
    const why = error instanceof OutputStalled
      ? `nobody reads it, and ${MAX_PIPE_PENDING / 1024 / 1024} Mi characters wait`
      : sanitise(reasonOf(error));
    const sentence = `Cannot write to standard output: ${why}. What was printed is incomplete.\n`;
    // Past the queue, in which a write may be stuck.
    this.#telling = Promise.race([
      this.#port.writeError(new TextEncoder().encode(sentence)).catch(() => {}),
      new Promise<void>((late) => this.#port.after(TELL_TIMEOUT, late)),
    ]);
  }

  #end(): void {
    this.#input.push({ kind: "end" });
    this.#input.close();
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(READ_SIZE);
    while (!this.#input.closed) {
      // Input that fails to be read has ended.
      const count = await this.#port.read(buffer).catch(() => null);
      if (count === null) break;
      const bytes = buffer.subarray(0, count);
      if (this.#secret === undefined) this.#deliver(this.#splitter.push(bytes));
      else this.#secret.push(bytes);
      await this.#input.drained();
    }
    this.#deliver(this.#splitter.end());
    this.#input.close();
  }

  #deliver(events: readonly InputEvent[]): void {
    for (const event of events) {
      if (event.kind === "dropped") {
        this.status("Cannot take a line of more than 1 MiB: it was dropped. Send shorter lines.");
      }
      this.#input.push(event);
    }
    // Enter was echoed: the cursor stands at the start of a row, without a prompt, which is shown
    // again when what was typed is done.
    this.#promptShown = "";
  }

  #frame(text: string): string {
    const prompt = this.#working ? "" : this.#prompt;
    if (text === "" && prompt === this.#promptShown) return "";
    const fresh = this.#promptShown === "" ? "" : "\n";
    this.#promptShown = prompt;
    return fresh + text + prompt;
  }
}
