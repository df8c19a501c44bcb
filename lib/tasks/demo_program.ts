/**
 * A program of the demonstration: a real child process, typed to and read line by line.
 *
 * @module
 */

/** How a {@linkcode DemoProgram} is started. */
export interface DemoProgramOptions {
  /** Who it is in the story. */
  readonly name: string;
  /** What `deno` is started with. */
  readonly args: readonly string[];
  /** Is called with each line it prints, on either stream, without the line end. */
  readonly onLine: (line: string) => void;
  /** Is called when it has ended, after its last line. */
  readonly onEnd: () => void;
}

/** A running program; killed when disposed. */
export class DemoProgram implements AsyncDisposable {
  /** Who it is in the story. */
  readonly name: string;
  /** Resolves with its exit code once it has ended and its last line was told. */
  readonly ended: Promise<number>;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  #over = false;

  /**
   * Starts it, with pipes for input and output.
   *
   * @param options What to start, and who is told.
   */
  constructor(options: DemoProgramOptions) {
    this.name = options.name;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [...options.args],
      // The stage has colours of its own.
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.ended = this.#follow(options);
  }

  /** Whether it has ended. */
  get over(): boolean {
    return this.#over;
  }

  /**
   * Types a line.
   *
   * @param line The line without its end.
   */
  async type(line: string): Promise<void> {
    try {
      await this.#input.write(new TextEncoder().encode(line + "\n"));
    } catch {
      // It has ended: whoever waits for its answer is told so, with what it said at last.
    }
  }

  /** Asks it to end, as an operator does. */
  stop(): void {
    this.#signal("SIGTERM");
  }

  /** Ends it for certain, and waits for that. May be called twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal("SIGKILL");
    await this.ended;
  }

  #signal(name: Deno.Signal): void {
    if (this.#over) return;
    try {
      this.#child.kill(name);
    } catch {
      // It ended in this very moment.
    }
  }

  async #follow({ onLine, onEnd }: DemoProgramOptions): Promise<number> {
    const [{ code }] = await Promise.all([
      this.#child.status,
      readLines(this.#child.stdout, onLine),
      readLines(this.#child.stderr, onLine),
    ]);
    this.#over = true;
    await this.#input.close().catch(() => {});
    onEnd();
    return code;
  }
}

/**
 * Reads a stream line by line.
 *
 * @param stream UTF-8.
 * @param onLine Is called with each line, without its end; an unfinished last line counts too.
 * @returns Resolves at the end of the stream.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * await readLines(new Response("one\ntwo").body!, (line) => lines.push(line));
 * assertEquals(lines, ["one", "two"]);
 * ```
 */
export async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + part).split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  }
  if (rest !== "") onLine(rest);
}
