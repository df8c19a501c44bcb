/**
 * Writes the status lines without ever holding up the server.
 *
 * @module
 */

import {
  formatStatusJson,
  formatStatusText,
  type StatusEvent,
  type StatusLog,
} from "./status_event.ts";

/** What waits for a slow terminal or pipe at most; beyond it, lines are counted instead of kept. */
export const MAX_QUEUED_STATUS_CHARS: number = 1024 * 1024;

/** Settings of a {@linkcode StatusWriter}. */
export interface StatusWriterOptions {
  /** Writes bytes, like `Deno.stdout.write`. */
  readonly write: (bytes: Uint8Array) => Promise<number>;
  /** The time in milliseconds since 1970, for JSON lines. */
  readonly now: () => number;
  /**
   * How lines look.
   *
   * @default {"text"}
   */
  readonly format?: "text" | "json";
  /**
   * Only that it listens, how to know it, and problems.
   *
   * @default {false}
   */
  readonly quiet?: boolean;
}

/** What is told although nothing is wanted but that it runs, and what is wrong. */
const IMPORTANT: ReadonlySet<StatusEvent["event"]> = new Set(["listening", "tls", "problem"]);

const encoder = new TextEncoder();

/** A {@linkcode StatusLog} that writes lines, one write at a time, and drops what nobody reads. */
export class StatusWriter implements StatusLog {
  readonly #options: StatusWriterOptions;
  #queue: string[] = [];
  #queuedChars = 0;
  #dropped = 0;
  #writing: Promise<void> | undefined;
  #broken = false;

  /**
   * Makes a writer.
   *
   * @param options Where to and how.
   */
  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /** Whether ordinary events are wanted. */
  get verbose(): boolean {
    return this.#options.quiet !== true && !this.#broken;
  }

  /**
   * Writes an event's line soon.
   *
   * @param event What happened.
   */
  report(event: StatusEvent): void {
    if (this.#broken || !(this.verbose || IMPORTANT.has(event.event))) return;
    if (this.#queuedChars > MAX_QUEUED_STATUS_CHARS) {
      this.#dropped++;
      return;
    }
    this.#enqueue(this.#line(event));
    this.#writing ??= this.#drain();
  }

  /**
   * Waits until everything reported was written.
   *
   * @param timeout How long a reader who does not read may take, in milliseconds.
   * @returns Resolves then, or when the reader is gone.
   */
  async flush(timeout = Infinity): Promise<void> {
    if (this.#writing === undefined || timeout === Infinity) return await this.#writing;
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, timeout);
    await Promise.race([this.#writing, patience.promise]);
    clearTimeout(timer);
  }

  #line(event: StatusEvent): string {
    return this.#options.format === "json"
      ? formatStatusJson(event, this.#options.now())
      : formatStatusText(event);
  }

  #enqueue(line: string): void {
    this.#queue.push(line + "\n");
    this.#queuedChars += line.length + 1;
  }

  async #drain(): Promise<void> {
    // Lines of one turn of the event loop leave in one write.
    await Promise.resolve();
    try {
      while (this.#queue.length > 0) {
        let bytes = encoder.encode(this.#queue.join(""));
        this.#queue = [];
        this.#queuedChars = 0;
        while (bytes.length > 0) bytes = bytes.subarray(await this.#options.write(bytes));
        if (this.#dropped > 0) {
          const what = `${this.#dropped} status lines were dropped: nobody read them in time.`;
          this.#dropped = 0;
          this.#enqueue(this.#line({ event: "problem", what }));
        }
      }
    } catch {
      // The reader of the status lines is gone. The server's work is to serve, so it goes on.
      this.#broken = true;
      this.#queue = [];
    } finally {
      this.#writing = undefined;
    }
  }
}
