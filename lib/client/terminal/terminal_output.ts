/**
 * What a terminal shows: messages that scroll, and the prompt row below them.
 *
 * @module
 */

import { MAX_PENDING_LENGTH, OutputQueue } from "./output_queue.ts";
import { ERASE_ROW, promptRow, type PromptState, rawLines } from "./prompt_row.ts";
import { RecentLines } from "./recent_lines.ts";
import type { TerminalPort } from "./terminal_port.ts";

/** Columns where the system does not know: what terminals have when nobody made them wider. */
const DEFAULT_COLUMNS = 80;

/** Rows where the system does not know. */
const DEFAULT_ROWS = 24;

/** ms after which a write that is still under way shows that nobody reads the terminal. */
const STALL_TIME = 200;

/** Stands before a message that came too late to be put where it belongs. */
const LATE_MARK = "(late) ";

const BELL = "\x07";

/** What a {@linkcode TerminalOutput} works with. */
export interface TerminalOutputOptions {
  /** The prompt row; nothing while the terminal is not ours. */
  readonly row: () => PromptState | undefined;
  /** Is called once when nothing can be written any more. */
  readonly onBroken: () => void;
}

/** The output of a terminal. Printing never waits. */
export class TerminalOutput {
  readonly #port: TerminalPort;
  readonly #options: TerminalOutputOptions;
  readonly #queue: OutputQueue;
  readonly #recent = new RecentLines();
  #writingSince: number | undefined;
  /** The width when something was written last. */
  #columns: number | undefined;

  /**
   * Writes nothing yet.
   *
   * @param port The terminal.
   * @param options See there.
   */
  constructor(port: TerminalPort, options: TerminalOutputOptions) {
    this.#port = port;
    this.#options = options;
    this.#queue = new OutputQueue([(bytes) => this.#write(bytes)], {
      limit: MAX_PENDING_LENGTH,
      frame: (text) => this.#frame(text),
      onBroken: () => options.onBroken(),
      // What was to be on the screen is not there.
      onDropped: () => this.#recent.clear(),
    });
  }

  /** Whether something is being written. */
  get busy(): boolean {
    return this.#queue.busy;
  }

  /** Whether nobody seems to read the terminal. */
  get stalled(): boolean {
    return this.#port.now() - (this.#writingSince ?? Infinity) > STALL_TIME;
  }

  /**
   * Prints lines above the prompt.
   *
   * @param text The lines, separated by `\n`.
   */
  print(text: string): void {
    this.#recent.printed(text, false);
    this.#queue.push(rawLines(text));
  }

  /**
   * Prints a message above the prompt: where it belongs if it can be put there, else with a mark.
   *
   * @param text The message, one line.
   * @param back How many messages belong behind it.
   */
  line(text: string, back: number): void {
    const placed = back === 0 ? undefined : this.#insert(text, back);
    if (placed !== undefined) return this.#queue.push(placed);
    const shown = back === 0 ? text : LATE_MARK + text;
    this.#recent.printed(shown, true);
    this.#queue.push(rawLines(shown));
  }

  /**
   * Writes codes that print nothing.
   *
   * @param codes The codes.
   */
  control(codes: string): void {
    this.#queue.push(codes);
  }

  /** Rings the bell. */
  bell(): void {
    this.#queue.push(BELL);
  }

  /** The window changed, or was cleared: nothing is known of what stands where. */
  changed(): void {
    this.#recent.clear();
    this.redraw();
  }

  /** Draws the prompt row anew. */
  redraw(): void {
    this.#queue.redraw();
  }

  /**
   * Waits until the terminal took what was printed.
   *
   * @returns Resolves when nothing is pending.
   */
  flush(): Promise<void> {
    return this.#queue.flush();
  }

  #insert(text: string, back: number): string | undefined {
    const columns = this.#width();
    // A terminal that is not ours, or takes nothing.
    if (this.#options.row() === undefined || this.stalled) return undefined;
    const rows = this.#port.rows() || DEFAULT_ROWS;
    return this.#recent.insert(text, back, { columns, rows });
  }

  #width(): number {
    const columns = this.#port.columns() || DEFAULT_COLUMNS;
    // Rows that were printed before are broken anew, by each terminal in its own way.
    if (columns !== (this.#columns ?? columns)) this.#recent.clear();
    return this.#columns = columns;
  }

  async #write(bytes: Uint8Array): Promise<number> {
    this.#writingSince = this.#port.now();
    try {
      return await this.#port.write(bytes);
    } finally {
      this.#writingSince = undefined;
    }
  }

  #frame(text: string): string {
    const columns = this.#width();
    const row = this.#options.row();
    if (row === undefined) return text;
    return (text === "" ? "" : ERASE_ROW + text) + promptRow(row, columns);
  }
}
