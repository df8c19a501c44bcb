/**
 * The programs of the bench as real processes: the load generator and the servers it measures.
 *
 * @module
 */

import { benchRooms, fill } from "./rooms.ts";

/** Where the bench and the server live. */
const ROOT = new URL("..", import.meta.url).pathname;

/** The longest a server may take to say that it listens, in milliseconds. */
const START_TIMEOUT = 15_000;

/** Clock ticks per second in /proc/PID/stat: the same on every Linux. */
const TICKS = 100;

/** The names of the servers that are compared. */
export type ServerName = "ours" | "select" | "ceiling";

/** Something the bench needs is missing or did not work; the message is for people. */
export class BenchError extends Error {
  /** What kind of error it is. */
  override readonly name = "BenchError";
}

/**
 * Builds a load generator.
 *
 * @param folder Where to put it.
 * @param name Which one: `load` speaks the lab protocol, `load_lines` any with lines as answers.
 * @returns The path of the program.
 * @throws {BenchError} If there is no C compiler, or it fails.
 */
export async function buildLoad(
  folder: string,
  name: "load" | "load_lines",
): Promise<string> {
  const program = `${folder}/${name}`;
  const args = ["-O2", "-o", program, `${ROOT}bench/${name}.c`];
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command("cc", { args, stderr: "piped" }).output();
  } catch {
    throw new BenchError(
      'Cannot build the load generator: there is no C compiler "cc". Install one (Debian: apt install gcc libc6-dev).',
    );
  }
  if (!output.success) {
    throw new BenchError(
      `Cannot build the load generator: ${new TextDecoder().decode(output.stderr)}`,
    );
  }
  return program;
}

/** The permissions that the task "server" has, so that the bench runs what people run. */
function serverPermissions(): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`)) as {
    tasks: { server: { command: string } };
  };
  return tasks.server.command.split(" ").filter((word) => word.startsWith("--allow-"));
}

function commandOf(name: ServerName, rooms: number, data?: string): [string, string[]] {
  const run = ["run", "--no-prompt"];
  switch (name) {
    case "ours": {
      // Unannounced, and without a file of its own choice: nobody else hears of a bench.
      const flags = ["--host", "127.0.0.1", "--port", "0", "--quiet", "--no-announce", "--no-tls"];
      const store = data === undefined ? ["--memory"] : ["--data", data];
      const args = [...run, ...serverPermissions(), `${ROOT}server.ts`, ...flags, ...store];
      return [Deno.execPath(), args];
    }
    case "select":
      return ["python3", [`${ROOT}bench/select_server.py`]];
    case "ceiling": {
      const file = `${ROOT}bench/ceiling.ts`;
      return [Deno.execPath(), [...run, "--allow-net=127.0.0.1", file, String(rooms)]];
    }
  }
}

/** A running server with its rooms made. */
export class Server implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  #ended = false;
  /** Which one. */
  readonly name: string;
  /** Its TCP port on 127.0.0.1. */
  readonly port: number;

  private constructor(name: string, child: Deno.ChildProcess, port: number) {
    this.name = name;
    this.#child = child;
    this.port = port;
    child.status.then(() => this.#ended = true);
  }

  /**
   * Starts one of the servers that are compared and makes its rooms.
   *
   * @param name Which one.
   * @param rooms How many rooms.
   * @param data The file that keeps our directory; without one it is kept in memory.
   * @returns The server, ready.
   * @throws {BenchError} If it does not start, or does not take the rooms.
   */
  static async start(name: ServerName, rooms: number, data?: string): Promise<Server> {
    const [program, args] = commandOf(name, rooms, data);
    const server = await Server.launch(name, program, args, /listening on port (\d+)/);
    try {
      // The constant server has its rooms from the command line.
      if (name !== "ceiling" && rooms > 0) await fill(server.port, benchRooms(rooms));
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw new BenchError(`Cannot make ${rooms} rooms on "${name}": ${(error as Error).message}.`);
    }
    return server;
  }

  /**
   * Starts any program and waits until it says that it is ready.
   *
   * @param name What it is called here.
   * @param program The program.
   * @param args Its arguments.
   * @param ready What it prints when it is ready; the first group is its port.
   * @param port Its port, if it does not print it.
   * @returns The server, ready.
   * @throws {BenchError} If there is no such program, or it does not start.
   */
  static async launch(
    name: string,
    program: string,
    args: readonly string[],
    ready: RegExp,
    port?: number,
  ): Promise<Server> {
    let child: Deno.ChildProcess;
    try {
      child = new Deno.Command(program, {
        args: [...args],
        cwd: ROOT,
        stdout: "piped",
        stderr: "piped",
      }).spawn();
    } catch {
      throw new BenchError(`Cannot start "${name}": there is no program "${program}".`);
    }
    const complaint = firstLine(child.stderr);
    const timer = setTimeout(() => kill(child), START_TIMEOUT);
    const found = await firstMatch(child.stdout, ready);
    clearTimeout(timer);
    if (found === undefined) {
      kill(child);
      await child.status;
      const words = await complaint;
      throw new BenchError(`Cannot start "${name}": it did not say that it listens. ${words}`);
    }
    return new Server(name, child, port ?? Number(found));
  }

  /** Whether the process has ended, wanted or not. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * Waits whether the process ends.
   *
   * @param patience For how long, in milliseconds.
   * @returns True if it has ended.
   */
  async endsWithin(patience: number): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => timer = setTimeout(resolve, patience));
    await Promise.race([this.#child.status, late]);
    clearTimeout(timer);
    return this.#ended;
  }

  /**
   * Reads how much memory it has.
   *
   * @returns The resident set in MiB, or undefined if the process has ended.
   */
  async memory(): Promise<number | undefined> {
    const found = /^VmRSS:\s+(\d+) kB/m.exec(await this.#proc("status"));
    return found === null ? undefined : Number(found[1]) / 1024;
  }

  /**
   * Reads how long it has computed.
   *
   * @returns User and system time in seconds; 0 if the process has ended.
   */
  async cpuSeconds(): Promise<number> {
    const stat = await this.#proc("stat");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS;
  }

  /**
   * Reads how long its first thread has computed, to the microsecond: all there is of a C program.
   *
   * @returns Milliseconds; 0 if the process has ended.
   */
  async cpuMilliseconds(): Promise<number> {
    return Number((await this.#proc("schedstat")).split(" ")[0]) / 1e6;
  }

  /** Deno itself reads /proc only with all permissions, `cat` with none. */
  async #proc(file: string): Promise<string> {
    const args = [`/proc/${this.#child.pid}/${file}`];
    const { stdout } = await new Deno.Command("cat", { args, stderr: "null" }).output();
    return new TextDecoder().decode(stdout);
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    kill(this.#child);
    await this.#child.status;
  }
}

/** Kills a child that may have ended already. SIGKILL: the end of a server is not measured here. */
function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended.
  }
}

/** Reads a stream until a pattern's first group is there, then lets the rest flow away. */
async function firstMatch(
  stream: ReadableStream<Uint8Array>,
  pattern: RegExp,
): Promise<string | undefined> {
  const reader = stream.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return undefined;
    text += value;
    const found = pattern.exec(text)?.[1];
    if (found === undefined) continue;
    (async () => {
      while (!(await reader.read()).done);
    })().catch(() => {});
    return found;
  }
}

/** Reads a stream to its end, so that its writer never waits, and keeps the first line of text. */
async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let line = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) if (line === "") line = decoder.decode(chunk).trim();
  return line.split("\n")[0] ?? "";
}
