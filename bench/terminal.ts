/**
 * How long a person waits for the client: until its prompt is there, for lines that arrive, for a paste.
 *
 * @module
 */

import type { LineContext } from "../lib/client/terminal/line_context.ts";
import { TerminalConsole } from "../lib/client/terminal/terminal_console.ts";
import type { TerminalPort } from "../lib/client/terminal/terminal_port.ts";
import { taskFlags } from "../lib/tasks/task_flags.ts";
import { median } from "./table.ts";

/** Lines that arrive as fast as they can be printed. */
const LINES = 20_000;

/** Characters of the pasted line. */
const PASTED = 5_000;

/** Starts of each program per round: some come when the machine does something else. */
const STARTS = 7;

/** What the terminal part measured, in milliseconds. */
export interface TerminalFigures {
  /** From the start of an empty script to its one line on a terminal; undefined without `script`. */
  readonly emptyStart: number | undefined;
  /** From the start of the client to its prompt on a terminal; undefined without `script`. */
  readonly promptStart: number | undefined;
  /**
   * From the start of the client to the answer to a command that is typed as soon as the prompt is there:
   * by then, all is loaded. Undefined without `script`.
   */
  readonly answerStart: number | undefined;
  /** Until {@linkcode LINES} lines were written above the prompt. */
  readonly lines: number;
  /** Until a pasted line of {@linkcode PASTED} characters stands at the prompt. */
  readonly paste: number;
}

/** A terminal that takes everything at once; what is typed comes from the bench. */
class BlackHole implements TerminalPort {
  readonly stop: undefined = undefined;
  typed: Uint8Array[] = [];
  #more = Promise.withResolvers<void>();
  #hungry = Promise.withResolvers<void>();

  /** Types, and waits until it was taken. */
  async type(keys: string): Promise<void> {
    this.typed.push(new TextEncoder().encode(keys));
    this.#hungry = Promise.withResolvers<void>();
    this.#more.resolve();
    await this.#hungry.promise;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.typed.length === 0) {
      this.#hungry.resolve();
      await this.#more.promise;
      this.#more = Promise.withResolvers<void>();
    }
    const bytes = this.typed.shift()!;
    buffer.set(bytes.subarray(0, buffer.length));
    if (bytes.length > buffer.length) this.typed.unshift(bytes.subarray(buffer.length));
    return Math.min(bytes.length, buffer.length);
  }

  write(bytes: Uint8Array): Promise<number> {
    return Promise.resolve(bytes.length);
  }

  writeNow(): void {}

  writeError(bytes: Uint8Array): Promise<number> {
    return this.write(bytes);
  }

  setRaw(): void {}

  columns(): number {
    return 80;
  }

  rows(): number {
    return 24;
  }

  now(): number {
    return performance.now();
  }

  after(ms: number, callback: () => void): () => void {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  }

  listen(): () => void {
    return () => {};
  }
}

const CONTEXT: LineContext = {
  use: "room",
  complete: (left) => ({ from: left.length, candidates: [] }),
};

/** A console at work, with something typed. */
async function withConsole<T>(
  work: (console: TerminalConsole, port: BlackHole) => Promise<T>,
): Promise<T> {
  const port = new BlackHole();
  await using console = new TerminalConsole(port, { context: CONTEXT });
  console.setPrompt("[lobby] Mel> ");
  console.events();
  await port.type("How are");
  await console.flush();
  return await work(console, port);
}

/** Turns of the event loop come in between, as they do when datagrams arrive. */
function measureLines(): Promise<number> {
  return withConsole(async (console) => {
    const start = performance.now();
    for (let i = 0; i < LINES; i++) {
      console.line(`Ann: line ${i}, สวัสดี, and what else there is to say 👋`, 0);
      if (i % 32 === 31) await Promise.resolve();
    }
    await console.flush();
    return performance.now() - start;
  });
}

function measurePaste(): Promise<number> {
  const pasted = "Guten Tag 👩‍👩‍👧 สวัสดี ".repeat(PASTED).slice(0, PASTED);
  return withConsole(async (console, port) => {
    const start = performance.now();
    await port.type(`\x1b[200~${pasted}\x1b[201~`);
    await console.flush();
    return performance.now() - start;
  });
}

/** Something that a program shows, and what is typed then. */
interface Step {
  readonly shown: string;
  readonly type?: string;
}

/** From the start of a program in a terminal to each step. What it keeps goes into a folder. */
async function untilShown(
  steps: readonly Step[],
  args: readonly string[],
  folder: string,
): Promise<number[]> {
  const quoted = [Deno.execPath(), ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const start = performance.now();
  const child = new Deno.Command("script", {
    args: ["-qec", quoted.join(" "), "/dev/null"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    env: { TERM: "xterm", XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder },
    cwd: new URL("..", import.meta.url).pathname,
  }).spawn();
  const keys = child.stdin.getWriter();
  let fresh = "";
  const times: number[] = [];
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    fresh += part;
    const step = steps[times.length];
    if (step === undefined || !fresh.includes(step.shown)) continue;
    times.push(performance.now() - start);
    if (times.length === steps.length) break;
    fresh = "";
    await keys.write(new TextEncoder().encode(step.type));
  }
  await keys.close().catch(() => {});
  try {
    child.kill("SIGKILL");
  } catch {
    // It ended by itself.
  }
  await child.status;
  const missing = steps[times.length];
  if (missing === undefined) return times;
  throw new Deno.errors.UnexpectedEof(`"${missing.shown}" did not come: ${fresh}`);
}

/** The two in turn, so that both see the same machine. */
async function measureStart(
  folder: string,
  rounds: number,
): Promise<Pick<TerminalFigures, "emptyStart" | "promptStart" | "answerStart">> {
  const script = `${folder}/empty.ts`;
  await Deno.writeTextFile(script, 'console.log("up");\n');
  const { flags, script: client } = taskFlags("client");
  const where = ["--iface", "127.0.0.1", "--server", "127.0.0.1:1"];
  const clientSteps = [{ shown: "crds> ", type: "help\r" }, { shown: "getdir" }];
  const times = { empty: [] as number[], prompt: [] as number[], answer: [] as number[] };
  try {
    for (let round = 0; round < rounds; round++) {
      const up = [{ shown: "up" }];
      const [empty = NaN] = await untilShown(up, ["run", "--no-prompt", script], folder);
      const args = ["run", ...flags, client, ...where];
      const [prompt = NaN, answer = NaN] = await untilShown(clientSteps, args, folder);
      times.empty.push(empty);
      times.prompt.push(prompt);
      times.answer.push(answer);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return {
    emptyStart: median(times.empty),
    promptStart: median(times.prompt),
    answerStart: median(times.answer),
  };
}

/**
 * Measures the terminal.
 *
 * @param plan A folder for scratch files, and how often.
 * @returns The figures, medians of the rounds.
 */
export async function measureTerminal(
  { folder, rounds }: { readonly folder: string; readonly rounds: number },
): Promise<TerminalFigures> {
  const times = Array.from({ length: 3 * rounds });
  const lines: number[] = [];
  const paste: number[] = [];
  for (const _ of times) {
    lines.push(await measureLines());
    paste.push(await measurePaste());
  }
  const start = await measureStart(folder, STARTS * rounds);
  return { ...start, lines: median(lines) ?? NaN, paste: median(paste) ?? NaN };
}

/**
 * Writes the figures.
 *
 * @param figures The figures.
 * @returns Lines of text.
 */
export function formatTerminal(figures: TerminalFigures): string {
  const { emptyStart, promptStart, answerStart, lines, paste } = figures;
  const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  const beside = (value: number): string =>
    emptyStart === undefined ? "" : ` (${(value / emptyStart).toFixed(1)} times)`;
  const start = emptyStart === undefined || promptStart === undefined || answerStart === undefined
    ? ["  start to prompt: not measured, there is no script (util-linux)"]
    : [
      `  start to prompt: ${ms(promptStart)}; an empty script: ${ms(emptyStart)}${
        beside(promptStart)
      }`,
      `  start to the answer to what is typed at once: ${ms(answerStart)}${beside(answerStart)}`,
    ];
  return [
    "The terminal",
    ...start,
    `  ${LINES.toLocaleString("en-US")} arriving lines while typing: ${ms(lines)}`,
    `  a pasted line of ${PASTED.toLocaleString("en-US")} characters: ${ms(paste)}`,
    "",
  ].join("\n");
}
