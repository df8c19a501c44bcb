/**
 * Runs of the load generator (`load.c`) and what they tell.
 *
 * @module
 */

import { BenchError, type Server } from "./programs.ts";

/** How long a server that failed some connections may take to end, in milliseconds. */
const DYING = 500;

/** The JSON line of one run of the load generator; times in microseconds. */
export interface LoadResult {
  /** Connections that were open. */
  readonly opened: number;
  /** Bytes of one reply, the same for all. */
  readonly replyBytes: number;
  /** Requests answered in the measured time. */
  readonly requests: number;
  /** The measured time in seconds; of a burst, until the last answer. */
  readonly seconds: number;
  /** Requests per second. */
  readonly rate: number;
  /** Median latency of a batch of requests. */
  readonly p50: number;
  /** 99th percentile. */
  readonly p99: number;
  /** The longest that any connection waited, the unanswered ones included. */
  readonly worstConnection: number;
  /** Requests of the connection that got the fewest. */
  readonly fewest: number;
  /** Requests of the connection that got the most. */
  readonly most: number;
  /** Connections refused, reset, closed early, wrongly answered or not answered in time. */
  readonly failures: number;
  /** Share of one processor that the load generator used. */
  readonly cpu: number;
}

/** One run and what it cost the server. */
export interface Run extends LoadResult {
  /** Share of one processor that the server used over the whole run. */
  readonly serverCpu: number;
  /** What the load generator said of the first failure. */
  readonly complaint?: string;
}

/** What is to be measured with the load generator. */
export type Load =
  | { readonly mode: "saturate"; readonly connections: number; readonly depth: number }
  | { readonly mode: "connect"; readonly connections: number }
  | { readonly mode: "burst"; readonly connections: number };

/** How long runs take, in seconds. */
export interface Durations {
  /** The measured part. */
  readonly measure: number;
  /** What goes before, unmeasured. */
  readonly warmup: number;
  /** The longest a burst may take. */
  readonly burst: number;
}

function argsOf(load: Load, port: number, { measure, warmup, burst }: Durations): string[] {
  const times = [measure, warmup];
  const numbers = load.mode === "saturate"
    ? [port, load.connections, load.depth, ...times]
    : load.mode === "connect"
    ? [port, load.connections, ...times]
    : [port, load.connections, burst];
  return [load.mode, ...numbers.map(String)];
}

/**
 * Puts a load on a server.
 *
 * @param program The built load generator.
 * @param server The server.
 * @param load What to send.
 * @param durations How long.
 * @returns What was measured.
 * @throws {BenchError} If the load generator itself fails.
 */
export async function runLoad(
  program: string,
  server: Server,
  load: Load,
  durations: Durations,
): Promise<Run> {
  return await measure(program, server, argsOf(load, server.port, durations));
}

/**
 * Runs a load generator on a server.
 *
 * @param program The built load generator.
 * @param server The server.
 * @param args The load generator's arguments.
 * @returns What was measured.
 * @throws {BenchError} If the load generator itself fails.
 */
export async function measure(
  program: string,
  server: Server,
  args: readonly string[],
): Promise<Run> {
  const cpuBefore = await server.cpuSeconds();
  const began = performance.now();
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  const took = (performance.now() - began) / 1000;
  const complaint = new TextDecoder().decode(stderr).trim();
  if (!success) {
    throw new BenchError(`Cannot measure ${args.join(" ")} on "${server.name}": ${complaint}`);
  }
  const result = JSON.parse(new TextDecoder().decode(stdout)) as LoadResult;
  const serverCpu = (await server.cpuSeconds() - cpuBefore) / took;
  return { ...result, serverCpu, ...(complaint === "" ? {} : { complaint }) };
}

/** A server's memory while connections are held open. */
export interface Held {
  /** Connections that were open, each after one getdir. */
  readonly opened: number;
  /** Resident set in MiB; undefined if the server died. */
  readonly memory: number | undefined;
  /** Connections that could not be opened, or of a sample that was not answered afterwards. */
  readonly failures: number;
}

/**
 * Holds connections open, reads the server's memory, checks that some are still answered.
 *
 * @param program The built load generator.
 * @param server The server.
 * @param connections How many.
 * @returns What was seen; a server that died is a result, not an error.
 */
export async function hold(program: string, server: Server, connections: number): Promise<Held> {
  await using child = new Deno.Command(program, {
    args: ["idle", String(server.port), String(connections)],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let text = "";
  let memory: number | undefined;
  let asked = false;
  for (;;) {
    const { value, done } = await lines.read();
    if (done) break;
    text += value;
    if (asked || !text.includes("\n")) continue;
    asked = true;
    memory = await server.memory();
    await child.stdin.close();
  }
  const result = JSON.parse(text.trimEnd().split("\n").at(-1) ?? "{}") as LoadResult;
  // What a dying server had is no figure.
  if (result.failures > 0 && await server.endsWithin(DYING)) memory = undefined;
  return { opened: result.opened, memory, failures: result.failures };
}
