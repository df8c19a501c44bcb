/**
 * The bench's results as tables.
 *
 * @module
 */

import type { CaseResult, MemoryResult } from "./cases.ts";
import type { Run } from "./load.ts";
import type { ServerName } from "./programs.ts";
import { BUSY, median, table, whole } from "./table.ts";

const HEADER = [
  "",
  "ours",
  "select",
  "ceiling",
  "ours/ceiling",
  "per CPU s",
  "ours/select",
  "worst wait ms (o / s / c)",
  "CPU load / ours",
  "failures (o / s / c)",
];

/** The figures of one line of the table, as `--json` prints them. */
export interface Row {
  /** What was measured. */
  readonly title: string;
  /** Rooms in the directory. */
  readonly rooms: number;
  /** `1/s`, or `ms` where the time of one burst counts. */
  readonly unit: "1/s" | "ms";
  /** Median per server. */
  readonly value: Partial<Record<ServerName, number>>;
  /** How many times faster ours is than the ceiling; 1 means as fast. */
  readonly toCeiling: number | undefined;
  /** The same by requests per second of processor time: steadier on a busy machine. */
  readonly toCeilingPerCpu: number | undefined;
  /** How many times faster ours is than the select server. */
  readonly toSelect: number | undefined;
  /** The worst wait of any connection in any round, in milliseconds. */
  readonly worst: Partial<Record<ServerName, number>>;
  /** The largest share of one processor that the load generator used. */
  readonly loadCpu: number;
  /** The share of one processor that our server used, warm-up and opening included. */
  readonly ourCpu: number | undefined;
  /** Failures of all rounds. */
  readonly failures: Partial<Record<ServerName, number>>;
}

/**
 * Reduces the runs of one case to the figures of its line.
 *
 * @param result The runs.
 * @returns The line.
 */
export function toRow(result: CaseResult): Row {
  const burst = result.load.mode === "burst";
  const of = <T>(reduce: (runs: readonly Run[]) => T | undefined): Partial<
    Record<ServerName, T>
  > =>
    Object.fromEntries(
      result.series.filter(({ runs }) => runs.length > 0)
        .map(({ server, runs }) => [server, reduce(runs)]),
    );
  const value = of((runs) => median(runs.map((run) => burst ? run.seconds * 1000 : run.rate)));
  const perCpu = of((runs) => median(runs.map((run) => run.rate / Math.max(run.serverCpu, 0.01))));
  const speedup = (other: ServerName): number | undefined => {
    const [ours, theirs] = [value.ours, value[other]];
    if (ours === undefined || theirs === undefined) return undefined;
    return burst ? theirs / ours : ours / theirs;
  };
  return {
    title: result.title,
    rooms: result.rooms,
    unit: burst ? "ms" : "1/s",
    value,
    toCeiling: speedup("ceiling"),
    toCeilingPerCpu: burst || perCpu.ours === undefined || perCpu.ceiling === undefined
      ? undefined
      : perCpu.ours / perCpu.ceiling,
    toSelect: speedup("select"),
    worst: of((runs) => Math.max(...runs.map((run) => run.worstConnection / 1000))),
    loadCpu: Math.max(...result.series.flatMap(({ runs }) => runs.map((run) => run.cpu)), 0),
    ourCpu: of((runs) => median(runs.map((run) => run.serverCpu))).ours,
    failures: of((runs) => runs.reduce((sum, run) => sum + run.failures, 0)),
  };
}

/**
 * Lays out the lines of one number of rooms.
 *
 * @param rows The lines.
 * @param heading What stands above.
 * @returns Text that ends with a line end.
 */
export function formatRows(rows: readonly Row[], heading: string): string {
  const cells = rows.map((row) => [
    row.title,
    ...(["ours", "select", "ceiling"] as const).map((name) => figure(row, name)),
    ratio(row.toCeiling),
    ratio(row.toCeilingPerCpu),
    ratio(row.toSelect),
    triple(row.worst, (ms) => ms < 10 ? ms.toFixed(1) : whole(ms)),
    `${row.loadCpu.toFixed(2)}${tooBusy(row) ? "!" : ""} / ${row.ourCpu?.toFixed(2) ?? "-"}`,
    triple(row.failures, whole),
  ]);
  const note = rows.some(tooBusy)
    ? `! the load generator used its whole processor: the server may be faster.\n`
    : "";
  return `${heading}\n${table([HEADER, ...cells])}${note}`;
}

/**
 * Lays out the memory of the servers.
 *
 * @param results One per server.
 * @returns Text that ends with a line end.
 */
export function formatMemory(results: readonly MemoryResult[]): string {
  const wanted = results[0]?.held.map((held) => held.wanted) ?? [];
  const cells = results.map((result) => [
    result.server,
    result.idle?.toFixed(0) ?? "?",
    ...result.held.map((held) =>
      held.memory === undefined
        ? `died at ${whole(held.opened)}`
        : `${held.memory.toFixed(0)} (${whole(held.failures)})`
    ),
  ]);
  const header = ["", "idle", ...wanted.map((count) => `${whole(count)} connections`)];
  return `Memory, resident MiB (failures), 10 rooms\n${table([header, ...cells])}`;
}

/** In a burst the load generator is meant to do its work at once. */
function tooBusy(row: Row): boolean {
  return row.unit === "1/s" && row.loadCpu > BUSY;
}

function figure(row: Row, name: ServerName): string {
  const value = row.value[name];
  if (value === undefined) return "-";
  return row.unit === "ms" ? `${whole(value)} ms` : `${whole(value)}/s`;
}

function ratio(value: number | undefined): string {
  return value === undefined ? "-" : `${value.toFixed(value < 10 ? 2 : 0)}x`;
}

function triple(
  values: Partial<Record<ServerName, number>>,
  show: (value: number) => string,
): string {
  const one = (name: ServerName): string => {
    const value = values[name];
    return value === undefined ? "-" : show(value);
  };
  return `${one("ours")} / ${one("select")} / ${one("ceiling")}`;
}
