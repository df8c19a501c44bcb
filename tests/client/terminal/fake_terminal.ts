/**
 * A terminal driven by the test: keys go in, what is written comes out.
 *
 * @module
 */

import type { TerminalHandlers, TerminalPort } from "../../../lib/client/terminal/terminal_port.ts";

/** A {@linkcode TerminalPort} without a terminal. */
export class FakeTerminal implements TerminalPort {
  /** Each write to standard output, in order. */
  writes: string[] = [];
  /** Everything written to standard error. */
  errors = "";
  /** Each switch of raw mode. */
  raw: boolean[] = [];
  /** What the system says about the width. */
  width = 80;
  height = 24;
  /** The clock. */
  time = 0;
  /** What the console listens with; undefined before and after. */
  handlers: TerminalHandlers | undefined;
  /** Timers that are set. */
  timers = new Map<() => void, number>();
  /** How often something was read. */
  reads = 0;
  /** How often the program stopped itself. */
  stops = 0;
  readonly stop = () => void this.stops++;
  /** If set, reading fails. */
  gone = false;

  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();
  #input: (Uint8Array | null)[] = [];
  #reader = Promise.withResolvers<void>();
  #hungry = Promise.withResolvers<void>();
  #gate: PromiseWithResolvers<void> | undefined;
  #broken: Error | undefined;

  /** Everything written to standard output. */
  get written(): string {
    return this.writes.join("");
  }

  /** Types text or bytes. */
  type(keys: string | Uint8Array | null): void {
    this.#input.push(typeof keys === "string" ? this.#encoder.encode(keys) : keys);
    this.#hungry = Promise.withResolvers<void>();
    this.#reader.resolve();
  }

  /** Resolves when everything typed was read and acted upon: more is asked for. */
  taken(): Promise<void> {
    return this.#hungry.promise;
  }

  /** Nobody reads what is written, until {@linkcode resume}. */
  stall(): void {
    this.#gate = Promise.withResolvers<void>();
  }

  /** Writes go on. */
  resume(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  /** The reader of standard output goes away. */
  break(error: Error = new Deno.errors.BrokenPipe()): void {
    this.#broken = error;
  }

  /** Lets all timers run out. */
  runTimers(): void {
    const due = [...this.timers.keys()];
    this.timers.clear();
    for (const callback of due) callback();
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    this.reads++;
    while (this.#input.length === 0) {
      this.#hungry.resolve();
      await this.#reader.promise;
      this.#reader = Promise.withResolvers<void>();
    }
    if (this.gone) throw new Error("Input/output error (os error 5)");
    const next = this.#input.shift();
    if (next === null || next === undefined) return null;
    buffer.set(next.subarray(0, buffer.length));
    if (next.length > buffer.length) this.#input.unshift(next.subarray(buffer.length));
    return Math.min(next.length, buffer.length);
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.#gate?.promise;
    if (this.#broken !== undefined) throw this.#broken;
    this.writeNow(bytes);
    return bytes.length;
  }

  writeNow(bytes: Uint8Array): void {
    this.writes.push(this.#decoder.decode(bytes, { stream: true }));
  }

  writeError(bytes: Uint8Array): Promise<number> {
    this.errors += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  }

  setRaw(on: boolean): void {
    this.raw.push(on);
  }

  columns(): number {
    return this.width;
  }

  rows(): number {
    return this.height;
  }

  now(): number {
    return this.time;
  }

  after(ms: number, callback: () => void): () => void {
    this.timers.set(callback, ms);
    return () => this.timers.delete(callback);
  }

  listen(handlers: TerminalHandlers): () => void {
    this.handlers = handlers;
    return () => this.handlers = undefined;
  }
}
