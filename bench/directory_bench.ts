/**
 * Measures the directory server against references in the same run: the usual single-threaded
 * `select` server, a bare `Deno.listen` loop, and Redis; and rooms against plain sockets and a chat
 * server. See docs/BENCH.md.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { type CaseResult, measureCases, measureMemory, type Plan } from "./cases.ts";
import { formatDurable, measureDurable } from "./durable.ts";
import type { TurnPlan } from "./in_turn.ts";
import { formatPeople, measurePeople } from "./people.ts";
import { BenchError, buildLoad, Server, type ServerName } from "./programs.ts";
import { formatMemory, formatRows, toRow } from "./report.ts";
import { measureChats } from "./rooms_chats.ts";
import { aimsOf, formatChats } from "./rooms_report.ts";
import { formatSessions, measureSessions } from "./sessions.ts";
import { formatTerminal, measureTerminal } from "./terminal.ts";

const HELP =
  `Measures the directory server against a select server, the runtime's ceiling and Redis, and rooms
against plain multicast sockets and an IRC server.

Usage: deno task bench [--quick] [--json] [--only PART]

  --quick      about 5 minutes instead of about 20: one short round
  --only PART  lab: memory and getdir; sessions: requests; durable: creates that
               survive a power cut; rooms: chats of 1, 10 and 50 members;
               terminal: start to prompt, arriving lines, a paste;
               people: 200 logins at once, and who else waits for them
  --json       print one JSON object instead of tables
  --help       print this text

Exit codes: 0 measured, 1 something could not be measured, 2 wrong flags or no C compiler.
`;

/** The parts of the bench, in their order. */
const PARTS = ["lab", "sessions", "durable", "rooms", "terminal", "people"] as const;

type Part = typeof PARTS[number];

/** Those that are measured with programs in C. */
const NEED_LOAD: readonly Part[] = ["lab", "sessions", "durable"];

/** How long and how often: a few short rounds in turn say more than one long one. */
const FULL = { rounds: 3, durations: { measure: 1.2, warmup: 0.3, burst: 30 } } as const;
const QUICK = { rounds: 1, durations: { measure: 0.5, warmup: 0.2, burst: 5 } } as const;

const ROOMS = [10, 1_000] as const;

const encoder = new TextEncoder();
const print = (text: string): void => void Deno.stdout.writeSync(encoder.encode(text));
const complain = (text: string): void => void Deno.stderr.writeSync(encoder.encode(`${text}\n`));

/** Leaves out what does not start here (no python3, say), and says so. */
async function startable(complainAbout: (text: string) => void): Promise<ServerName[]> {
  const found: ServerName[] = [];
  for (const name of ["ours", "select", "ceiling"] as const) {
    try {
      await (await Server.start(name, 10))[Symbol.asyncDispose]();
      found.push(name);
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      complainAbout(error.message);
    }
  }
  return found;
}

async function bench(parts: readonly Part[], quick: boolean, json: boolean): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "crds-bench-" });
  let problems = 0;
  const live = Deno.stderr.isTerminal();
  const progress = (text: string): void => {
    if (live) Deno.stderr.writeSync(encoder.encode(`\r\x1b[K${text}`));
  };
  const problem = (text: string): void => {
    problems++;
    progress("");
    complain(text);
  };
  const show = (text: string): void => {
    progress("");
    if (!json) print(`${text}\n`);
  };
  try {
    // The others need no C compiler.
    const needsLoad = parts.some((part) => NEED_LOAD.includes(part));
    const program = needsLoad ? await buildLoad(folder, "load") : "";
    const lines = needsLoad ? await buildLoad(folder, "load_lines") : "";
    const plan: TurnPlan = {
      program,
      lines,
      folder,
      ...(quick ? QUICK : FULL),
      progress,
      problem,
    };
    const all: Record<string, unknown> = {};
    if (parts.includes("lab")) Object.assign(all, await benchLab(plan, show));
    if (parts.includes("sessions")) {
      const sessions = await measureSessions(plan);
      show(formatSessions(sessions));
      Object.assign(all, { sessions });
    }
    if (parts.includes("durable")) {
      const durable = await measureDurable(plan);
      show(formatDurable(durable));
      Object.assign(all, { durable });
    }
    if (parts.includes("rooms")) {
      const chats = await measureChats(plan);
      if (chats.relay === undefined) {
        complain("There is no ngircd (Debian: apt install ngircd): its lines are left out.");
      }
      show(formatChats(chats.results, chats.relay));
      Object.assign(all, { rooms: { ...chats, aims: aimsOf(chats.results) } });
    }
    if (parts.includes("terminal")) {
      const terminal = await measureTerminal(plan);
      show(formatTerminal(terminal));
      Object.assign(all, { terminal });
    }
    if (parts.includes("people")) {
      const people = await measurePeople({ folder, quick, progress });
      show(formatPeople(people));
      Object.assign(all, { people });
    }
    if (json) print(`${JSON.stringify(all, null, 2)}\n`);
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    complain(error.message);
    return 2;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return problems === 0 ? 0 : 1;
}

/** Memory and getdir, against the two servers of the lab protocol. */
async function benchLab(
  turnPlan: TurnPlan,
  show: (text: string) => void,
): Promise<Record<string, unknown>> {
  const plan: Plan = { ...turnPlan, servers: await startable(turnPlan.problem) };
  const memory = await measureMemory(plan);
  show(formatMemory(memory));
  const results: CaseResult[] = [];
  for (const rooms of ROOMS) {
    const part = await measureCases(plan, rooms);
    results.push(...part);
    show(formatRows(part.map(toRow), headingOf(part, rooms)));
  }
  return { memory, rows: results.map(toRow), results };
}

function headingOf(results: readonly CaseResult[], rooms: number): string {
  const bytes = results[0]?.series[0]?.runs[0]?.replyBytes ?? 0;
  return `${rooms} rooms (${bytes} bytes a reply)`;
}

async function main(args: readonly string[]): Promise<number> {
  let wrong: string | undefined;
  const flags = parseArgs(args, {
    boolean: ["quick", "json", "help"],
    string: ["only"],
    unknown: (arg) => {
      wrong ??= arg;
      return false;
    },
  });
  if (flags["help"] === true) {
    print(HELP);
    return 0;
  }
  if (wrong !== undefined) {
    complain(`Cannot start the bench: there is no flag "${wrong}". See --help.`);
    return 2;
  }
  const only = flags["only"];
  const parts = PARTS.filter((part) => only === undefined || only === part);
  if (parts.length === 0) {
    complain(`Cannot start the bench: there is no part "${only}". Use ${PARTS.join(", ")}.`);
    return 2;
  }
  if (Deno.build.os !== "linux") {
    complain("Cannot start the bench: it reads /proc and uses epoll, so it needs Linux.");
    return 2;
  }
  return await bench(parts, flags["quick"] === true, flags["json"] === true);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
