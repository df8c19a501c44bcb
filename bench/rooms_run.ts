/**
 * One run of the rooms part: one way of chatting, with one number of members.
 *
 * @module
 */

import type { Server } from "./programs.ts";
import { Crew } from "./rooms_crew.ts";
import type { WayName } from "./rooms_links.ts";
import { clock, type Cpu, type Said, type Told } from "./rooms_member.ts";
import { type Ngircd, startNgircd } from "./rooms_ngircd.ts";

/** How much is said in a run. */
export interface Amounts {
  /** Lines said at {@linkcode PACE_MS}. */
  readonly paced: number;
  /** Lines pasted. */
  readonly pasted: number;
  /** How long lines are said as fast as it goes, in milliseconds. */
  readonly floodMs: number;
}

/** A line each so many milliseconds: 100 per second. */
export const PACE_MS = 10;

/**
 * Before anything counts, so many lines are said, {@linkcode WARM_UP_MS} apart: the compiler of each
 * process learns. After 800 lines it was still at it in the flood of both, and took a third of it.
 */
const WARM_UP_LINES = 6000;
const WARM_UP_MS = 1.5;

/** The reports that follow what was said, and those for newcomers, are over after this, in ms. */
const CALM_MS = 1500;

/** How long all may take to have the lines that were said one by one, in milliseconds. */
const PACED_PATIENCE_MS = 3000;

/** How long all may take to have a paste, in milliseconds. */
const PASTE_PATIENCE_MS = 30_000;

/** A flood is over when no member got a line for so long, in milliseconds. */
const FLOOD_CALM_MS = 3000;

/** What a run brought. */
export interface RoomRun {
  /** How long a line was on its way, in milliseconds, at 100 lines per second; of all members. */
  readonly p50: number;
  /** The same for the slowest percent. */
  readonly p99: number;
  /** Lines of those that did not come within the patience, as a share. */
  readonly pacedLost: number;
  /** Processor time of the speaker per 1,000 of those lines, in milliseconds. */
  readonly speaker: Cpu;
  /** Datagrams or writes of the speaker per such line. */
  readonly sends: number;
  /** Processor time of a member that hears, per 1,000 of those lines, in milliseconds. */
  readonly hearer: Cpu;
  /** Processor time of the chat server per 1,000 of those lines, in milliseconds, if there is one. */
  readonly server: number | undefined;
  /** How long it took until all members had the whole paste, in milliseconds; none if never. */
  readonly pasteMs: number | undefined;
  /** The share of the paste that came, over all members. */
  readonly pasteCame: number;
  /** Lines per second that a member got while they were said as fast as it goes. */
  readonly flood: number;
  /** The share of what was said then that did not come, not even later; over all members. */
  readonly floodLost: number;
  /** Members, the speaker among them, whose connection the chat server closed. */
  readonly closed: number;
}

/** What a run needs. */
export interface RunPlan {
  /** Where files may be put. */
  readonly folder: string;
  /** The chat server, if it is installed. */
  readonly ngircd: Ngircd | undefined;
  /** How much is said. */
  readonly amounts: Amounts;
}

/**
 * Measures one way of chatting.
 *
 * @param way Which one; "relay" only if there is a chat server.
 * @param count How many hear.
 * @param plan How much is said.
 * @returns What it brought.
 * @throws {BenchError} If something does not start or ends.
 */
export async function runRoom(way: WayName, count: number, plan: RunPlan): Promise<RoomRun> {
  const { paced, pasted, floodMs } = plan.amounts;
  await using server = way === "relay" ? await startNgircd(plan.ngircd!, plan.folder) : undefined;
  const place = server === undefined ? randomGroup() : { address: "127.0.0.1", port: server.port };
  await using crew = await Crew.start({ way, ...place }, count);
  await pause(CALM_MS);
  await crew.hear(1, WARM_UP_LINES, 0);
  await crew.say({ do: "pace", series: 1, lines: WARM_UP_LINES, every: WARM_UP_MS });
  await crew.tell(clock() + PACED_PATIENCE_MS, false);
  await pause(CALM_MS);

  await crew.hear(2, paced, 0);
  const before = await cpuOf(server);
  const said = await crew.say({ do: "pace", series: 2, lines: paced, every: PACE_MS });
  const serverCpu = await cpuOf(server);
  const told = await crew.tell(clock() + PACED_PATIENCE_MS, true);
  await pause(CALM_MS);

  await crew.hear(3, pasted, 0);
  const paste = await crew.say({ do: "paste", series: 3, lines: pasted });
  const got = await crew.tell(paste.startedAt + PASTE_PATIENCE_MS, false);
  await pause(CALM_MS);

  const until = clock() + floodMs;
  await crew.hear(4, Infinity, until);
  const flood = await crew.say({ do: "flood", series: 4, until });
  let flooded = await crew.tell(clock(), false);
  while (linesOf(flooded) < flood.lines * count) {
    const before = linesOf(flooded);
    await pause(FLOOD_CALM_MS);
    flooded = await crew.tell(clock(), false);
    if (linesOf(flooded) === before) break;
  }

  return {
    ...latenciesOf(told),
    pacedLost: 1 - linesOf(told) / (paced * count),
    ...speakerOf(said),
    hearer: hearerOf(told, paced, count),
    server: before === undefined ? undefined : (serverCpu! - before) * 1000 / paced,
    pasteMs: doneAt(got, paste),
    pasteCame: linesOf(got) / (pasted * count),
    flood: sum(flooded.map(({ inTime }) => inTime)) / count / (until - flood.startedAt) * 1000,
    floodLost: 1 - linesOf(flooded) / (flood.lines * count),
    closed: sum(flooded.map(({ closed }) => closed)) + (flood.closed ? 1 : 0),
  };
}

/** Among the 16 million groups that are the network's own and that no switch takes for others. */
function randomGroup(): { address: string; port: number } {
  const [a, b, port] = crypto.getRandomValues(new Uint16Array(3));
  return {
    address: `239.255.${a! & 255}.${1 + b! % 254}`,
    port: 20_000 + port! % 10_000,
  };
}

async function cpuOf(server: Server | undefined): Promise<number | undefined> {
  return await server?.cpuMilliseconds();
}

function latenciesOf(told: readonly Told[]): { p50: number; p99: number } {
  const sorted = told.flatMap(({ latencies }) => latencies).sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

function speakerOf({ cpu, lines, sends }: Said): { speaker: Cpu; sends: number } {
  return { speaker: perThousand(cpu, lines), sends: sends / lines };
}

function hearerOf(told: readonly Told[], lines: number, count: number): Cpu {
  const user = sum(told.map(({ cpu }) => cpu.user));
  const system = sum(told.map(({ cpu }) => cpu.system));
  return perThousand({ user, system }, lines * count);
}

function perThousand({ user, system }: Cpu, lines: number): Cpu {
  return { user: user * 1000 / lines, system: system * 1000 / lines };
}

function linesOf(told: readonly Told[]): number {
  return sum(told.flatMap(({ members }) => members.map(({ lines }) => lines)));
}

function doneAt(told: readonly Told[], { startedAt }: Said): number | undefined {
  const ends = told.flatMap(({ members }) => members.map((member) => member.doneAt));
  if (ends.includes(undefined)) return undefined;
  return Math.max(...ends.map((end) => end!)) - startedAt;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
