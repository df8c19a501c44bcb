/**
 * What a console needs of the system. The real one is in `deno_terminal.ts`.
 *
 * @module
 */

/** How a program can be ended or disturbed from outside. */
export interface TerminalHandlers {
  /** The window has a new size. */
  resize(): void;
  /** The program goes on after it was stopped; the terminal may have other settings now. */
  continued(): void;
  /** A signal asks the program to end. */
  signal(name: Deno.Signal): void;
  /** The program ends now, or dies of an error: only what is synchronous still happens. */
  exit(): void;
}

/** Standard input and output, and the few facts and events around them. */
export interface TerminalPort {
  /** Reads from standard input. @returns Bytes read, or null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes to standard output. @returns Bytes written. */
  write(bytes: Uint8Array): Promise<number>;
  /** Writes to standard output before it returns, for the moment of an exit. */
  writeNow(bytes: Uint8Array): void;
  /** Writes to standard error. @returns Bytes written. */
  writeError(bytes: Uint8Array): Promise<number>;
  /** Switches raw mode: every key is delivered at once, none is echoed, none makes a signal. */
  setRaw(on: boolean): void;
  /** Width of the window in cells; 0 if the system does not say. */
  columns(): number;
  /** Height of the window in cells; 0 if the system does not say. */
  rows(): number;
  /** A clock that only goes forward. @returns ms. */
  now(): number;
  /** Calls back once after a time in ms. @returns Cancels it. */
  after(ms: number, callback: () => void): () => void;
  /** Stops the program until somebody continues it; undefined where a system has no such thing. */
  readonly stop: (() => void) | undefined;
  /** Starts to tell what happens. @returns Stops it. */
  listen(handlers: TerminalHandlers): () => void;
}
