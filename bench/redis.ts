/**
 * Redis as a reference for durable writes: what is answered with `+OK` is on the disk.
 *
 * @module
 */

import { BenchError, Server } from "./programs.ts";

/** A free port may be taken by somebody else before Redis has it: then another one is tried. */
const ATTEMPTS = 3;

/**
 * Tells whether Redis is installed.
 *
 * @returns Its version, or undefined if there is none.
 */
export async function redisVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command("redis-server", { args: ["--version"] }).output();
    return /\bv=(\S+)/.exec(new TextDecoder().decode(stdout))?.[1];
  } catch {
    return undefined;
  }
}

/**
 * Starts Redis on a free port of 127.0.0.1; every write is synced before it is answered.
 *
 * @param folder Where it keeps its files.
 * @returns The server, ready.
 * @throws {BenchError} If it does not start.
 */
export async function startRedis(folder: string): Promise<Server> {
  for (let attempt = 1;; attempt++) {
    const port = freePort();
    const settings = {
      port: String(port),
      bind: "127.0.0.1",
      dir: folder,
      daemonize: "no",
      appendonly: "yes",
      appendfsync: "always",
      // No snapshots and no rewriting of the log: nothing but the writes themselves is measured.
      save: "",
      "auto-aof-rewrite-percentage": "0",
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    try {
      return await Server.launch("redis", "redis-server", args, /(Ready) to accept/, port);
    } catch (error) {
      if (!(error instanceof BenchError) || attempt === ATTEMPTS) throw error;
    }
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
