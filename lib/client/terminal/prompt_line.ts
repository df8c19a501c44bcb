/**
 * The line at the prompt of a terminal: keys in, events and what is shown of them out.
 *
 * @module
 */

import { Editor } from "./editor.ts";
import type { EditorEffect } from "./editor_effect.ts";
import type { InputQueue } from "./input_queue.ts";
import { KeyInput } from "./key_input.ts";
import type { KeyEvent } from "./keys.ts";
import { typeable } from "./line_buffer.ts";
import type { LineContext } from "./line_context.ts";
import { CLEAR_SCREEN, type PromptState } from "./prompt_row.ts";
import type { TerminalOutput } from "./terminal_output.ts";
import type { TerminalPort } from "./terminal_port.ts";

/**
 * ms that a line which was said stays in the row, so that it is replaced at once by how it is shown,
 * without a flicker; if sending takes longer, the row is cleared for the next one.
 */
const SAID_TIME = 100;

/** What a {@linkcode PromptLine} works with. */
export interface PromptLineOptions {
  /** Its timers. */
  readonly port: Pick<TerminalPort, "after">;
  /** What is known of the line. */
  readonly context: LineContext;
  /** Shows what was finished, and rings the bell. */
  readonly output: Pick<TerminalOutput, "print" | "control" | "bell" | "changed" | "redraw">;
  /** Takes what was finished. */
  readonly input: Pick<InputQueue, "push">;
  /** Is called at Ctrl-Z. */
  readonly onStop: () => void;
}

/** The editor with its keys, its history and its completion. */
export class PromptLine {
  /** What stands before the line, sanitised. */
  prompt: string = "";
  readonly #options: PromptLineOptions;
  readonly #editor: Editor;
  readonly #keys: KeyInput;
  #cancelTimer = () => {};

  /**
   * Makes an empty line.
   *
   * @param options What it works with.
   */
  constructor(options: PromptLineOptions) {
    this.#options = options;
    const { port, context } = options;
    const use = () => context.use;
    this.#editor = new Editor(use);
    this.#keys = new KeyInput({ port, use, act: (keys) => this.#act(keys) });
  }

  /** What the row shows: the prompt and the line, or what stands in their place. */
  get row(): PromptState {
    return { prompt: this.prompt, ...this.#editor.row };
  }

  /** Whether a secret is asked for. */
  get secret(): boolean {
    return this.#editor.secret;
  }

  /**
   * Begins or ends a secret, of which nothing is shown or kept.
   *
   * @param on Whether one is asked for.
   */
  hide(on: boolean): void {
    this.#editor.hide(on);
  }

  /** Takes the lines of earlier sessions into the history, once they are read. */
  async remember(): Promise<void> {
    const lines = await this.#options.context.store?.load() ?? [];
    this.#editor.history.prepend(lines.map(typeable));
  }

  /**
   * Takes what was read.
   *
   * @param bytes The bytes.
   */
  push(bytes: Uint8Array): void {
    this.#keys.push(bytes);
  }

  /** Waits for no key any more. */
  close(): void {
    this.#keys.stop();
    this.#cancelTimer();
  }

  /**
   * Takes back what was given, see {@linkcode Editor.giveBack}.
   *
   * @param text A line, or several.
   */
  giveBack(text: string): void {
    this.#editor.giveBack(text);
    this.#options.output.redraw();
  }

  #act(keys: readonly KeyEvent[]): void {
    if (keys.length === 0) return;
    this.#cancelTimer();
    let isSaid = false;
    for (const key of keys) {
      const effects = this.#editor.handle(key);
      isSaid = effects.some((effect) => effect.kind === "submit" && this.#isSaid(effect));
      for (const effect of effects) this.#perform(effect);
    }
    const { output, port } = this.#options;
    if (isSaid) this.#cancelTimer = port.after(SAID_TIME, () => output.redraw());
    else output.redraw();
  }

  #perform(effect: EditorEffect): void {
    const { output, input, onStop } = this.#options;
    switch (effect.kind) {
      case "submit":
        return this.#submit(effect);
      case "pasted":
        return input.push({ kind: "pasted", text: effect.lines.join("\n") });
      case "complete":
        return void this.#complete(effect);
      case "input":
        return input.push(effect.event);
      case "bell":
        return output.bell();
      case "clear":
        output.changed();
        return output.control(CLEAR_SCREEN);
      case "suspend":
        return onStop();
    }
  }

  /** Whether a line goes to a room: then it is not for this row to show it. */
  #isSaid({ paste, secret }: EditorEffect & { kind: "submit" }): boolean {
    return this.#options.context.use === "room" && paste === undefined && secret === undefined;
  }

  #submit(effect: EditorEffect & { kind: "submit" }): void {
    const { output, input, context } = this.#options;
    const { text, paste, secret } = effect;
    if (secret) {
      output.print(this.prompt);
      return input.push({ kind: "line", text, secret });
    }
    const echo = this.prompt + text;
    const isSaid = this.#isSaid(effect);
    // Any other line stays in the scrollback, in full.
    if (!isSaid) output.print(echo);
    if (context.use !== "answer") context.store?.add(text);
    input.push({
      kind: "line",
      text,
      ...(paste === undefined ? {} : { paste }),
      ...(isSaid ? { echo } : {}),
    });
  }

  async #complete(effect: EditorEffect & { kind: "complete" }): Promise<void> {
    const found = this.#options.context.complete(effect.left);
    // What is known is shown before the next key counts.
    if (found instanceof Promise) this.#offer(effect, await found);
    else this.#offer(effect, found);
  }

  #offer(...answer: Parameters<Editor["offer"]>): void {
    for (const effect of this.#editor.offer(...answer)) this.#perform(effect);
    this.#options.output.redraw();
  }
}
