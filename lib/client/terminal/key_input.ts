/**
 * From the bytes of a terminal to what the editor takes, with the waiting in between.
 *
 * @module
 */

import { BURST_GAP, Bursts } from "./bursts.ts";
import { type KeyEvent, KeyParser } from "./keys.ts";
import type { LineUse } from "./line_context.ts";
import type { TerminalPort } from "./terminal_port.ts";

/** ms after which the rest of a key sequence will not come: slow lines included, no delay felt. */
const SEQUENCE_TIMEOUT = 50;

/** ms after which the end mark of a paste will not come. */
const PASTE_TIMEOUT = 1000;

/** What a {@linkcode KeyInput} works with. */
export interface KeyInputOptions {
  /** Its timers. */
  readonly port: Pick<TerminalPort, "after">;
  /** What the line is for: where lines are said, a paste without marks is recognised. */
  readonly use: () => LineUse;
  /** Takes the keys that are sure. */
  readonly act: (keys: readonly KeyEvent[]) => void;
}

/** Parses keys, and knows when nothing more will come. */
export class KeyInput {
  readonly #options: KeyInputOptions;
  readonly #parser = new KeyParser();
  readonly #bursts = new Bursts();
  /** Whether the terminal marks pastes: then what is not marked is none. */
  #marks = false;
  #cancelTimer = () => {};

  /**
   * Makes it, waiting for nothing.
   *
   * @param options What it works with.
   */
  constructor(options: KeyInputOptions) {
    this.#options = options;
  }

  /**
   * Takes what one read brought.
   *
   * @param bytes The bytes.
   */
  push(bytes: Uint8Array): void {
    this.#cancelTimer();
    this.#options.act(this.#sure(this.#parser.push(bytes)));
    this.#wait();
  }

  /** Waits for nothing any more. */
  stop(): void {
    this.#cancelTimer();
  }

  #sure(keys: readonly KeyEvent[]): readonly KeyEvent[] {
    this.#marks ||= keys.some((key) => key.kind === "paste");
    if (this.#options.use() === "room" && !this.#marks) return this.#bursts.push(keys);
    return [...this.#bursts.flush(), ...keys];
  }

  #wait(): void {
    const ms = this.#patience();
    if (ms === undefined) return;
    this.#cancelTimer = this.#options.port.after(ms, () => {
      this.#options.act([...this.#sure(this.#parser.flush()), ...this.#bursts.flush()]);
    });
  }

  #patience(): number | undefined {
    if (this.#parser.state === "paste") return PASTE_TIMEOUT;
    if (this.#parser.state === "sequence") return SEQUENCE_TIMEOUT;
    return this.#bursts.pending ? BURST_GAP : undefined;
  }
}
