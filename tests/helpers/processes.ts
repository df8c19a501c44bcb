/**
 * Real programs as child processes: their output as events, their end as a promise.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { ownHome } from "./own_home.ts";

/** A program that says nothing for this long (milliseconds) is broken; no test waits that long. */
const PATIENCE = 30_000;

/** The repository: where programs run unless told otherwise. */
export const ROOT: string = new URL("../../", import.meta.url).pathname;

/** Which output of a program. */
export type OutputStream = "stdout" | "stderr";

/** What to start. */
export interface ProgramOptions {
  /**
   * The executable.
   *
   * @default {Deno.execPath()}
   */
  readonly command?: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** Environment variables on top of this process's own; `NO_COLOR=1` and a home of its own are there. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Where it runs.
   *
   * @default {ROOT}
   */
  readonly cwd?: string;
}

/** One output stream, collected as text. */
class Collected {
  text = "";
  /** Where `next()` goes on to search. */
  cursor = 0;
  ended = false;
  readonly done: Promise<void>;
  #wake = Promise.withResolvers<void>();

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.done = this.#collect(stream);
  }

  /** Resolves when there is more text, or the end. */
  get changed(): Promise<void> {
    return this.#wake.promise;
  }

  async #collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      this.text += part;
      this.#ring();
    }
    this.ended = true;
    this.#ring();
  }

  #ring(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }
}

/** A running program; killed when disposed. */
export class Program implements AsyncDisposable {
  /** How it ended. */
  readonly status: Promise<Deno.CommandStatus>;
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #streams: Record<OutputStream, Collected>;
  readonly #title: string;
  #stdinClosed = false;
  #ended = false;

  /**
   * Starts a program; see {@linkcode startProgram}.
   *
   * @param options What to start.
   */
  constructor(options: ProgramOptions) {
    const command = options.command ?? Deno.execPath();
    this.#title = [command, ...options.args].join(" ");
    this.#child = new Deno.Command(command, {
      args: [...options.args],
      cwd: options.cwd ?? ROOT,
      env: { ...ownHome(), NO_COLOR: "1", ...options.env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    this.#streams = {
      stdout: new Collected(this.#child.stdout),
      stderr: new Collected(this.#child.stderr),
    };
    this.status = this.#untilEnd();
  }

  /** The process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Everything it wrote to stdout so far. */
  get stdout(): string {
    return this.#streams.stdout.text;
  }

  /** Everything it wrote to stderr so far. */
  get stderr(): string {
    return this.#streams.stderr.text;
  }

  /**
   * Writes to its standard input.
   *
   * @param text Text or bytes.
   * @returns Resolves when the pipe took it.
   */
  async write(text: string | Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#stdin.write(typeof text === "string" ? new TextEncoder().encode(text) : text);
  }

  /**
   * Ends its standard input; may be called twice.
   *
   * @returns Resolves when done.
   */
  async closeStdin(): Promise<void> {
    if (this.#stdinClosed) return;
    this.#stdinClosed = true;
    // A program that is gone has closed the pipe already.
    await this.#stdin.close().catch(() => {});
  }

  /**
   * Waits until its output matches, searching all of it from the start. What has come so far may end
   * in the middle of a line: a pattern that wants a whole line ends with `\n`, not with `$`.
   *
   * @param pattern What to look for; without the flags g and y.
   * @param stream Where.
   * @returns The match; `index` counts from the start of the output.
   * @throws {Error} If the output ends without it, or nothing came of it for 30 s.
   */
  async waitFor(pattern: RegExp, stream: OutputStream = "stdout"): Promise<RegExpExecArray> {
    return await this.#find(pattern, stream, 0);
  }

  /**
   * Waits until its output matches after the previous match of `next()` on this stream.
   *
   * @param pattern What to look for; without the flags g and y.
   * @param stream Where.
   * @returns The match; `index` counts from where the search began.
   * @throws {Error} If the output ends without it, or nothing came of it for 30 s.
   */
  async next(pattern: RegExp, stream: OutputStream = "stdout"): Promise<RegExpExecArray> {
    const collected = this.#streams[stream];
    const match = await this.#find(pattern, stream, collected.cursor);
    collected.cursor += match.index + match[0].length;
    return match;
  }

  /**
   * Sends a signal and waits for the end.
   *
   * @param signal Which.
   * @returns How it ended; its output is complete by then.
   */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<Deno.CommandStatus> {
    this.signal(signal);
    return await this.status;
  }

  /**
   * Sends a signal, if it still runs.
   *
   * @param signal Which.
   */
  signal(signal: Deno.Signal): void {
    if (this.#ended) return;
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It ended in this very moment.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async #find(pattern: RegExp, stream: OutputStream, from: number): Promise<RegExpExecArray> {
    const collected = this.#streams[stream];
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(this.#missing(pattern, stream, "not in time")), PATIENCE);
    try {
      for (;;) {
        const match = pattern.exec(collected.text.slice(from));
        if (match !== null) return match;
        if (collected.ended) throw this.#missing(pattern, stream, "the output ended");
        await Promise.race([collected.changed, late]);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #missing(pattern: RegExp, stream: OutputStream, why: string): Error {
    return new Error(
      `Cannot find ${pattern} in ${stream} of "${this.#title}": ${why}.\n` +
        `--- stdout\n${this.stdout.slice(-4000)}\n--- stderr\n${this.stderr.slice(-4000)}`,
    );
  }

  async #untilEnd(): Promise<Deno.CommandStatus> {
    const status = await this.#child.status;
    this.#ended = true;
    await Promise.all([this.#streams.stdout.done, this.#streams.stderr.done]);
    await this.closeStdin();
    return status;
  }

  /** Kills it if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.signal("SIGKILL");
    await this.status;
  }
}

/**
 * Starts any program.
 *
 * @param options What to start.
 * @returns The running program; dispose it.
 */
export function startProgram(options: ProgramOptions): Program {
  return new Program(options);
}

/** A task of `deno.json` that is one `deno run`. */
export type TaskName = "server" | "client" | "demo";

/**
 * Reads how a task runs its program, so that tests run with exactly its permissions.
 *
 * @param task The task.
 * @returns The arguments of `deno`: `run`, the flags, the program.
 */
export function taskArgs(task: TaskName): string[] {
  const words = config.tasks[task].command.split(" ");
  if (words[0] !== "deno" || words[1] !== "run" || /["'$&|]/.test(words.join(" "))) {
    throw new Error(`Cannot run task "${task}" without a shell: it is no plain "deno run".`);
  }
  return words.slice(1);
}

/**
 * Starts the program of a task, with the permissions of the task.
 *
 * @param task The task.
 * @param args The program's arguments.
 * @param env Environment variables.
 * @returns The running program; dispose it.
 */
export function startTask(
  task: TaskName,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Program {
  return startProgram({ args: [...taskArgs(task), ...args], env });
}

/** A running directory server. */
export interface ServerProgram extends AsyncDisposable {
  /** The process. */
  readonly program: Program;
  /** The port it listens on, at 127.0.0.1. */
  readonly port: number;
}

/**
 * Starts the real server on a free port of 127.0.0.1 and waits until it listens. It has no TLS, unless
 * the flags say something of it: a certificate takes longer to make than most tests do.
 *
 * @param args Further flags, such as `--tls-port 0`.
 * @returns The server; dispose it.
 */
export async function startServer(args: readonly string[] = []): Promise<ServerProgram> {
  const kept = args.includes("--data") ? [] : ["--memory"];
  const tls = args.some((word) => word.startsWith("--tls-")) ? [] : ["--no-tls"];
  const where = ["--host", "127.0.0.1", "--port", "0", "--no-announce"];
  const program = startTask("server", [...where, ...kept, ...tls, ...args]);
  const match = await program.waitFor(/listening on port (\d+)\.\.\.\n|"port":(\d+)\}\n/);
  return {
    program,
    port: Number(match[1] ?? match[2]),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
