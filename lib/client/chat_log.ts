/**
 * Writing along what is said, into a file that somebody names.
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import { sanitise } from "../text.ts";
import { logTime } from "./style/clock_time.ts";

/** A file that grows. */
export interface LogFile {
  /**
   * Writes behind what is there.
   *
   * @param bytes What to write.
   */
  append(bytes: Uint8Array): Promise<void>;
  /** Closes it. */
  close(): void;
}

/** What a {@linkcode ChatLog} works with. */
export interface ChatLogOptions {
  /** Opens a file, or makes it. */
  readonly open: (path: string) => Promise<LogFile>;
  /** Tells that it could not go on. */
  readonly tell: (sentence: string) => void;
}

/** UTF-16 units that may wait for a disk: more means that it does not take them any more. */
export const MAX_LOG_PENDING = 1024 * 1024;

/** ms that a disk may hold up the end of the program. */
const CLOSE_TIMEOUT = 1000;

/** One file at most. Writing never waits, and what goes wrong is told once and ends it. */
export class ChatLog implements AsyncDisposable {
  readonly #options: ChatLogOptions;
  #path: string | undefined;
  #file: LogFile | undefined;
  #pending = "";
  #writing: Promise<void> | undefined;

  /**
   * Makes it, without a file.
   *
   * @param options What it works with.
   */
  constructor(options: ChatLogOptions) {
    this.#options = options;
  }

  /** The file that is written; undefined if there is none. */
  get path(): string | undefined {
    return this.#path;
  }

  /**
   * Writes to a file from now on, behind what is there; another one that was written is closed.
   *
   * @param path The file.
   * @throws {UserError} If it cannot be opened; then all is as it was.
   */
  async start(path: string): Promise<void> {
    let file: LogFile;
    try {
      file = await this.#options.open(path);
    } catch (error) {
      throw new UserError(
        `Cannot log to "${sanitise(path)}": ${sanitise(reasonOf(error))}. Name another file.`,
      );
    }
    await this.stop();
    this.#path = path;
    this.#file = file;
  }

  /** Writes what is pending, and closes the file; without one, it does nothing. */
  async stop(): Promise<void> {
    const file = this.#file;
    if (file === undefined) return;
    let cancel = (): void => {};
    const late = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_TIMEOUT);
      cancel = () => clearTimeout(timer);
    });
    await Promise.race([this.#writing, late]);
    cancel();
    if (this.#file === file) this.#forget();
  }

  /**
   * Writes a line; without a file, it does nothing.
   *
   * @param room The room.
   * @param text The line, sanitised.
   * @param at When, in milliseconds since 1970.
   */
  write(room: string, text: string, at: number): void {
    if (this.#file === undefined) return;
    this.#pending += `${logTime(at)} [${room}] ${text}\n`;
    if (this.#pending.length > MAX_LOG_PENDING) return this.#fail("the disk does not keep up");
    this.#writing ??= this.#write(this.#file);
  }

  /** Stops. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #write(file: LogFile): Promise<void> {
    // What is said in the same tick is one write.
    await Promise.resolve();
    while (this.#pending !== "" && this.#file === file) {
      const bytes = new TextEncoder().encode(this.#pending);
      this.#pending = "";
      try {
        await file.append(bytes);
      } catch (error) {
        if (this.#file === file) this.#fail(sanitise(reasonOf(error)));
      }
    }
    if (this.#file === file) this.#writing = undefined;
  }

  #fail(why: string): void {
    const path = sanitise(this.#path ?? "");
    this.#forget();
    this.#options.tell(
      `Cannot write to the log "${path}": ${why}. It is off, the chat goes on; "/log FILE" begins anew.`,
    );
  }

  #forget(): void {
    const file = this.#file;
    this.#file = undefined;
    this.#path = undefined;
    this.#pending = "";
    this.#writing = undefined;
    try {
      file?.close();
    } catch {
      // It is closed in any case, and what went wrong with it was told.
    }
  }
}

/**
 * Opens a file of the disk, readable by its owner only.
 *
 * @param path The file.
 * @returns The file; close it.
 * @throws {Error} If it cannot be opened, or is no plain file.
 */
export async function openLogFile(path: string): Promise<LogFile> {
  const info = await Deno.stat(path).catch(() => undefined);
  // To open a pipe would wait for somebody to read.
  if (info !== undefined && !info.isFile) throw new Error("it is no plain file");
  const file = await Deno.open(path, { append: true, create: true, mode: 0o600 });
  return {
    async append(bytes) {
      let rest = bytes;
      while (rest.length > 0) rest = rest.subarray(await file.write(rest));
    },
    close: () => file.close(),
  };
}
