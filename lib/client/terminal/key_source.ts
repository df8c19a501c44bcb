/**
 * Where the bytes of the keyboard come from.
 *
 * On Windows `Deno.stdin` hands out the bytes of the console's code page, so letters beyond ASCII are lost,
 * and a read that waits while the mode is changed may stay in the old one; `process.stdin` of Node
 * has UTF-8 and events. Elsewhere `Deno.stdin` is there sooner: Node's stream costs 20 ms at the start.
 *
 * @module
 */

/** Reads keys. */
export interface KeySource {
  /** Reads from standard input. @returns Bytes read, or null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Switches raw mode: every key is delivered at once, none is echoed, none makes a signal. */
  setRaw(on: boolean): void;
}

/** What is used of `process.stdin`. */
export interface NodeStdin {
  /** Calls back when something happens: `data` with bytes, `end`, `close`, `error` with the error. */
  on(event: string, listener: (value: unknown) => void): unknown;
  /** Stops the data. */
  pause(): unknown;
  /** Lets the data come. */
  resume(): unknown;
  /** Switches raw mode; only a terminal has it. */
  setRawMode?(on: boolean): unknown;
}

/** `Deno.stdin`. */
export const DENO_KEYS: KeySource = {
  read: (buffer) => Deno.stdin.read(buffer),
  setRaw: (on) => Deno.stdin.setRaw(on, { cbreak: false }),
};

/** A stream of Node's, read like a file. Nothing of it is touched before it is used. */
export class NodeKeys implements KeySource {
  readonly #open: () => NodeStdin;
  #stream: NodeStdin | undefined;
  #chunks: Uint8Array[] = [];
  #isOver = false;
  #error: unknown;
  #changed = Promise.withResolvers<void>();

  /**
   * Touches nothing yet.
   *
   * @param open Gives the stream, when it is used first.
   * @default {process.stdin}
   */
  constructor(open: () => NodeStdin = processStdin) {
    this.#open = open;
  }

  /**
   * Reads from standard input.
   *
   * @param buffer Where the bytes go.
   * @returns How many bytes, or null at the end.
   * @throws {Error} What the stream reports.
   */
  async read(buffer: Uint8Array): Promise<number | null> {
    const stream = this.#use();
    while (this.#chunks.length === 0) {
      if (this.#error !== undefined) throw this.#error;
      if (this.#isOver) return null;
      stream.resume();
      await this.#changed.promise;
    }
    // Who does not read keeps the rest waiting in the system.
    stream.pause();
    const chunk = this.#chunks.shift()!;
    const taken = chunk.subarray(0, buffer.length);
    buffer.set(taken);
    if (taken.length < chunk.length) this.#chunks.unshift(chunk.subarray(taken.length));
    return taken.length;
  }

  /**
   * Switches raw mode.
   *
   * @param on Whether it is to be raw.
   */
  setRaw(on: boolean): void {
    this.#use().setRawMode?.(on);
  }

  #use(): NodeStdin {
    if (this.#stream !== undefined) return this.#stream;
    const stream = this.#stream = this.#open();
    const over = (): void => {
      this.#isOver = true;
      this.#ring();
    };
    stream.on("data", (data) => {
      const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data as Uint8Array;
      if (bytes.length > 0) this.#chunks.push(bytes);
      this.#ring();
    });
    stream.on("end", over);
    stream.on("close", over);
    stream.on("error", (error) => {
      this.#error = error ?? new Error("standard input cannot be read");
      this.#ring();
    });
    stream.pause();
    return stream;
  }

  #ring(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

/**
 * Chooses where keys come from.
 *
 * @param os The operating system, as `Deno.build.os` has it.
 * @returns What reads them.
 *
 * @example
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 *
 * assertEquals(keySourceOf("linux"), DENO_KEYS);
 * assert(keySourceOf("windows") instanceof NodeKeys);
 * ```
 */
export function keySourceOf(os: typeof Deno.build.os): KeySource {
  return os === "windows" ? new NodeKeys() : DENO_KEYS;
}

function processStdin(): NodeStdin {
  return (globalThis as unknown as { process: { stdin: NodeStdin } }).process.stdin;
}
