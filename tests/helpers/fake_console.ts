/**
 * A console driven by the test: what is typed is a list, what is shown is kept.
 *
 * @module
 */

import type { Console, InputEvent } from "../../lib/client/terminal/console.ts";

/** What does not come for this long (milliseconds) never will; no test waits that long. */
const PATIENCE = 20_000;

/** A console without a terminal. */
export class FakeConsole implements Console {
  readonly interactive: boolean;
  readonly outputLost = false;
  /** Everything printed (`out`) and told (`err`), in order, one line each. */
  readonly shown: string[] = [];
  /** Every prompt that was set. */
  readonly prompts: string[] = [];
  readonly #typed: (InputEvent | (() => Promise<unknown>))[];
  #changed = Promise.withResolvers<void>();

  /**
   * Makes a console.
   *
   * @param interactive Whether a person sits there.
   * @param typed What is typed: lines, other events, and functions that are awaited in between.
   */
  constructor(
    interactive: boolean,
    typed: readonly (string | InputEvent | (() => Promise<unknown>))[] = [],
  ) {
    this.interactive = interactive;
    this.#typed = typed.map((each) =>
      typeof each === "string" ? { kind: "line", text: each } : each
    );
  }

  /** The prompt now. */
  get prompt(): string {
    return this.prompts.at(-1) ?? "";
  }

  /** Everything shown, as one text. */
  get text(): string {
    return this.shown.join("\n");
  }

  async *events(signal?: AbortSignal): AsyncIterable<InputEvent> {
    for (;;) {
      const next = this.#typed.shift();
      if (signal?.aborted) return;
      if (next === undefined) break;
      if (typeof next === "function") await next();
      else yield next;
    }
    yield { kind: "end" };
  }

  setPrompt(text: string): void {
    this.prompts.push(text);
    this.#ring();
  }

  print(text: string): void {
    for (const line of text.split("\n")) this.shown.push(`out ${line}`);
    this.#ring();
  }

  line(text: string, back: number): void {
    this.shown.splice(this.shown.length - back, 0, `out ${text}`);
    this.#ring();
  }

  status(text: string): void {
    for (const line of text.split("\n")) this.shown.push(`err ${line}`);
    this.#ring();
  }

  giveBack(text: string): void {
    this.shown.push(`back ${text}`);
    this.#ring();
  }

  working(): void {}

  flush(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Waits until something was shown or prompted.
   *
   * @param pattern What to look for in the prompt and in everything shown.
   * @throws {Error} If it does not come: with what was shown instead.
   */
  async until(pattern: RegExp): Promise<void> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      reject(new Error(`${pattern} did not come:\n${this.text}\nprompt: ${this.prompt}`));
    }, PATIENCE);
    try {
      while (!pattern.test(this.text) && !pattern.test(this.prompt)) {
        await Promise.race([this.#changed.promise, late]);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #ring(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
