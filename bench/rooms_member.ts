/**
 * A process of the rooms part, with one or several members of one chat. It takes commands as lines of
 * JSON, one after the other, and answers each with a line.
 *
 * Usage: deno run --allow-net --allow-sys=networkInterfaces bench/rooms_member.ts \
 *     ours|plain|relay ADDRESS PORT FIRST COUNT
 *
 * @module
 */

import process from "node:process";
import { type BenchLink, openLink, type WayName } from "./rooms_links.ts";

/** A command of the bench to a process. */
export type Command =
  /** Wait until all members know of so many others. */
  | { readonly do: "settle"; readonly others: number }
  /** Hear a series of lines from now on. */
  | { readonly do: "hear"; readonly series: number; readonly lines: number; readonly until: number }
  /** Wait until all members have all lines of the series, or it is too late; tell what was heard. */
  | { readonly do: "tell"; readonly until: number; readonly latencies: boolean }
  /** Say the series: a line each so many milliseconds. */
  | { readonly do: "pace"; readonly series: number; readonly lines: number; readonly every: number }
  /** Say the series in one go. */
  | { readonly do: "paste"; readonly series: number; readonly lines: number }
  /** Say the series as fast as it goes, until some time. */
  | { readonly do: "flood"; readonly series: number; readonly until: number };

/** What the members of one process heard of a series. */
export interface Told {
  /** Per member: how many different lines came, and when the last of all was there. */
  readonly members: readonly { readonly lines: number; readonly doneAt: number | undefined }[];
  /** How many of the lines, of all members, came before the series was to end. */
  readonly inTime: number;
  /** How many of the members lost their connection to the chat server so far. */
  readonly closed: number;
  /** How long lines were on their way, of all members together, in milliseconds. */
  readonly latencies: readonly number[];
  /** What the process computed since the series began. */
  readonly cpu: Cpu;
}

/** What saying a series took. */
export interface Said {
  /** How many lines were said. */
  readonly lines: number;
  /** When the first was, in the milliseconds of {@linkcode clock}. */
  readonly startedAt: number;
  /** When the system had the last one. */
  readonly endedAt: number;
  /** What the process computed meanwhile. */
  readonly cpu: Cpu;
  /** How many datagrams, or writes, it handed to the system meanwhile: those of recovery too. */
  readonly sends: number;
  /** Whether the speaker lost its connection to the chat server. */
  readonly closed: boolean;
}

/** Processor time in milliseconds. */
export interface Cpu {
  /** In the program itself. */
  readonly user: number;
  /** In the system on its behalf. */
  readonly system: number;
}

/** Lines that are handed over in one go when it is to be fast: a burst of the socket's pace. */
const BURST = 64;

/** How often the members are asked whether they know everybody, in milliseconds. */
const LOOK_EVERY_MS = 20;

/**
 * Tells the time. The system's monotonic clock, counted from the start of the process, behind the
 * time of day at that start: the same in all processes of a machine within some microseconds,
 * unless the time of day is set while they start.
 *
 * @returns Milliseconds with fractions.
 */
export function clock(): number {
  return performance.timeOrigin + performance.now();
}

/** Everything that a member hears of the present series. */
class Ear {
  series = 0;
  lines = 0;
  until = 0;
  inTime = 0;
  doneAt: number | undefined;
  latencies: number[] = [];
  onDone = (): void => {};
  #seen = new Set<number>();

  begin(series: number, lines: number, until: number): void {
    Object.assign(this, { series, lines, until, inTime: 0, doneAt: undefined, latencies: [] });
    this.#seen = new Set();
  }

  get count(): number {
    return this.#seen.size;
  }

  heard(text: string): void {
    const now = clock();
    // "... @SERIES NUMBER TIME filler"
    const [series, number, time] = text.slice(text.indexOf("@") + 1).split(" ");
    if (Number(series) !== this.series || this.#seen.has(Number(number))) return;
    this.#seen.add(Number(number));
    if (now <= this.until) this.inTime++;
    this.latencies.push(now - Number(time));
    if (this.#seen.size !== this.lines) return;
    this.doneAt = now;
    this.onDone();
  }
}

/** A line about as long as people's. */
function textOf(series: number, number: number): string {
  return `@${series} ${number} ${clock().toFixed(4)} see you at the lab at half past four`;
}

function textsOf(series: number, first: number, count: number): string {
  return Array.from({ length: count }, (_, i) => textOf(series, first + i)).join("\n");
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function computed(since: Cpu = { user: 0, system: 0 }): Cpu {
  const { user, system } = process.cpuUsage();
  return { user: user / 1000 - since.user, system: system / 1000 - since.system };
}

/** The members of this process, and what they can be told to do. */
class Crew {
  readonly #links: BenchLink[] = [];
  readonly #ears: Ear[] = [];
  #since = computed();

  async enter(way: WayName, address: string, port: number, first: number, count: number) {
    for (let i = 0; i < count; i++) {
      const ear = new Ear();
      const link = await openLink(way, {
        address,
        port,
        name: `m${first + i}`,
        onLine: (text) => ear.heard(text),
        onProblem: (problem) => console.error(problem),
      });
      this.#links.push(link);
      this.#ears.push(ear);
    }
  }

  async obey(command: Command): Promise<unknown> {
    switch (command.do) {
      case "settle":
        return await this.#settle(command.others);
      case "hear":
        this.#since = computed();
        for (const ear of this.#ears) ear.begin(command.series, command.lines, command.until);
        return {};
      case "tell":
        return await this.#tell(command.until, command.latencies);
      case "pace":
        return await this.#say(async (link) => {
          const start = clock();
          for (let i = 0; i < command.lines; i++) {
            const wait = start + i * command.every - clock();
            if (wait > 0) await pause(wait);
            await link.say(textOf(command.series, i));
          }
          return command.lines;
        });
      case "paste":
        return await this.#say(async (link) => {
          await link.say(textsOf(command.series, 0, command.lines));
          return command.lines;
        });
      case "flood":
        return await this.#say(async (link) => {
          let lines = 0;
          for (; clock() < command.until && !link.closed; lines += BURST) {
            await link.say(textsOf(command.series, lines, BURST));
          }
          return lines;
        });
    }
  }

  async leave(): Promise<void> {
    await Promise.all(this.#links.map((link) => link[Symbol.asyncDispose]()));
  }

  async #settle(others: number): Promise<{ missing: number }> {
    const end = clock() + 20_000;
    for (;;) {
      const known = this.#links.map((link) => Math.min(others, link.others ?? others));
      const missing = known.reduce((sum, count) => sum + others - count, 0);
      if (missing === 0 || clock() > end) return { missing };
      await pause(LOOK_EVERY_MS);
    }
  }

  async #tell(until: number, latencies: boolean): Promise<Told> {
    const done = this.#ears.map((ear) =>
      ear.doneAt !== undefined ? undefined : new Promise<void>((resolve) => ear.onDone = resolve)
    );
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) =>
      timer = setTimeout(resolve, Math.max(0, until - clock()))
    );
    await Promise.race([Promise.all(done), late]);
    clearTimeout(timer);
    return {
      members: this.#ears.map(({ count, doneAt }) => ({ lines: count, doneAt })),
      closed: this.#links.filter(({ closed }) => closed).length,
      inTime: this.#ears.reduce((sum, ear) => sum + ear.inTime, 0),
      latencies: latencies ? this.#ears.flatMap((ear) => ear.latencies) : [],
      cpu: computed(this.#since),
    };
  }

  async #say(work: (link: BenchLink) => Promise<number>): Promise<Said> {
    const [link] = this.#links;
    const before = { cpu: computed(), sends: link!.sends };
    const startedAt = clock();
    const lines = await work(link!);
    const endedAt = clock();
    const sends = link!.sends - before.sends;
    const { closed } = link!;
    return { lines, startedAt, endedAt, cpu: computed(before.cpu), sends, closed };
  }
}

async function main([way, address, port, first, count]: readonly string[]): Promise<void> {
  const crew = new Crew();
  await crew.enter(way as WayName, address!, Number(port), Number(first), Number(count));
  const answer = (value: unknown): void => console.log(JSON.stringify(value));
  answer({ entered: true });
  let rest = "";
  const stdin = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  for await (const chunk of stdin) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) answer(await crew.obey(JSON.parse(line) as Command));
  }
  await crew.leave();
}

if (import.meta.main) {
  await main(Deno.args);
  Deno.exit(0);
}
