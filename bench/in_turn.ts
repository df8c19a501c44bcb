/**
 * Several loads measured in turn (A B C A B C ...), so that what else the machine does falls on all.
 *
 * @module
 */

import { type Durations, measure, type Run } from "./load.ts";
import { BenchError, type Server } from "./programs.ts";
import type { Requests } from "./requests.ts";
import { BUSY, median } from "./table.ts";

/** What the measurements need. */
export interface TurnPlan {
  /** The built load generator for the lab protocol. */
  readonly program: string;
  /** The built load generator for lines. */
  readonly lines: string;
  /** Where servers may keep files while the bench runs. */
  readonly folder: string;
  /** How often each load is measured. */
  readonly rounds: number;
  /** How long each run takes. */
  readonly durations: Durations;
  /** Told what goes on. */
  readonly progress: (text: string) => void;
  /** Told what could not be measured. */
  readonly problem: (text: string) => void;
}

/** The runs of one line of a table, by column; a column that was not measured has none. */
export interface Line<Column extends string> {
  /** What was measured, in words. */
  readonly title: string;
  /** The runs, one per round. */
  readonly runs: Readonly<Partial<Record<Column, readonly Run[]>>>;
}

/**
 * Measures one line of a table.
 *
 * @param title What is measured, in words.
 * @param loads What to do for each column.
 * @param plan How often, and who is told.
 * @returns The runs.
 */
export async function measureInTurn<Column extends string>(
  title: string,
  loads: Readonly<Partial<Record<Column, () => Promise<Run>>>>,
  plan: TurnPlan,
): Promise<Line<Column>> {
  const runs: Partial<Record<Column, Run[]>> = {};
  const columns = Object.keys(loads) as Column[];
  for (let round = 1; round <= plan.rounds; round++) {
    for (const column of columns) {
      plan.progress(`${title}: ${column}, round ${round}`);
      try {
        const run = await loads[column]!();
        (runs[column] ??= []).push(run);
        if (run.complaint !== undefined) {
          plan.problem(
            `${title}: ${column}: ${run.failures} failed, the first with ${run.complaint}`,
          );
        }
      } catch (error) {
        if (!(error instanceof BenchError)) throw error;
        plan.problem(error.message);
      }
    }
  }
  return { title, runs };
}

/** How many requests are under way. */
export interface Shape {
  /** Connections. */
  readonly connections: number;
  /** Requests per write of one connection; the next write when all are answered. */
  readonly depth: number;
}

/**
 * Sends requests to a server.
 *
 * @param plan The load generator and the durations.
 * @param server The server.
 * @param shape How many at one time.
 * @param load What to send.
 * @returns What was measured.
 */
export function runRequests(
  plan: TurnPlan,
  server: Server,
  { connections, depth }: Shape,
  { framing, greeting, expected, requests }: Requests,
): Promise<Run> {
  const { measure: seconds, warmup } = plan.durations;
  const numbers = [server.port, connections, depth, seconds, warmup].map(String);
  return measure(plan.lines, server, [...numbers, framing, greeting, expected, ...requests]);
}

/**
 * Finds a column's median figure.
 *
 * @param line The runs.
 * @param column Which column.
 * @param figure Which figure of a run.
 * @returns The median, or undefined if nothing was measured.
 */
export function medianOf<Column extends string>(
  line: Line<Column>,
  column: Column,
  figure: (run: Run) => number,
): number | undefined {
  return median((line.runs[column] ?? []).map(figure));
}

/**
 * Writes how busy the load generator was at most; a `!` marks that it used its whole processor.
 *
 * @param runs The runs of a line.
 * @returns The share of one processor.
 */
export function formatLoadCpu(runs: readonly Run[]): string {
  const cpu = Math.max(0, ...runs.map((run) => run.cpu));
  return `${cpu.toFixed(2)}${cpu > BUSY ? "!" : ""}`;
}
