/**
 * A terminal console with nothing real around it.
 *
 * @module
 */

import type { InputEvent } from "../../../lib/client/terminal/console.ts";
import { TerminalConsole } from "../../../lib/client/terminal/terminal_console.ts";
import type { LineContext, LineUse } from "../../../lib/client/terminal/line_context.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { Screen } from "./screen.ts";

/** A console on a fake terminal, and a screen that shows what it writes. */
export class Bench implements AsyncDisposable {
  readonly terminal = new FakeTerminal();
  readonly console: TerminalConsole;
  readonly screen: Screen;
  readonly signals: string[] = [];
  #shown = 0;
  #events: AsyncIterator<InputEvent> | undefined;

  /** What the line is for. */
  use: LineUse = "command";
  /** Lines of earlier sessions. */
  readonly past: string[] = [];
  /** What was given to be kept. */
  readonly kept: string[] = [];
  /** What Tab finds: a word that begins with what was typed. */
  words: readonly string[] | Promise<readonly string[]> = [];

  constructor(columns = 80, rows = 24) {
    this.terminal.width = columns;
    this.screen = new Screen(columns, rows);
    this.console = new TerminalConsole(this.terminal, {
      onSignal: (name) => this.signals.push(name),
      context: this.#context(),
    });
  }

  #context(): LineContext {
    const use = () => this.use;
    const complete = (left: string, words: readonly string[]) => {
      const from = left.lastIndexOf(" ") + 1;
      return { from, candidates: words.filter((word) => word.startsWith(left.slice(from))) };
    };
    return {
      get use() {
        return use();
      },
      store: {
        load: () => Promise.resolve(this.past),
        add: (line) => void this.kept.push(line),
      },
      complete: (left) =>
        this.words instanceof Promise
          ? this.words.then((words) => complete(left, words))
          : complete(left, this.words),
    };
  }

  /** Presses keys and waits until the console took and showed them. */
  async type(keys: string): Promise<void> {
    this.console.events();
    this.terminal.type(keys);
    await this.terminal.taken();
    await this.look();
  }

  /** The next event. */
  async next(): Promise<InputEvent | undefined> {
    this.#events ??= this.console.events()[Symbol.asyncIterator]();
    const { value, done } = await this.#events.next();
    return done ? undefined : value;
  }

  /** Shows what was written. */
  async look(): Promise<Screen> {
    await this.console.flush();
    const fresh = this.terminal.writes.slice(this.#shown).join("");
    this.#shown = this.terminal.writes.length;
    await this.screen.show(fresh);
    return this.screen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.console[Symbol.asyncDispose]();
    this.screen[Symbol.dispose]();
  }
}
