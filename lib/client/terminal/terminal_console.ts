/**
 * A console for a person at a terminal.
 *
 * @module
 */

import type { Console, InputEvent } from "./console.ts";
import { Editor, type EditorEffect } from "./editor.ts";
import { InputQueue } from "./input_queue.ts";
import { type KeyEvent, KeyParser, type KeyState } from "./keys.ts";
import {
  AUTOWRAP_ON,
  CLEAR_SCREEN,
  ERASE_ROW,
  PASTE_MARKS_OFF,
  PASTE_MARKS_ON,
} from "./prompt_row.ts";
import { TerminalOutput } from "./terminal_output.ts";
import type { TerminalPort } from "./terminal_port.ts";

/** What may be told to a {@linkcode TerminalConsole}. */
export interface TerminalConsoleOptions {
  /**
   * Is called once when SIGINT, SIGTERM or SIGHUP asks the program to end. The terminal is restored
   * by then and the events end; who is not gone at the second signal is ended by it.
   */
  onSignal?: (name: Deno.Signal) => void;
}

/** ms after which the rest of a key sequence will not come: slow lines included, no delay felt. */
const SEQUENCE_TIMEOUT = 50;

/** ms after which the end mark of a paste will not come. */
const PASTE_TIMEOUT = 1000;

/** ms that an unread terminal may hold up the end of the program. */
const DISPOSE_TIMEOUT = 500;

/** Events that may wait to be taken; a person never gets there, an endless paste is held up. */
const MAX_PENDING_EVENTS = 10_000;

/** Bytes per read: a terminal hands out at most 4 KiB at once on Linux. */
const READ_SIZE = 4096;

const BELL = "\x07";

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
  readonly #keys = new KeyParser();
  readonly #editor = new Editor();
  readonly #input = new InputQueue();
  readonly #output: TerminalOutput;
  #state: "new" | "open" | "restored" = "new";
  #outputLost = false;
  #prompt = "";
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
      row: () => {
        if (this.#state !== "open") return undefined;
        const { left, right } = this.#editor;
        return { prompt: this.#prompt, left, right };
      },
      onBroken: () => {
        this.#outputLost = true;
        this.#end();
      },
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
   */
  setPrompt(text: string): void {
    this.#open();
    if (text === this.#prompt) return;
    this.#prompt = text;
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
    let cancel = () => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.#port.after(DISPOSE_TIMEOUT, resolve);
    });
    await Promise.race([this.#output.flush(), late]);
    cancel();
  }

  #open(): void {
    if (this.#state !== "new") return;
    this.#state = "open";
    this.#stopListening = this.#port.listen({
      resize: () => this.#output.changed(),
      signal: (name) => {
        this.#restore();
        this.#end();
        this.#options.onSignal?.(name);
      },
      exit: () => this.#restoreNow(),
    });
    this.#port.setRaw(true);
    this.#output.control(PASTE_MARKS_ON);
    this.#readKeys();
  }

  /** Leaves raw mode and stops drawing the prompt; what is printed later stands alone. */
  #close(): void {
    this.#state = "restored";
    this.#stopListening();
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
    if (this.#state !== "open") return;
    this.#close();
    this.#output.control(RESTORE);
  }

  #restoreNow(): void {
    if (this.#state !== "open") return;
    this.#close();
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
    while (this.#state === "open") {
      // A terminal that was closed fails to be read: that is the end of input too.
      const count = await this.#port.read(buffer).catch(() => null);
      if (this.#state !== "open") return;
      if (count === null) break;
      this.#cancelTimer();
      this.#act(this.#keys.push(buffer.subarray(0, count)));
      this.#waitForRest(this.#keys.state);
      if (this.#input.length > MAX_PENDING_EVENTS) await this.#input.drained();
    }
    this.#end();
  }

  #waitForRest(state: KeyState): void {
    if (state === "ground") return;
    const ms = state === "paste" ? PASTE_TIMEOUT : SEQUENCE_TIMEOUT;
    this.#cancelTimer = this.#port.after(ms, () => this.#act(this.#keys.flush()));
  }

  #act(keys: readonly KeyEvent[]): void {
    for (const key of keys) {
      for (const effect of this.#editor.handle(key)) this.#perform(effect);
    }
    if (keys.length > 0) this.#output.redraw();
  }

  #perform(effect: EditorEffect): void {
    switch (effect.kind) {
      case "submit":
        // The finished line stays in the scrollback, in full.
        this.#output.print(this.#prompt + effect.text);
        this.#input.push({
          kind: "line",
          text: effect.text,
          ...(effect.paste === undefined ? {} : { paste: effect.paste }),
        });
        break;
      case "input":
        this.#input.push(effect.event);
        break;
      case "bell":
        this.#output.control(BELL);
        break;
      case "clear":
        this.#output.changed();
        this.#output.control(CLEAR_SCREEN);
        break;
    }
  }
}
