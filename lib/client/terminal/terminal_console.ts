/**
 * A console for a person at a terminal.
 *
 * @module
 */

import type { Console, InputEvent, PromptOptions } from "./console.ts";
import { InputQueue } from "./input_queue.ts";
import { type LineContext, NO_CONTEXT } from "./line_context.ts";
import { AUTOWRAP_ON, ERASE_ROW, PASTE_MARKS_OFF, PASTE_MARKS_ON } from "./prompt_row.ts";
import { PromptLine } from "./prompt_line.ts";
import { TerminalOutput } from "./terminal_output.ts";
import type { TerminalPort } from "./terminal_port.ts";

/** What may be told to a {@linkcode TerminalConsole}. */
export interface TerminalConsoleOptions {
  /**
   * Is called once when SIGINT, SIGTERM or SIGHUP asks the program to end. The terminal is restored
   * by then and the events end; who is not gone at the second signal is ended by it.
   */
  onSignal?: (name: Deno.Signal) => void;
  /** What is known of the line that is being typed: what it is for, what Tab finds. */
  context?: LineContext;
}

/** ms that an unread terminal may hold up the end of the program, or its stop. */
const DISPOSE_TIMEOUT = 500;

/** ms that the history of earlier sessions may take: it is a small file. */
const HISTORY_TIMEOUT = 250;

/** ms after which a program that still runs was not stopped: no shell could continue it. */
const STOP_TIMEOUT = 200;

/** Under another program that waits for this one, the shell sees no stop before that stops too. */
const STOPPED = 'Stopped: "fg" goes on. If no shell appears, press Ctrl-Z once more.';

/** Events that may wait to be taken; a person never gets there, an endless paste is held up. */
const MAX_PENDING_EVENTS = 10_000;

/** Bytes per read: a terminal hands out at most 4 KiB at once on Linux. */
const READ_SIZE = 4096;

const RESTORE = AUTOWRAP_ON + PASTE_MARKS_OFF + ERASE_ROW;

/**
 * A line editor over the last row of a terminal; everything printed scrolls above it as in any
 * shell. Raw mode and paste marks are on from the first {@linkcode events} or
 * {@linkcode setPrompt} until disposal, a signal, an uncaught error or the exit of the program.
 *
 * A read that is under way cannot be taken back: after disposal it may keep the process alive
 * until the next key, so a program ends with `Deno.exit`.
 */
export class TerminalConsole implements Console {
  /** A person sits at a terminal. */
  readonly interactive = true;

  readonly #port: TerminalPort;
  readonly #options: TerminalConsoleOptions;
  readonly #line: PromptLine;
  readonly #input = new InputQueue();
  readonly #output: TerminalOutput;
  #state: "new" | "open" | "stopped" | "restored" = "new";
  #outputLost = false;
  #stopListening = () => {};
  #cancelTimer = () => {};

  /**
   * Makes a console; it touches the terminal when it is first used.
   *
   * @param port The terminal.
   * @param options See there.
   */
  constructor(port: TerminalPort, options: TerminalConsoleOptions = {}) {
    this.#port = port;
    this.#options = options;
    this.#output = new TerminalOutput(port, {
      row: () => this.#state === "open" ? this.#line.row : undefined,
      onBroken: () => {
        this.#outputLost = true;
        this.#end();
      },
    });
    this.#line = new PromptLine({
      port,
      context: options.context ?? NO_CONTEXT,
      output: this.#output,
      input: this.#input,
      onStop: () => this.#stop(),
    });
  }

  /** See {@linkcode Console.outputLost}. */
  get outputLost(): boolean {
    return this.#outputLost;
  }

  /**
   * What is done at the keyboard, see {@linkcode Console.events}.
   *
   * @param signal Ends the iteration.
   * @returns The events.
   */
  events(signal?: AbortSignal): AsyncIterable<InputEvent> {
    this.#open();
    return this.#input.events(signal);
  }

  /**
   * Sets the text before what is typed.
   *
   * @param text The prompt.
   * @param options See {@linkcode Console.setPrompt}.
   */
  setPrompt(text: string, { secret = false }: PromptOptions = {}): void {
    this.#open();
    if (text === this.#line.prompt && secret === this.#line.secret) return;
    this.#line.hide(secret);
    this.#line.prompt = text;
    this.#output.redraw();
  }

  /**
   * Prints lines above the prompt.
   *
   * @param text The lines.
   */
  print(text: string): void {
    this.#output.print(text);
  }

  /**
   * Prints a message above the prompt, where it belongs, see {@linkcode Console.line}.
   *
   * @param text The message.
   * @param back How many messages belong behind it.
   */
  line(text: string, back: number): void {
    this.#output.line(text, back);
  }

  /**
   * Prints lines above the prompt.
   *
   * @param text The lines.
   */
  status(text: string): void {
    this.print(text);
  }

  /**
   * Puts what was given back to the prompt, see {@linkcode Console.giveBack}.
   *
   * @param text A line, or the lines of a paste.
   */
  giveBack(text: string): void {
    this.#line.giveBack(text);
  }

  /** Does nothing: the prompt is drawn anew below all that is printed. */
  working(): void {}

  /**
   * Waits until the terminal took what was printed.
   *
   * @returns Resolves when nothing is pending.
   */
  flush(): Promise<void> {
    return this.#output.flush();
  }

  /** Puts the terminal back as it was, and ends the events. May be called twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#input.close();
    this.#restore();
    await this.#soon(this.#output.flush(), DISPOSE_TIMEOUT);
  }

  /** Waits for something, but not long. */
  async #soon(work: Promise<void>, ms: number): Promise<void> {
    let cancel = () => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.#port.after(ms, resolve);
    });
    await Promise.race([work, late]);
    cancel();
  }

  #open(): void {
    if (this.#state !== "new") return;
    this.#state = "open";
    this.#stopListening = this.#port.listen({
      resize: () => this.#output.changed(),
      continued: () => this.#continue(),
      signal: (name) => {
        this.#restore();
        this.#end();
        this.#options.onSignal?.(name);
      },
      exit: () => this.#restoreNow(),
    });
    this.#take();
    this.#begin();
  }

  /** Takes what is typed. */
  async #begin(): Promise<void> {
    // The prompt of this turn is written first: the first timer that a program sets takes it 6 ms.
    await Promise.resolve();
    // Who presses Up at once finds what there is; a folder that does not answer is not waited for.
    await this.#soon(this.#line.remember(), HISTORY_TIMEOUT);
    await this.#readKeys();
  }

  /** Makes the terminal ours. */
  #take(): void {
    this.#state = "open";
    this.#port.setRaw(true);
    this.#output.control(PASTE_MARKS_ON);
  }

  /** Gives the terminal back and stops the program. */
  async #stop(): Promise<void> {
    const { stop } = this.#port;
    if (stop === undefined) return this.#output.bell();
    this.#state = "stopped";
    this.#output.control(RESTORE);
    this.#output.print(STOPPED);
    await this.#soon(this.#output.flush(), DISPOSE_TIMEOUT);
    if (this.#state !== "stopped") return;
    this.#port.setRaw(false);
    // A signal may take a moment to stop all threads, so the way back is not taken at once.
    this.#cancelTimer = this.#port.after(STOP_TIMEOUT, () => this.#continue());
    stop();
  }

  /** The program goes on, stopped by itself or from outside: whoever had the terminal changed it. */
  #continue(): void {
    if (!this.#isOurs) return;
    this.#cancelTimer();
    this.#take();
    this.#output.changed();
  }

  get #isOurs(): boolean {
    return this.#state === "open" || this.#state === "stopped";
  }

  /** Leaves raw mode and stops drawing the prompt; what is printed later stands alone. */
  #close(): void {
    if (!this.#isOurs) return;
    this.#state = "restored";
    this.#stopListening();
    this.#line.close();
    this.#cancelTimer();
    try {
      this.#port.setRaw(false);
    } catch {
      // The terminal is gone: nothing is left to restore.
    }
  }

  /** Restores behind all that is still to be written, or at once if nothing is. */
  #restore(): void {
    if (!this.#output.busy) return this.#restoreNow();
    const before = this.#state;
    this.#close();
    if (before === "open") this.#output.control(RESTORE);
  }

  #restoreNow(): void {
    const before = this.#state;
    this.#close();
    // Who gave it back already has nothing to erase: a shell writes there now.
    if (before !== "open") return;
    // Writing to a terminal that nobody reads would hold up the end for ever.
    if (this.#output.stalled) return;
    try {
      this.#port.writeNow(new TextEncoder().encode(RESTORE));
    } catch {
      // The terminal is gone: nothing is left to restore.
    }
  }

  #end(): void {
    this.#input.push({ kind: "end" });
    this.#input.close();
  }

  async #readKeys(): Promise<void> {
    const buffer = new Uint8Array(READ_SIZE);
    while (this.#isOurs) {
      // A terminal that was closed fails to be read: that is the end of input too.
      const count = await this.#port.read(buffer).catch(() => null);
      if (!this.#isOurs) return;
      if (count === null) break;
      this.#line.push(buffer.subarray(0, count));
      if (this.#input.length > MAX_PENDING_EVENTS) await this.#input.drained();
    }
    this.#end();
  }
}
