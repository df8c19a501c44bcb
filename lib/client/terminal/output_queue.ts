/**
 * The one writer to a terminal or to the pipes of a script.
 *
 * @module
 */

/** Writes some bytes, perhaps not all, and says how many. Rejects when the reader is gone. */
export type Write = (bytes: Uint8Array) => Promise<number>;

/** How an {@linkcode OutputQueue} behaves. */
export interface OutputOptions {
  /**
   * UTF-16 units that may wait for a reader. Without it there is no end.
   */
  limit?: number;
  /**
   * What happens beyond the limit. `drop`: the oldest pieces are dropped, and a line says how many lines
   * that were. `break`: the target that does not take its pieces counts as broken.
   *
   * @default "drop"
   */
  beyond?: "drop" | "break";
  /**
   * Turns all pending pieces of one target into what is written at once: in a terminal it erases
   * the prompt row and draws it again.
   *
   * @default The text as it is.
   */
  frame?: (text: string) => string;
  /** Is called when pieces were dropped. */
  onDropped?: () => void;
  /** Is called once when the first target cannot be written to any more, with what went wrong. */
  onBroken?: (error: unknown) => void;
}

/** A target took nothing until too much was waiting for it. */
export class OutputStalled extends Error {
  /** The class's name, as errors have it. */
  override readonly name = "OutputStalled";
}

/**
 * UTF-16 units (1 to 3 bytes each) that may wait for a terminal: some ten thousand lines, more than
 * anybody scrolls back for, and little beside the memory of the program.
 */
export const MAX_PENDING_LENGTH = 1024 * 1024;

/** Bytes handed to one write: Deno copies what it is given, so a long burst goes in parts. */
const MAX_WRITE_BYTES = 64 * 1024;

interface Piece {
  target: number;
  text: string;
}

/**
 * A queue in front of asynchronous writes: printing never waits, the order is kept over all
 * targets, and all that was printed while a write was under way goes out in one write.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const writes: string[] = [];
 * const queue = new OutputQueue([(bytes) => {
 *   writes.push(new TextDecoder().decode(bytes));
 *   return Promise.resolve(bytes.length);
 * }]);
 * queue.push("a\n");
 * queue.push("b\n");
 * await queue.flush();
 * assertEquals(writes, ["a\nb\n"]);
 * ```
 */
export class OutputQueue {
  readonly #writes: readonly Write[];
  readonly #options: OutputOptions;
  readonly #encoder = new TextEncoder();
  readonly #broken = new Set<number>();
  #pieces: Piece[] = [];
  /** Pieces before this one are done; they are cut off now and then, not one by one. */
  #first = 0;
  #size = 0;
  #skipped = 0;
  #redraw = false;
  #running: Promise<void> | undefined;
  /** Resolves when a write is under way that may never end, and is waited for no more. */
  readonly #stalled = Promise.withResolvers<void>();
  #isStalled = false;

  /**
   * Makes a queue.
   *
   * @param writes One or more targets: pieces name one by its index.
   * @param options See there.
   */
  constructor(writes: readonly Write[], options: OutputOptions = {}) {
    this.#writes = writes;
    this.#options = options;
  }

  /** True while something is pending or being written. */
  get busy(): boolean {
    return this.#running !== undefined;
  }

  /**
   * Queues a piece.
   *
   * @param text What to write, line ends included.
   * @param target Index of the target.
   */
  push(text: string, target = 0): void {
    if (this.#broken.has(target)) return;
    this.#pieces.push({ target, text });
    this.#size += text.length;
    this.#drop();
    this.#start();
  }

  /** Asks for the frame to be written anew, with pieces or without. */
  redraw(): void {
    if (this.#broken.has(0)) return;
    this.#redraw = true;
    this.#start();
  }

  /**
   * Waits until everything queued was written or given up.
   *
   * @returns Resolves when nothing is pending.
   */
  async flush(): Promise<void> {
    while (this.#running !== undefined && !this.#isStalled) {
      await Promise.race([this.#running, this.#stalled.promise]);
    }
  }

  #drop(): void {
    const { limit = Infinity, beyond = "drop" } = this.#options;
    if (this.#size > limit && beyond === "break") return this.#stall();
    const before = this.#size;
    while (this.#size > limit && this.#first < this.#pieces.length - 1) {
      const { text } = this.#pieces[this.#first]!;
      this.#forget(this.#first + 1);
      this.#size -= text.length;
      this.#skipped += text.split("\n").length - 1;
    }
    if (this.#size < before) this.#options.onDropped?.();
  }

  /** Nobody reads: whatever target that is, nothing gets past the write that is under way. */
  #stall(): void {
    this.#isStalled = true;
    for (const target of this.#writes.keys()) this.#break(target, new OutputStalled());
    this.#stalled.resolve();
  }

  #forget(first: number): void {
    this.#first = first;
    if (first * 2 < this.#pieces.length) return;
    this.#pieces = this.#pieces.slice(first);
    this.#first = 0;
  }

  #start(): void {
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    // What is printed in the same tick goes into the same write.
    await Promise.resolve();
    while (this.#first < this.#pieces.length || this.#redraw) {
      const { target, text } = this.#take();
      const frame = target === 0 ? this.#options.frame?.(text) ?? text : text;
      try {
        await this.#write(target, this.#encoder.encode(frame));
      } catch (error) {
        this.#break(target, error);
      }
    }
    this.#running = undefined;
  }

  /** Takes the longest run of pieces that go to the same target. */
  #take(): Piece {
    const target = this.#pieces[this.#first]?.target ?? 0;
    let end = this.#first;
    while (end < this.#pieces.length && this.#pieces[end]!.target === target) end++;
    const taken = this.#pieces.slice(this.#first, end);
    this.#forget(end);
    let text = taken.map((piece) => piece.text).join("");
    this.#size -= text.length;
    if (target === 0) this.#redraw = false;
    if (this.#skipped > 0) {
      const lines = this.#skipped === 1 ? "line" : "lines";
      text = `[... ${this.#skipped} ${lines} skipped: the terminal did not read]\r\n` + text;
      this.#skipped = 0;
    }
    return { target, text };
  }

  async #write(target: number, bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      rest = rest.subarray(await this.#writes[target]!(rest.subarray(0, MAX_WRITE_BYTES)));
    }
  }

  #break(target: number, error: unknown): void {
    if (this.#broken.has(target)) return;
    this.#broken.add(target);
    this.#pieces = this.#pieces.slice(this.#first).filter((piece) => piece.target !== target);
    this.#first = 0;
    this.#size = this.#pieces.reduce((sum, piece) => sum + piece.text.length, 0);
    if (target !== 0) return;
    this.#redraw = false;
    this.#options.onBroken?.(error);
  }
}
