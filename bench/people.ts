/**
 * Whether those who log in hold up those who do something else.
 *
 * @module
 */

import { RememberedServers } from "../lib/client/known_servers.ts";
import type { RoomDirectory } from "../lib/client/room_directory.ts";
import { SecureConnector } from "../lib/client/secure_connector.ts";
import { PasswordHasher } from "../lib/people/password_hasher.ts";
import { peopleFileOf, SqlitePeopleStore } from "../lib/people/sqlite_people_store.ts";
import { taskFlags } from "../lib/tasks/task_flags.ts";
import { BenchError, Server } from "./programs.ts";
import { table } from "./table.ts";

/** The one password of all accounts. */
const PASSWORD = "correct horse battery staple";

/** How many log in at once. */
const LOGINS = { full: 200, quick: 20 } as const;

/** Sessions that list the rooms meanwhile, and the milliseconds from one list to the next of each. */
const OTHERS = { sessions: 20, pause: 20 } as const;

/** How long the lists are measured without logins, in milliseconds. */
const CALM = { full: 10_000, quick: 2_000 } as const;

/** How long lists took, in milliseconds. */
export interface ListFigures {
  /** How many were measured. */
  readonly count: number;
  /** The median. */
  readonly p50: number;
  /** 99 of 100 took no longer. */
  readonly p99: number;
  /** The longest. */
  readonly worst: number;
}

/** What the people part measured. */
export interface PeopleFigures {
  /** How many logged in at once. */
  readonly logins: number;
  /** Milliseconds until all were in. */
  readonly took: number;
  /** `rooms.list` of others before. */
  readonly calm: ListFigures;
  /** `rooms.list` of others meanwhile. */
  readonly busy: ListFigures;
}

/** What the part is measured with. */
export interface PeoplePlan {
  /** Where files may be. */
  readonly folder: string;
  /** Whether it is only to be seen that nothing broke. */
  readonly quick: boolean;
  /** Says what is being done. */
  readonly progress: (text: string) => void;
}

/**
 * Measures `rooms.list` of others before and while many log in.
 *
 * @param plan With what.
 * @returns The figures.
 * @throws {BenchError} If the server does not start.
 */
export async function measurePeople(
  { folder, quick, progress }: PeoplePlan,
): Promise<PeopleFigures> {
  const size = quick ? "quick" : "full";
  const names = Array.from({ length: LOGINS[size] }, (_, at) => `user${at}`);
  const data = `${folder}/people.db`;
  await makeAccounts(peopleFileOf(data), names);
  await using server = await start(data);
  const others = await Promise.all(
    Array.from({ length: OTHERS.sessions }, () => connect(server.port)),
  );
  const clients = [];
  for (const _name of names) clients.push(await connect(server.port));
  await others[0]!.create({ name: "lobby" });
  progress(`people: listing rooms`);
  const calm = await measureLists(others, AbortSignal.timeout(CALM[size]));
  progress(`people: ${names.length} log in at once`);
  const done = new AbortController();
  const begun = performance.now();
  const lists = measureLists(others, done.signal);
  await Promise.all(clients.map((client, at) => logIn(client, names[at]!)));
  const took = performance.now() - begun;
  done.abort();
  const busy = await lists;
  await Promise.all([...others, ...clients].map((each) => each[Symbol.asyncDispose]()));
  return { logins: names.length, took, calm, busy };
}

/**
 * Writes the figures as a table.
 *
 * @param figures The figures.
 * @returns Some lines.
 */
export function formatPeople({ logins, took, calm, busy }: PeopleFigures): string {
  const row = (what: string, { count, p50, p99, worst }: ListFigures): string[] => [
    what,
    String(count),
    ...[p50, p99, worst].map((ms) => `${ms.toFixed(1)} ms`),
  ];
  const rows = table([
    ["rooms.list of others", "lists", "p50", "p99", "worst"],
    row("nobody logs in", calm),
    row(`${logins} log in at once`, busy),
  ]);
  const later = (busy.p99 - calm.p99).toFixed(1);
  return `${rows}${logins} logins took ${(took / 1000).toFixed(1)} s; p99 is ${later} ms later.\n`;
}

/** All with the same password, hashed once: making them is not what is measured. */
async function makeAccounts(file: string, names: readonly string[]): Promise<void> {
  const password = await new PasswordHasher().hash(PASSWORD);
  await using store = await SqlitePeopleStore.open(file);
  await store.accounts.add(names.map((name) => ({ key: name, name, password, since: 0 })));
}

async function start(data: string): Promise<Server> {
  const { flags, script } = taskFlags("server");
  const where = ["--host", "127.0.0.1", "--port", "0", "--tls-port", "0", "--no-announce"];
  const args = ["run", ...flags, script, ...where, "--quiet", "--data", data];
  return await Server.launch("ours", Deno.execPath(), args, /listening on port (\d+)/);
}

/** A session over TLS. */
async function connect(port: number): Promise<RoomDirectory> {
  const connector = new SecureConnector({ known: new RememberedServers(), tell() {} });
  const options = { resume: crypto.randomUUID(), sessionsOnly: true };
  return await connector.connect({ host: "127.0.0.1", port }, options);
}

async function logIn({ session }: RoomDirectory, name: string): Promise<void> {
  const waiting = { timeout: 300_000 };
  const params = { name, password: PASSWORD };
  if (session === undefined) throw new BenchError("Cannot log in: there is no session.");
  await session.calls.ask("account.login", params, () => {}, waiting);
}

/** Lists the rooms in all sessions, again and again, until the signal. */
async function measureLists(
  sessions: readonly RoomDirectory[],
  signal: AbortSignal,
): Promise<ListFigures> {
  const times: number[] = [];
  await Promise.all(sessions.map(async (each) => {
    while (!signal.aborted) {
      const before = performance.now();
      await each.list();
      times.push(performance.now() - before);
      await new Promise((resolve) => setTimeout(resolve, OTHERS.pause));
    }
  }));
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(share * (times.length - 1))] ?? NaN;
  return { count: times.length, p50: at(0.5), p99: at(0.99), worst: at(1) };
}
