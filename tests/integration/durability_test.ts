/**
 * What the real server keeps in its file: over kill -9 in the middle of a storm, and never at the
 * cost of a file that it cannot use.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { RoomRecord } from "../../lib/directory/room_methods.ts";
import { isDisconnect } from "../helpers/lab_connection.ts";
import { type ServerProgram, startServer, startTask } from "../helpers/processes.ts";
import { seededRandom, withSeed } from "../helpers/seeded_random.ts";
import { SessionClient } from "../helpers/session_client.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

/** How often the server is killed; tests/integration/crash_test.ts does it as often to the store. */
const KILLS = 50;

/** How many sessions storm it at the same time. */
const LANES = 8;

/** The most answers before a kill. */
const MOST_ANSWERS = 250;

/** How many rooms a lane keeps before it rather deletes. */
const ROOMS_PER_LANE = 8;

/** What a room is about: long enough that half of it would be seen. */
function topicOf(name: string): string {
  return `About ${name}: ${"สวัสดี ".repeat(10)}`;
}

/** What those know who asked the server, over all its lives. */
class Ledger {
  /** The rooms that were answered for, as they were told. */
  readonly rooms = new Map<string, RoomRecord>();
  /** What was asked and not answered, by the name of the room. */
  readonly open = new Map<string, "create" | "delete">();
  answered = 0;
  /** The highest revision that anybody was told of. */
  told = 0;
  committedUnanswered = 0;

  /** Checks what a server has found in its file, then takes it as what there is. */
  check(revision: number, rooms: readonly RoomRecord[]): void {
    const found = new Map(rooms.map((room) => [room.name, { ...room, members: 0 }]));
    assertEquals(found.size, rooms.length);
    for (const [name, what] of this.open) {
      const room = found.get(name);
      if ((room !== undefined) !== (what === "create")) continue;
      // It was carried out, and the answer was lost: then it is there whole.
      this.committedUnanswered++;
      if (room === undefined) this.rooms.delete(name);
      else {
        assertEquals([room.topic, room.createdBy], [topicOf(name), `lane ${name.split("-")[1]}`]);
        this.rooms.set(name, room);
      }
    }
    this.open.clear();
    assertEquals(new Map([...found].sort()), new Map([...this.rooms].sort()));
    assert(revision >= this.told, `revision ${revision} after ${this.told} was told`);
  }
}

/** Reads all rooms. */
async function readRooms(port: number): Promise<{ revision: number; rooms: RoomRecord[] }> {
  using client = await SessionClient.greet(port);
  const rooms: RoomRecord[] = [];
  let after: string | undefined;
  for (;;) {
    const { result } = await client.ask("rooms.list", { after });
    rooms.push(...result.rooms);
    after = result.next;
    if (after === undefined) return { revision: result.revision, rooms };
  }
}

/** Creates and deletes rooms of its own, one after the other, until the server is gone. */
async function storm(
  session: SessionClient,
  [round, lane]: readonly [round: number, lane: number],
  random: () => number,
  ledger: Ledger,
  onAnswer: () => void,
): Promise<void> {
  using client = session;
  const living: string[] = [];
  try {
    if (lane === 0) await client.ask("rooms.watch");
    for (let count = 0;; count++) {
      const deletes = random() * ROOMS_PER_LANE < living.length;
      const name = deletes
        ? living.splice(Math.floor(random() * living.length), 1)[0]!
        : `${round}-${lane}-${count}`;
      ledger.open.set(name, deletes ? "delete" : "create");
      const params = deletes ? { name } : { name, topic: topicOf(name) };
      const { error, result } = await client.ask(`rooms.${deletes ? "delete" : "create"}`, params);
      assertEquals(error, undefined);
      ledger.open.delete(name);
      ledger.answered++;
      if (deletes) ledger.rooms.delete(name);
      else {
        ledger.rooms.set(name, result.room);
        living.push(name);
      }
      for (const { params } of client.notes.splice(0)) {
        ledger.told = Math.max(ledger.told, params.revision);
      }
      onAnswer();
    }
  } catch (error) {
    const isGone = isDisconnect(error) || /the server closed/.test((error as Error).message);
    if (!isGone) throw error;
  }
}

Deno.test({
  name: `the server keeps exactly what it has answered over ${KILLS} times kill -9`,
  ignore: Deno.build.os === "windows",
  fn: () =>
    withSeed(async (seed) => {
      using folder = new TempFolder();
      const data = ["--data", folder.file("crds.db"), "--quiet"];
      const random = seededRandom(seed);
      const ledger = new Ledger();
      for (let round = 0; round < KILLS; round++) {
        await using server = await startServer(data);
        const { revision, rooms } = await readRooms(server.port);
        ledger.check(revision, rooms);
        let left = 1 + Math.floor(random() * MOST_ANSWERS);
        // All are there before the first begins: the kill must not meet one that still connects.
        const sessions = await Promise.all(
          Array.from(
            { length: LANES },
            (_, lane) => SessionClient.greet(server.port, { name: `lane ${lane}` }),
          ),
        );
        const lanes = sessions.map((session, lane) =>
          storm(session, [round, lane], seededRandom(seed + 100 * round + lane), ledger, () => {
            if (--left === 0) server.program.signal("SIGKILL");
          })
        );
        await Promise.all(lanes);
        assertEquals((await server.program.status).signal, "SIGKILL");
      }
      await using server = await startServer(data);
      const { revision, rooms } = await readRooms(server.port);
      ledger.check(revision, rooms);
      console.log(`${ledger.answered} answered, ${ledger.committedUnanswered} more carried out`);
      assertEquals((await server.program.stop("SIGTERM")).code, 0);
    }),
});

/** A folder with a directory file of one room, which a server has closed in an orderly way. */
async function withRoom(): Promise<{ folder: TempFolder; path: string }> {
  const folder = new TempFolder();
  const path = folder.file("crds.db");
  await using server = await startServer(["--data", path]);
  using client = await SessionClient.greet(server.port, { name: "Mel" });
  await client.ask("rooms.create", { name: "lobby", topic: "Tea" });
  await server.program.stop("SIGTERM");
  return { folder, path };
}

/** Starts a server that cannot start. */
async function refused(path: string): Promise<{ code: number; out: string; err: string }> {
  const where = ["--host", "127.0.0.1", "--port", "0", "--no-announce"];
  await using program = startTask("server", [...where, "--data", path]);
  const { code } = await program.status;
  return { code, out: program.stdout, err: program.stderr };
}

Deno.test("the server says where the directory is, and finds it again", async () => {
  const { folder, path } = await withRoom();
  using _folder = folder;
  await using server: ServerProgram = await startServer(["--data", path]);
  await server.program.waitFor(/The directory is in (\S+) \(1 room\)\./);
  assertStringIncludes(server.program.stdout, path);
  using client = await SessionClient.greet(server.port);
  const { room } = (await client.ask("rooms.find", { name: "lobby" })).result;
  assertEquals([room.topic, room.createdBy, room.members], ["Tea", "Mel", 0]);
});

Deno.test("a watcher comes back to a server that was restarted, and misses nothing", async () => {
  const { folder, path } = await withRoom();
  using _folder = folder;
  let since: number;
  {
    await using server = await startServer(["--data", path]);
    using client = await SessionClient.greet(server.port);
    since = (await client.ask("rooms.watch")).result.revision;
    await client.ask("rooms.create", { name: "annex" });
    await client.ask("rooms.delete", { name: "lobby" });
    await server.program.stop("SIGKILL");
  }
  await using server = await startServer(["--data", path]);
  using client = await SessionClient.greet(server.port);
  const { changes } = (await client.ask("rooms.watch", { since })).result;
  assertEquals(
    changes.map(({ kind, room }: { kind: string; room: RoomRecord }) => `${kind} ${room.name}`),
    ["created annex", "deleted lobby"],
  );
  assertEquals((await client.ask("rooms.watch", { since: since + 9 })).result.changes, undefined);
});

Deno.test("the server refuses a file that it cannot use, and leaves it as it is", async () => {
  const { folder, path } = await withRoom();
  using _folder = folder;
  const good = Deno.readFileSync(path);
  const damaged = good.slice();
  damaged.fill(0xaa, 4096, 4096 + 2048);
  const alien = new TextEncoder().encode("Dear diary, ".repeat(1_000));
  Deno.writeFileSync(folder.file("newer.db"), good);
  const newer = new DatabaseSync(folder.file("newer.db"));
  newer.exec("PRAGMA user_version = 999");
  newer.close();
  Deno.writeFileSync(folder.file("damaged.db"), damaged);
  Deno.writeFileSync(folder.file("cut.db"), good.subarray(0, good.length - 4096));
  Deno.writeFileSync(folder.file("alien.db"), alien);
  const before = folder.contents();
  const table: [name: string, why: string][] = [
    ["newer.db", "newer"],
    ["damaged.db", "it is damaged"],
    ["cut.db", "it is damaged"],
    ["alien.db", ""],
  ];
  for (const [name, why] of table) {
    const { code, out, err } = await refused(folder.file(name));
    assertEquals([code, out], [1, ""], `${name}: ${err}`);
    const sentence = `Cannot open directory file "${folder.file(name)}": `;
    assertEquals([err.startsWith(sentence), err.split("\n").length], [true, 2], err);
    assertStringIncludes(err, why);
  }
  assertEquals(folder.contents(), before);
});

Deno.test("a second server on the same file is refused, and the first goes on", async () => {
  const { folder, path } = await withRoom();
  using _folder = folder;
  await using server = await startServer(["--data", path]);
  const { code, out, err } = await refused(path);
  assertEquals([code, out], [1, ""]);
  assertEquals(
    err,
    `Cannot open directory file "${path}": another server is using it. ` +
      "Stop that one first, or name another file with --data.\n",
  );
  using client = await SessionClient.greet(server.port);
  assertEquals((await client.ask("rooms.delete", { name: "lobby" })).error, undefined);
});
