/**
 * A console for a script, and for terminals that can do nothing.
 *
 * @module
 */

import type { Console, InputEvent } from "./console.ts";
import { InputQueue } from "./input_queue.ts";
import { type DroppedLine, LineSplitter } from "./line_splitter.ts";
import { OutputQueue } from "./output_queue.ts";
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

/** Bytes per read: what a pipe holds on Linux. */
const READ_SIZE = 64 * 1024;

/** Indexes of the targets of the output queue. */
const OUT = 0;
const ERROR = 1;

/**
 * Reads lines and prints lines, without escape codes. Input is read only as fast as the events are
 * taken. Nothing printed is dropped unless its reader is gone: a closed standard output ends the
 * events.
 */
export class PipeConsole implements Console {
  /** True only for a terminal that can do nothing (`TERM=dumb`). */
  readonly interactive: boolean;

  readonly #port: TerminalPort;
  readonly #splitter = new LineSplitter();
  readonly #input = new InputQueue();
  readonly #output: OutputQueue;
  #reading = false;
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
        onBroken: () => this.#end(),
        ...(this.interactive ? { frame: (text: string) => this.#frame(text) } : {}),
      },
    );
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
   */
  setPrompt(text: string): void {
    if (!this.interactive || text === this.#prompt) return;
    this.#prompt = text;
    this.#output.redraw();
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
   * Prints to standard error.
   *
   * @param text The lines.
   */
  status(text: string): void {
    this.#output.push(text + "\n", this.interactive ? OUT : ERROR);
  }

  /**
   * Waits until everything printed was written.
   *
   * @returns Resolves when nothing is pending.
   */
  flush(): Promise<void> {
    return this.#output.flush();
  }

  /** Ends the events and waits until everything printed was written. May be called twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#input.close();
    await this.#output.flush();
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
      this.#deliver(this.#splitter.push(buffer.subarray(0, count)));
      await this.#input.drained();
    }
    this.#deliver(this.#splitter.end());
    this.#input.close();
  }

  #deliver(events: readonly (InputEvent | DroppedLine)[]): void {
    for (const event of events) {
      if (event.kind === "dropped") {
        this.status("Cannot take a line of more than 1 MiB: it was dropped. Send shorter lines.");
      } else {
        this.#input.push(event);
      }
    }
    if (!this.interactive) return;
    // Enter was echoed: the cursor stands at the start of a row, without a prompt.
    this.#promptShown = "";
    this.#output.redraw();
  }

  #frame(text: string): string {
    const prompt = this.#prompt;
    if (text === "" && prompt === this.#promptShown) return "";
    const fresh = this.#promptShown === "" ? "" : "\n";
    this.#promptShown = prompt;
    return fresh + text + prompt;
  }
}
