/**
 * Takes secrets at a terminal that has no line editor of ours: keys in, events out.
 *
 * @module
 */

import type { InputEvent } from "./console.ts";
import { KeyInput } from "./key_input.ts";
import { SecretLine } from "./secret_line.ts";
import type { TerminalPort } from "./terminal_port.ts";

/** The keys of a terminal in raw mode, as far as a secret needs them. */
export class SecretInput {
  readonly #keys: KeyInput;

  /**
   * Makes it, with an empty line.
   *
   * @param port Its timers.
   * @param take Takes what was done: lines, and what calls the question off.
   */
  constructor(port: Pick<TerminalPort, "after">, take: (event: InputEvent) => void) {
    const line = new SecretLine();
    this.#keys = new KeyInput({
      port,
      use: () => "answer",
      act(keys) {
        for (const effect of keys.flatMap((key) => line.handle(key))) {
          if (effect.kind === "submit") take({ kind: "line", text: effect.text, secret: true });
          else if (effect.kind === "input") take(effect.event);
        }
      },
    });
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
  stop(): void {
    this.#keys.stop();
  }
}
