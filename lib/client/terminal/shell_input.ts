/**
 * Asking for a secret where the program carries out one command of a shell.
 *
 * @module
 */

import type { InputEvent } from "./console.ts";
import { DenoTerminal } from "./deno_terminal.ts";
import { LineSplitter } from "./line_splitter.ts";
import { SecretInput } from "./secret_input.ts";
import type { TerminalPort } from "./terminal_port.ts";

/** Bytes per read. */
const READ_SIZE = 4096;

/**
 * Standard input, read only when something is asked. At a terminal the question stands on standard
 * error, since standard output is for answers; of a pipe, the next line is the answer.
 *
 * `promptSecret` of `@std/cli` blocks the event loop (no signal would end it), asks on standard output
 * and takes a letter of two bytes back by halves.
 */
export class ShellInput {
  readonly #port: TerminalPort;
  readonly #isTerminal: boolean;
  readonly #events: InputEvent[] = [];
  readonly #splitter = new LineSplitter();
  readonly #secret: SecretInput;
  #ended = false;

  /**
   * Makes it; nothing is read yet.
   *
   * @param port Standard input and error.
   * @param isTerminal Whether a person types there.
   */
  constructor(
    port: TerminalPort = new DenoTerminal(),
    isTerminal: boolean = Deno.stdin.isTerminal(),
  ) {
    this.#port = port;
    this.#isTerminal = isTerminal;
    this.#secret = new SecretInput(port, (event) => void this.#events.push(event));
  }

  /**
   * Asks for a secret.
   *
   * @param question What stands before what is typed, which is not shown.
   * @returns The line; undefined if it was called off, or there is none.
   */
  async askSecret(question: string): Promise<string | undefined> {
    if (!this.#isTerminal) return await this.#answer();
    // Before the question: who answers at once would see what they type.
    this.#port.setRaw(true);
    try {
      await this.#tell(question);
      return await this.#answer();
    } finally {
      this.#secret.stop();
      this.#port.setRaw(false);
      await this.#tell("\n");
    }
  }

  async #answer(): Promise<string | undefined> {
    const buffer = new Uint8Array(READ_SIZE);
    while (this.#events.length === 0 && !this.#ended) {
      const count = await this.#port.read(buffer).catch(() => null);
      const bytes = buffer.subarray(0, count ?? 0);
      this.#ended = count === null;
      if (this.#isTerminal) this.#secret.push(bytes);
      else this.#events.push(...this.#splitter.push(bytes));
      if (this.#ended) this.#events.push(...this.#splitter.end());
    }
    const event = this.#events.shift();
    return event?.kind === "line" ? event.text : undefined;
  }

  async #tell(text: string): Promise<void> {
    // Nobody sees a question that cannot be written; the answer may come all the same.
    await this.#port.writeError(new TextEncoder().encode(text)).catch(() => {});
  }
}
