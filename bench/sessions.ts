/**
 * Requests of the session protocol per second, beside getdir of the lab protocol.
 *
 * @module
 */

import {
  formatLoadCpu,
  type Line,
  measureInTurn,
  medianOf,
  runRequests,
  type TurnPlan,
} from "./in_turn.ts";
import { runLoad } from "./load.ts";
import { Server } from "./programs.ts";
import { FIND, LIST } from "./requests.ts";
import { table, whole } from "./table.ts";

/** What is asked for. */
export type SessionColumn = "getdir" | "rooms.find" | "rooms.list";

const COLUMNS: readonly SessionColumn[] = ["getdir", "rooms.find", "rooms.list"];
const ROOMS = 10;

/**
 * Measures requests that change nothing, on one server with 10 rooms.
 *
 * @param plan How to measure.
 * @returns One line per number of connections and depth.
 */
export async function measureSessions(plan: TurnPlan): Promise<Line<SessionColumn>[]> {
  await using server = await Server.start("ours", ROOMS);
  const lines = [];
  for (const depth of [1, 16]) {
    for (const connections of [1, 50, 500]) {
      const shape = { connections, depth };
      const count = `${connections} connection${connections === 1 ? "" : "s"}`;
      const title = `${count}, ${depth === 1 ? "closed loop" : `${depth} deep`}`;
      lines.push(
        await measureInTurn<SessionColumn>(title, {
          getdir: () =>
            runLoad(plan.program, server, { mode: "saturate", ...shape }, plan.durations),
          "rooms.find": () => runRequests(plan, server, shape, FIND),
          "rooms.list": () => runRequests(plan, server, shape, LIST),
        }, plan),
      );
    }
  }
  return lines;
}

/**
 * Lays out what was measured.
 *
 * @param lines The lines.
 * @returns Text that ends with a line end.
 */
export function formatSessions(lines: readonly Line<SessionColumn>[]): string {
  const header = [
    "",
    "getdir (lab)",
    ...COLUMNS.slice(1),
    "find/getdir",
    "p99 ms (g / f / l)",
    "worst wait ms (g / f / l)",
    "CPU load",
    "CPU ours (g / f / l)",
    "failures",
  ];
  const cells = lines.map((line) => {
    const rates = COLUMNS.map((column) => medianOf(line, column, (run) => run.rate));
    const [getdir, find] = rates;
    const three = (figure: (column: SessionColumn) => string): string =>
      COLUMNS.map(figure).join(" / ");
    const all = COLUMNS.flatMap((column) => line.runs[column] ?? []);
    return [
      line.title,
      ...rates.map((rate) => rate === undefined ? "-" : `${whole(rate)}/s`),
      getdir === undefined || find === undefined ? "-" : `${(find / getdir).toFixed(2)}x`,
      three((column) => ms(medianOf(line, column, (run) => run.p99))),
      three((column) => ms(worst(line, column))),
      formatLoadCpu(all),
      three((column) => medianOf(line, column, (run) => run.serverCpu)?.toFixed(2) ?? "-"),
      whole(all.reduce((sum, run) => sum + run.failures, 0)),
    ];
  });
  return `Sessions: requests with ${ROOMS} rooms, --memory\n${table([header, ...cells])}`;
}

function worst(line: Line<SessionColumn>, column: SessionColumn): number | undefined {
  const waits = (line.runs[column] ?? []).map((run) => run.worstConnection);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function ms(us: number | undefined): string {
  return us === undefined ? "-" : (us / 1000).toFixed(us < 10_000 ? 1 : 0);
}
