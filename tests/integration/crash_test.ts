// kill -9 in the middle of a storm of creates and deletes: what was answered is there afterwards,
// what was not is there whole or not at all.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { SqliteStore } from "../../lib/directory/sqlite_store.ts";
import type { DirectorySnapshot } from "../../lib/directory/store.ts";
import { UserError } from "../../lib/errors.ts";
import { stormRoom } from "../helpers/directory_storm.ts";
import { seededRandom, withSeed } from "../helpers/seeded_random.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

/** How often the program is killed, shared among the files. */
const KILLS = 50;

/** How many files are stormed at the same time. */
const FILES = 2;

/** The most answers before a kill: some batches, so that every phase of a commit is hit. */
const MOST_ANSWERS = 300;

const STORM = new URL("../helpers/directory_storm.ts", import.meta.url).pathname;
const ROOT = new URL("../../", import.meta.url).pathname;

/** Runs the storm until it has written a line, kills it, and returns all that it has written. */
async function stormUntil(
  args: [path: string, seed: number, round: number],
  isTheLine: (line: string) => boolean,
  beforeKill: () => Promise<void> = () => Promise.resolve(),
): Promise<string[]> {
  const folder = args[0].replace(/[^/]*$/, "");
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--no-prompt", `--allow-read=${ROOT},${folder}`],
      ...[`--allow-write=${folder}`, STORM, ...args.map(String)],
    ],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const lines: string[] = [];
  let rest = "";
  let killed = false;
  try {
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
      const found = (rest + part).split("\n");
      rest = found.pop()!;
      lines.push(...found);
      if (killed || !found.some(isTheLine)) continue;
      await beforeKill();
      child.kill("SIGKILL");
      killed = true;
    }
  } finally {
    if (!killed) await child[Symbol.asyncDispose]();
  }
  await child.status;
  assert(killed, `the storm ended by itself: ${lines.at(-1)}`);
  return lines;
}

/** What is known of a directory from the lines of those who wrote to it. */
class Ledger {
  /** The rooms that were there when the last program was killed, as far as it was told. */
  #names = new Set<string>();
  /** What it had asked for and was not told about. */
  #open = new Set<string>();
  #revision = 0;
  /** The highest revision that anybody was told of. */
  #told = 0;
  answered = 0;
  committedUnanswered = 0;

  /** Checks what a restart has found, then takes it as what there is. */
  check({ revision, rooms }: DirectorySnapshot): void {
    for (const room of rooms) assertEquals(room, stormRoom(room.name));
    const found = new Set(rooms.map(({ name }) => name));
    assertEquals(found.size, rooms.length);
    let expected = this.#revision;
    for (const what of this.#open) {
      const [verb, name] = what.split(" ") as [string, string];
      if (found.has(name) !== (verb === "create")) continue;
      // It was carried out, and nobody heard of it any more.
      this.#apply(what);
      expected++;
      this.committedUnanswered++;
    }
    assertEquals(found, this.#names);
    assertEquals(revision, expected);
    assert(revision >= this.#told, `revision ${revision} after ${this.#told} was told`);
    this.#open.clear();
    this.#revision = revision;
  }

  /** Takes down what a program has said after it found the directory. */
  record(lines: readonly string[]): void {
    for (const line of lines) {
      const [mark, ...words] = line.split(" ");
      const what = words.join(" ");
      if (mark === "revision") this.#told = Math.max(this.#told, Number(what));
      else if (mark === "?") this.#open.add(what);
      else if (mark === "!") {
        assert(this.#open.delete(what), `answered, but never asked: ${what}`);
        this.#apply(what);
        this.#revision++;
        this.answered++;
      } else throw new Error(`unexpected: ${line}`);
    }
  }

  #apply(what: string): void {
    const [verb, name] = what.split(" ") as [string, string];
    if (verb === "create") this.#names.add(name);
    else assert(this.#names.delete(name), `deleted, but never there: ${name}`);
  }
}

/** Kills one program after the other on one file, and checks each time what the next one finds. */
async function killAgainAndAgain(path: string, kills: number, seed: number): Promise<Ledger> {
  const random = seededRandom(seed);
  const ledger = new Ledger();
  for (let round = 0; round < kills; round++) {
    const answers = Math.floor(random() * MOST_ANSWERS);
    // Now and then while it is still opening the file, or has only just opened it.
    const early = round % 8 === 0 ? "starting" : round % 8 === 4 ? "open" : undefined;
    let left = answers;
    const lines = await stormUntil([path, seed + round, round], (line) => {
      if (early !== undefined) return line.startsWith(early);
      return line.startsWith("!") && left-- <= 0;
    });
    assertEquals(lines[0], "starting");
    const opened = lines[1];
    if (opened === undefined) continue;
    ledger.check(JSON.parse(opened.slice("open ".length)));
    ledger.record(lines.slice(2));
  }
  await using store = await SqliteStore.open(path);
  ledger.check(await store.snapshot());
  return ledger;
}

Deno.test({
  name: `SqliteStore keeps exactly what it has answered over ${KILLS} times kill -9`,
  ignore: Deno.build.os === "windows",
  fn: () =>
    withSeed(async (seed) => {
      using folder = new TempFolder();
      const ended = await Promise.allSettled(
        Array.from(
          { length: FILES },
          (_, at) => killAgainAndAgain(folder.file(`${at}.db`), KILLS / FILES, seed + 100 * at),
        ),
      );
      const ledgers = ended.map((end) => {
        if (end.status === "rejected") throw end.reason;
        return end.value;
      });
      const sum = (of: (ledger: Ledger) => number) =>
        ledgers.reduce((all, one) => all + of(one), 0);
      const answered = sum((ledger) => ledger.answered);
      console.log(`${answered} answered, ${sum((l) => l.committedUnanswered)} more carried out`);
      assert(answered > KILLS * 10);
    }),
});

Deno.test({
  name: "SqliteStore.open() refuses a file that another process has open, until that one is killed",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using folder = new TempFolder();
    const path = folder.file("crds.db");
    const isOpen = (line: string) => line.startsWith("open");
    await stormUntil([path, 1, 1], isOpen, async () => {
      await assertRejects(() => SqliteStore.open(path), UserError, "another server is using it.");
    });
    await using _store = await SqliteStore.open(path);
  },
});
