/**
 * The chats of rooms, plain sockets and a chat server side by side, and whether ours is as it is to be.
 *
 * @module
 */

import type { RoomRun } from "./rooms_run.ts";
import type { WayName } from "./rooms_links.ts";
import { median, table, whole } from "./table.ts";

/** All runs with one number of members. */
export interface ChatResult {
  /** How many hear; the speaker comes to them. */
  readonly members: number;
  /** The runs, one per round; runs of the same round were one behind the other. */
  readonly runs: Readonly<Partial<Record<WayName, readonly RoomRun[]>>>;
}

/** Something that ours is to be, and whether it was. */
export interface Aim {
  /** What, in words. */
  readonly title: string;
  /** What was measured, in words. */
  readonly measured: string;
  /** Whether that is as it is to be; undefined if it could not be measured. */
  readonly met: boolean | undefined;
}

/** One-way latency at 100 lines per second, at most so many times that of plain sockets. */
const MOST_LATENCY = 1.5;

/** Lines received per second, at least so many times those of plain sockets. */
const LEAST_RATE = 0.5;

/** What counts as not growing, from the fewest members to the most: CPU times are that noisy. */
const MOST_GROWTH = 1.5;

const NAMES: Readonly<Record<WayName, string>> = { ours: "room", plain: "plain", relay: "ngircd" };

/**
 * Lays out what was measured.
 *
 * @param results Per number of members.
 * @param relay What the chat server is called; undefined if there is none.
 * @returns Text that ends with a line end.
 */
export function formatChats(results: readonly ChatResult[], relay: string | undefined): string {
  const header = [
    "members",
    "",
    "p50 ms",
    "p99 ms",
    "lost",
    "sends/line",
    "speaker CPU",
    "server CPU",
    "member CPU",
    "all have 1,000",
    "flood lines/s",
    "flood lost",
  ];
  const rows = results.flatMap(({ members, runs }) =>
    (["plain", "ours", "relay"] as const)
      .filter((way) => (runs[way] ?? []).length > 0)
      .map((way) => [String(members), NAMES[way], ...cellsOf(runs[way]!)])
  );
  const heading = "Rooms: 100 lines/s, then 1,000 lines at once, then as fast as it goes\n";
  const legend = "CPU: ms per 1,000 lines, in the program + in the system\n";
  const reference = relay === undefined ? "" : `relay: ${relay}\n`;
  const closed = results.flatMap(({ members, runs }) => closedOf(members, runs.relay ?? []));
  const aims = aimsOf(results)
    .map(({ title, measured, met }) => [title, measured, verdictOf(met)]);
  const columns = table([["aim of rooms", "measured", ""], ...aims]);
  return `${heading}${table([header, ...rows])}${legend}${reference}${closed.join("")}\n${columns}`;
}

/**
 * Compares ours with what it is to be.
 *
 * @param results Per number of members.
 * @returns The aims.
 */
export function aimsOf(results: readonly ChatResult[]): Aim[] {
  const aims: Aim[] = [];
  for (const result of results) {
    const people = `${result.members} member${result.members === 1 ? "" : "s"}`;
    for (const figure of ["p50", "p99"] as const) {
      const factor = factorOf(result, (run) => run[figure]);
      aims.push({
        title: `${figure} at most ${MOST_LATENCY}x plain, ${people}`,
        measured: ratio(factor),
        met: factor === undefined ? undefined : factor <= MOST_LATENCY,
      });
    }
    const factor = factorOf(result, (run) => run.flood);
    aims.push({
      title: `lines/s at least ${LEAST_RATE}x plain, ${people}`,
      measured: ratio(factor),
      met: factor === undefined ? undefined : factor >= LEAST_RATE,
    });
  }
  const user = growthOf(results, (run) => run.speaker.user);
  const sends = growthOf(results, (run) => run.sends);
  for (
    const [title, growth] of [["sends", sends], ["own CPU", user]] as const
  ) {
    aims.push({
      title: `speaker's ${title} at most ${MOST_GROWTH}x, fewest to most members`,
      measured: ratio(growth),
      met: growth === undefined ? undefined : growth <= MOST_GROWTH,
    });
  }
  return aims;
}

/** Says where the chat server closed connections: such members count with what they had. */
function closedOf(members: number, runs: readonly RoomRun[]): string[] {
  return runs.flatMap(({ closed }, i) =>
    closed === 0 ? [] : [
      `relay, members: ${members}, round ${i + 1}: the server closed the connection of ${closed}\n`,
    ]
  );
}

/** The median over the rounds of what ours had beside plain in the same round. */
function factorOf({ runs }: ChatResult, figure: (run: RoomRun) => number): number | undefined {
  const plain = runs.plain ?? [];
  const ours = runs.ours ?? [];
  const pairs = ours.slice(0, plain.length);
  return median(pairs.map((run, round) => figure(run) / figure(plain[round]!)));
}

function growthOf(
  results: readonly ChatResult[],
  figure: (run: RoomRun) => number,
): number | undefined {
  const values = results.map(({ runs }) => median((runs.ours ?? []).map(figure)));
  const [first, last] = [values[0], values.at(-1)];
  return first === undefined || last === undefined || values.length < 2 ? undefined : last / first;
}

function cellsOf(runs: readonly RoomRun[]): string[] {
  const of = (figure: (run: RoomRun) => number): number => median(runs.map(figure)) ?? NaN;
  const servers = runs.flatMap(({ server }) => server === undefined ? [] : [server]);
  return [
    of((run) => run.p50).toFixed(2),
    of((run) => run.p99).toFixed(2),
    `${(of((run) => run.pacedLost) * 100).toFixed(1)}%`,
    of((run) => run.sends).toFixed(2),
    `${whole(of((run) => run.speaker.user))} + ${whole(of((run) => run.speaker.system))}`,
    servers.length === 0 ? "-" : whole(median(servers)!),
    `${whole(of((run) => run.hearer.user))} + ${whole(of((run) => run.hearer.system))}`,
    pasteOf(runs),
    whole(of((run) => run.flood)),
    `${(of((run) => run.floodLost) * 100).toFixed(1)}%`,
  ];
}

/** The median time; or, if a paste did not arrive in most rounds, which share of it came. */
function pasteOf(runs: readonly RoomRun[]): string {
  const times = runs.map(({ pasteMs }) => pasteMs ?? Infinity);
  const time = median(times)!;
  if (Number.isFinite(time)) return `${whole(time)} ms`;
  const share = median(runs.map(({ pasteCame }) => pasteCame))!;
  return `never (${(Math.floor(share * 1000) / 10).toFixed(1)}%)`;
}

function ratio(value: number | undefined): string {
  return value === undefined ? "-" : `${value.toFixed(2)}x`;
}

function verdictOf(met: boolean | undefined): string {
  return met === undefined ? "?" : met ? "met" : "not met";
}
