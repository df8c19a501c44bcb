/**
 * The real terminal of this process.
 *
 * @module
 */

import { type KeySource, keySourceOf } from "./key_source.ts";
import type { TerminalHandlers, TerminalPort } from "./terminal_port.ts";

/** Signals that end a program. Where a system does not know one, it cannot come. */
const ENDING_SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"];

function onSignal(name: Deno.Signal, handler: () => void): () => void {
  try {
    Deno.addSignalListener(name, handler);
  } catch {
    return () => {};
  }
  return () => Deno.removeSignalListener(name, handler);
}

function onEvent(name: string, handler: (event: Event) => void): () => void {
  globalThis.addEventListener(name, handler);
  return () => globalThis.removeEventListener(name, handler);
}

/** The port to standard input, output and error. It needs no permission. */
export class DenoTerminal implements TerminalPort {
  /**
   * Stops this process as Ctrl-Z does, which needs no permission; Windows knows no such thing. Where
   * no shell could continue it, the system does not stop it.
   */
  readonly stop: (() => void) | undefined;
  readonly #keys: KeySource;

  /**
   * Touches nothing yet.
   *
   * @param os The operating system, as `Deno.build.os` has it.
   * @param keys Where keys come from.
   */
  constructor(os: typeof Deno.build.os = Deno.build.os, keys: KeySource = keySourceOf(os)) {
    this.#keys = keys;
    this.stop = os === "windows" ? undefined : () => Deno.kill(Deno.pid, "SIGTSTP");
  }

  /**
   * Reads from standard input.
   *
   * @param buffer Where the bytes go.
   * @returns How many bytes, or null at the end.
   */
  read(buffer: Uint8Array): Promise<number | null> {
    return this.#keys.read(buffer);
  }

  /**
   * Writes to standard output.
   *
   * @param bytes What to write.
   * @returns How many bytes were written.
   */
  write(bytes: Uint8Array): Promise<number> {
    return Deno.stdout.write(bytes);
  }

  /**
   * Writes to standard output before it returns, behind an asynchronous write that is under way.
   *
   * @param bytes What to write.
   */
  writeNow(bytes: Uint8Array): void {
    Deno.stdout.writeSync(bytes);
  }

  /**
   * Writes to standard error.
   *
   * @param bytes What to write.
   * @returns How many bytes were written.
   */
  writeError(bytes: Uint8Array): Promise<number> {
    return Deno.stderr.write(bytes);
  }

  /**
   * Switches raw mode of standard input.
   *
   * @param on Whether it is to be raw.
   */
  setRaw(on: boolean): void {
    this.#keys.setRaw(on);
  }

  /**
   * The width of the window.
   *
   * @returns Cells; 0 if the system does not say.
   */
  columns(): number {
    try {
      return Deno.consoleSize().columns;
    } catch {
      return 0;
    }
  }

  /**
   * Height of the window.
   *
   * @returns Cells; 0 if the system does not say.
   */
  rows(): number {
    try {
      return Deno.consoleSize().rows;
    } catch {
      return 0;
    }
  }

  /**
   * A clock that only goes forward.
   *
   * @returns ms since the process started.
   */
  now(): number {
    return performance.now();
  }

  /**
   * Calls back once.
   *
   * @param ms After how many milliseconds.
   * @param callback What is called.
   * @returns Cancels it.
   */
  after(ms: number, callback: () => void): () => void {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  }

  /**
   * Listens for a new window size, for signals and for the end of the program. An exception or a
   * rejection that nobody catches ends Deno without an `unload` event, so those count as an end.
   *
   * @param handlers What is called.
   * @returns Stops listening.
   */
  listen(handlers: TerminalHandlers): () => void {
    const dying = (event: Event) => {
      if (!event.defaultPrevented) handlers.exit();
    };
    const stops = [
      onSignal("SIGWINCH", () => handlers.resize()),
      onSignal("SIGCONT", () => handlers.continued()),
      ...ENDING_SIGNALS.map((name) => onSignal(name, () => handlers.signal(name))),
      onEvent("unload", () => handlers.exit()),
      onEvent("error", dying),
      onEvent("unhandledrejection", dying),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }
}
