/**
 * What the bench measures, and in which order.
 *
 * @module
 */

import { type Durations, hold, type Load, type Run, runLoad } from "./load.ts";
import { BenchError, Server, type ServerName } from "./programs.ts";

/** One line of the table. */
export interface Case {
  /** What is measured, in words. */
  readonly title: string;
  /** The load. */
  readonly load: Load;
  /** How often at most; the bench's number of rounds if it is not given. */
  readonly rounds?: number;
}

/** The cases, measured with 10 and with 1,000 rooms. */
export const CASES: readonly Case[] = [
  ...[1, 16].flatMap((depth) =>
    [1, 50, 500].map((connections): Case => ({
      title: `${plural(connections)}, ${depth === 1 ? "closed loop" : `${depth} deep`}`,
      load: { mode: "saturate", connections, depth },
    }))
  ),
  { title: "connect, getdir, close (50)", load: { mode: "connect", connections: 50 } },
  // One round: with a backlog of 10 this takes as long as all others together.
  { title: "500 at once, one getdir", load: { mode: "burst", connections: 500 }, rounds: 1 },
];

function plural(connections: number): string {
  return `${connections} connection${connections === 1 ? "" : "s"}`;
}

/** A server's runs of one case. */
export interface Series {
  /** Which server. */
  readonly server: ServerName;
  /** The runs, one per round. */
  readonly runs: readonly Run[];
}

/** All that was measured of one case. */
export interface CaseResult {
  /** What was measured, in words. */
  readonly title: string;
  /** Which load. */
  readonly load: Load;
  /** Rooms in the directory. */
  readonly rooms: number;
  /** Per server. */
  readonly series: readonly Series[];
}

/** A server's memory with no, 500 and 5,000 connections. */
export interface MemoryResult {
  /** Which server. */
  readonly server: ServerName;
  /** Resident set right after the start, with 10 rooms, in MiB. */
  readonly idle: number | undefined;
  /** For each number of connections asked for, what was seen. */
  readonly held: readonly (Awaited<ReturnType<typeof hold>> & { readonly wanted: number })[];
}

/** What all measurements need. */
export interface Plan {
  /** The built load generator. */
  readonly program: string;
  /** The servers that can be started here. */
  readonly servers: readonly ServerName[];
  /** How often each case is measured. */
  readonly rounds: number;
  /** How long each run takes. */
  readonly durations: Durations;
  /** Told what goes on. */
  readonly progress: (text: string) => void;
  /** Told what could not be measured. */
  readonly problem: (text: string) => void;
}

/** With how many connections memory is read. */
const HELD = [500, 5_000] as const;

/**
 * Reads every server's memory, each in a process of its own that has done nothing else.
 *
 * @param plan How to measure.
 * @returns One result per server.
 */
export async function measureMemory(plan: Plan): Promise<MemoryResult[]> {
  const results: MemoryResult[] = [];
  for (const name of plan.servers) {
    plan.progress(`memory: ${name}`);
    await using server = await Server.start(name, 10);
    const idle = await server.memory();
    const held = [];
    for (const wanted of HELD) {
      if (server.ended) break;
      held.push({ wanted, ...await hold(plan.program, server, wanted) });
    }
    results.push({ server: name, idle, held });
  }
  return results;
}

/**
 * Measures all cases with one number of rooms, the servers in turn (A B C A B C ...), so that what
 * else the machine does falls on all of them.
 *
 * @param plan How to measure.
 * @param rooms Rooms in the directory.
 * @returns One result per case.
 */
export async function measureCases(plan: Plan, rooms: number): Promise<CaseResult[]> {
  await using fleet = new Fleet(rooms, plan);
  const results: CaseResult[] = [];
  for (const { title, load, rounds = plan.rounds } of CASES) {
    const runs = new Map(plan.servers.map((name): [ServerName, Run[]] => [name, []]));
    for (let round = 1; round <= Math.min(rounds, plan.rounds); round++) {
      for (const name of plan.servers) {
        plan.progress(`${rooms} rooms, ${title}: ${name}, round ${round}`);
        try {
          const server = await fleet.get(name);
          runs.get(name)?.push(await runLoad(plan.program, server, load, plan.durations));
        } catch (error) {
          if (!(error instanceof BenchError)) throw error;
          plan.problem(error.message);
        }
      }
    }
    results.push({
      title,
      load,
      rooms,
      series: [...runs].map(([server, list]) => ({ server, runs: list })),
    });
  }
  return results;
}

/** The running servers; one that died is started again, for the next case. */
class Fleet implements AsyncDisposable {
  readonly #rooms: number;
  readonly #plan: Plan;
  readonly #servers = new Map<ServerName, Server>();

  constructor(rooms: number, plan: Plan) {
    this.#rooms = rooms;
    this.#plan = plan;
  }

  async get(name: ServerName): Promise<Server> {
    const running = this.#servers.get(name);
    if (running !== undefined && !running.ended) return running;
    if (running !== undefined) this.#plan.progress(`"${name}" had died and is started again`);
    const server = await Server.start(name, this.#rooms);
    this.#servers.set(name, server);
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server[Symbol.asyncDispose]()));
  }
}
