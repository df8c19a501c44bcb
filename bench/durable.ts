/**
 * Changes of the directory that are on the disk before they are answered, per second; beside the
 * same in memory, the lab protocol, and Redis.
 *
 * @module
 */

import {
  formatLoadCpu,
  type Line,
  measureInTurn,
  medianOf,
  runRequests,
  type Shape,
  type TurnPlan,
} from "./in_turn.ts";
import { measure, type Run } from "./load.ts";
import { BenchError, Server } from "./programs.ts";
import { redisVersion, startRedis } from "./redis.ts";
import { CREATE_AND_DELETE, MAKEROOM_AND_DELETEROOM, SET } from "./requests.ts";
import { median, table, whole } from "./table.ts";

/** Who makes changes; `disk` is a bare file that is synced after each write of 100 bytes. */
export type DurableColumn = "data" | "memory" | "lab" | "redis" | "disk";

/** What was measured, and beside what. */
export interface DurableResult {
  /** The version of Redis, or undefined if it is not installed. */
  readonly redis: string | undefined;
  /** The lines. */
  readonly lines: readonly Line<DurableColumn>[];
}

/**
 * How many changes are under way. Lab connections always pipeline, since they have nothing to wait
 * for but the getdir at the end; 500 of them would need more rooms than a directory has.
 */
const SHAPES: readonly (Shape & { readonly title: string; readonly labDepth?: number })[] = [
  { title: "1 connection", connections: 1, depth: 1, labDepth: 16 },
  { title: "50 connections", connections: 50, depth: 1, labDepth: 16 },
  { title: "500 connections", connections: 500, depth: 1 },
  { title: "1 connection, 64 in flight", connections: 1, depth: 64, labDepth: 64 },
];

/** The bare disk is no server, so that a quarter of the time says enough. */
const DISK_SHARE = 0.25;

/**
 * Measures creates and deletes by turns.
 *
 * @param plan How to measure.
 * @returns What was measured.
 */
export async function measureDurable(plan: TurnPlan): Promise<DurableResult> {
  await using data = await Server.start("ours", 0, `${plan.folder}/bench.db`);
  await using memory = await Server.start("ours", 0);
  const version = await redisVersion();
  await using redis = version === undefined ? null : await tryRedis(plan);
  const disk = ["fsync", `${plan.folder}/bench.sync`, String(plan.durations.measure * DISK_SHARE)];
  const lines = [];
  for (const { title, labDepth, ...shape } of SHAPES) {
    const { connections } = shape;
    lines.push(
      await measureInTurn<DurableColumn>(title, {
        data: () => runRequests(plan, data, shape, CREATE_AND_DELETE),
        memory: () => runRequests(plan, memory, shape, CREATE_AND_DELETE),
        ...(labDepth === undefined ? {} : {
          lab: () =>
            runRequests(plan, data, { connections, depth: labDepth }, MAKEROOM_AND_DELETEROOM),
        }),
        ...(redis === null ? {} : { redis: () => runRequests(plan, redis, shape, SET) }),
        disk: () => measure(plan.lines, data, disk),
      }, plan),
    );
  }
  return { redis: redis === null ? undefined : version, lines };
}

async function tryRedis(plan: TurnPlan): Promise<Server | null> {
  const folder = `${plan.folder}/redis`;
  await Deno.mkdir(folder);
  try {
    return await startRedis(folder);
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    plan.problem(error.message);
    return null;
  }
}

/** A create and a delete are two changes, and Redis' `SET` is one. */
const PER_CREATE = 2;

/**
 * Lays out what was measured.
 *
 * @param result What was measured.
 * @returns Text that ends with a line end.
 */
export function formatDurable({ redis, lines }: DurableResult): string {
  const columns: readonly DurableColumn[] = [
    "data",
    "memory",
    ...redis === undefined ? [] : ["redis" as const],
  ];
  const initials = columns.map((column) => column[0]).join(" | ");
  const header = [
    "",
    "creates, data",
    "creates, memory",
    "makerooms (lab), data",
    ...redis === undefined ? [] : ["redis SET", "changes/SET"],
    `p50 / p99 ms (${initials})`,
    "CPU load",
    `CPU server (${initials})`,
    "failures",
  ];
  const cells = lines.map((line) => {
    const rate = (column: DurableColumn): number | undefined =>
      medianOf(line, column, (run) => run.rate);
    const creates = (column: DurableColumn): string => perSecond(rate(column), PER_CREATE);
    const each = (figure: (column: DurableColumn) => string): string =>
      columns.map(figure).join(" | ");
    const [ours, theirs] = [rate("data"), rate("redis")];
    const ratio = ours === undefined || theirs === undefined
      ? "-"
      : `${(ours / theirs).toFixed(2)}x`;
    // The disk's loop waits for the disk: it is no load generator.
    const all = Object.entries(line.runs).flatMap(([column, runs]) =>
      column === "disk" ? [] : runs
    );
    return [
      line.title,
      creates("data"),
      creates("memory"),
      creates("lab"),
      ...redis === undefined ? [] : [perSecond(theirs, 1), ratio],
      each((column) => latency(line.runs[column] ?? [])),
      formatLoadCpu(all),
      each((column) => medianOf(line, column, (run) => run.serverCpu)?.toFixed(2) ?? "-"),
      whole(all.reduce((sum, run) => sum + run.failures, 0)),
    ];
  });
  const disk = lines.flatMap((line) => line.runs.disk ?? []);
  return `Durable creates; each is followed by a delete, which is as durable and not counted\n` +
    table([header, ...cells]) +
    `The disk alone: ${perSecond(median(disk.map((run) => run.rate)), 1)} (write, fdatasync), ` +
    `p50 / p99 ${latency(disk)} ms.\n` +
    (redis === undefined
      ? "Redis is not measured: there is no redis-server (Debian: apt install redis-server).\n"
      : `Redis ${redis}, appendfsync always.\n`);
}

function perSecond(rate: number | undefined, per: number): string {
  return rate === undefined ? "-" : `${whole(rate / per)}/s`;
}

function latency(runs: readonly Run[]): string {
  const [p50, p99] = [median(runs.map((run) => run.p50)), median(runs.map((run) => run.p99))];
  return p50 === undefined || p99 === undefined ? "-" : `${ms(p50)} / ${ms(p99)}`;
}

function ms(us: number): string {
  return (us / 1000).toFixed(us < 1_000 ? 2 : us < 10_000 ? 1 : 0);
}
