import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { Room } from "../../lib/directory/room.ts";
import { DIRECTORY_FILE } from "../../lib/directory/sqlite_schema.ts";
import { SqliteStore } from "../../lib/directory/sqlite_store.ts";
import type { DirectoryChange } from "../../lib/directory/store.ts";
import { UserError } from "../../lib/errors.ts";
import { migrate } from "../../lib/store/sqlite_schema.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

const A: Room = { name: "a", address: "239.1.2.3", port: 1, topic: "first", createdAt: 7 };
const B: Room = { name: "b", address: "239.1.2.3", port: 2, createdBy: "Mel" };

/** Many rooms, so that a file has many pages. */
const MANY: Room[] = Array.from({ length: 500 }, (_, at) => ({
  name: `room-${at}`,
  address: `239.7.${at >> 8}.${at & 255}`,
  port: 50100,
  topic: "x".repeat(100),
}));

/** Makes a directory file and says where. */
async function someFile(folder: TempFolder, rooms: readonly Room[] = [A, B]): Promise<string> {
  const path = folder.file("crds.db");
  await using store = await SqliteStore.open(path);
  await Promise.all(rooms.map((room) => store.create(room)));
  return path;
}

/** Opens a file that must be refused, and shows that nothing in its folder has changed. */
async function assertRefused(folder: TempFolder, path: string, why: string): Promise<void> {
  const before = folder.contents();
  const error = await assertRejects(() => SqliteStore.open(path), UserError);
  const start = `Cannot open directory file "${path}": ${why}`;
  assertEquals(error.message.slice(0, start.length), start);
  assertEquals(folder.contents(), before);
}

Deno.test("SqliteStore keeps rooms, their order, the revision and the log over a restart", async () => {
  using folder = new TempFolder();
  const path = await someFile(folder);
  {
    await using store = await SqliteStore.open(path);
    assertEquals(await store.snapshot(), { revision: 2, rooms: [A, B] });
    await store.delete("a");
    await store.create(A);
    await store.delete("b");
    await store.delete("a");
  }
  await using store = await SqliteStore.open(path);
  assertEquals(await store.snapshot(), { revision: 6, rooms: [] });
  assertEquals(await store.changesSince(4), [
    { revision: 5, kind: "deleted", room: B },
    { revision: 6, kind: "deleted", room: A },
  ]);
  const changes: DirectoryChange[] = [];
  store.watch((change) => changes.push(change));
  await store.create(B);
  assertEquals(changes, [{ revision: 7, kind: "created", room: B }]);
});

Deno.test("SqliteStore.open() counts the rooms that are already there", async () => {
  using folder = new TempFolder();
  const path = await someFile(folder);
  await using store = await SqliteStore.open(path, { maxRooms: 2 });
  assertEquals(await store.create(MANY[0]!), { kind: "full", maxRooms: 2 });
});

Deno.test("SqliteStore holds what was answered even if it is never closed", async () => {
  using folder = new TempFolder();
  const path = folder.file("crds.db");
  await using store = await SqliteStore.open(path);
  await store.create(A);
  await store.create(B);
  // What a killed server leaves: the file and its log, as they are now.
  Deno.mkdirSync(folder.file("killed"));
  for (const end of ["", "-wal"]) {
    Deno.copyFileSync(path + end, folder.file(`killed/crds.db${end}`));
  }
  await using found = await SqliteStore.open(folder.file("killed/crds.db"));
  assertEquals(await found.snapshot(), { revision: 2, rooms: [A, B] });
});

Deno.test({
  name: "SqliteStore.open() makes the folder and the file for the user alone",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using folder = new TempFolder();
    const path = folder.file("state/crds/crds.db");
    await using store = await SqliteStore.open(path);
    await store.create(A);
    const modes = ["", "/crds", "/crds/crds.db", "/crds/crds.db-wal"]
      .map((part) => Deno.statSync(folder.file(`state${part}`)).mode! & 0o777);
    assertEquals(modes, [0o700, 0o700, 0o600, 0o600]);
  },
});

Deno.test("SqliteStore.open() takes an empty file and a name that SQLite would interpret", async () => {
  using folder = new TempFolder();
  Deno.writeFileSync(folder.file("empty.db"), new Uint8Array());
  await using store = await SqliteStore.open(folder.file("empty.db"));
  await store.create(A);
  await using odd = await SqliteStore.open(folder.file("a?mode=memory#%41.db"));
  await odd.create(A);
  assert(Deno.statSync(folder.file("a?mode=memory#%41.db")).size > 0);
});

Deno.test("SqliteStore.open() refuses what is no SQLite database", async () => {
  using folder = new TempFolder();
  const path = folder.file("diary.txt");
  for (const text of ["Dear diary", "Dear diary ".repeat(1000), "SQLite format 3\0"]) {
    Deno.writeTextFileSync(path, text);
    await assertRefused(folder, path, "it is no SQLite database. Name another file with --data");
  }
  assertEquals(
    (await assertRejects(() => SqliteStore.open(folder.path), UserError)).message,
    `Cannot open directory file "${folder.path}": it is a folder. Name a file with --data.`,
  );
});

Deno.test("SqliteStore.open() refuses a database of another program", async () => {
  using folder = new TempFolder();
  const path = folder.file("other.db");
  for (const pragma of ["journal_mode = WAL", "application_id = 5"]) {
    const db = new DatabaseSync(path);
    db.exec(`PRAGMA ${pragma}; CREATE TABLE IF NOT EXISTS room (name TEXT)`);
    db.close();
    await assertRefused(folder, path, "it is a database of another program.");
  }
});

Deno.test("SqliteStore.open() refuses a file of a newer version", async () => {
  using folder = new TempFolder();
  const path = await someFile(folder);
  const db = new DatabaseSync(path);
  const known = DIRECTORY_FILE.migrations.length;
  db.exec(`PRAGMA user_version = ${known + 1}`);
  db.close();
  await assertRefused(
    folder,
    path,
    `a newer version of this program wrote it (schema ${known + 1}, and ${known} is`,
  );
});

Deno.test("SqliteStore.open() refuses a damaged file, be it in the middle or cut off", async () => {
  using folder = new TempFolder();
  const path = await someFile(folder, MANY);
  const whole = Deno.readFileSync(path);
  for (const page of [1, 2, Math.floor(whole.length / 4096) - 2]) {
    const damaged = whole.slice();
    damaged.fill(0xaa, page * 4096, page * 4096 + 1000);
    Deno.writeFileSync(path, damaged);
    await assertRefused(folder, path, "it is damaged (");
  }
  for (const size of [150, 4096, whole.length - 4096]) {
    Deno.writeFileSync(path, whole.subarray(0, size));
    await assertRefused(folder, path, "it is damaged (");
  }
});

Deno.test("SqliteStore.open() refuses a file of ours that lacks a table", async () => {
  using folder = new TempFolder();
  const path = await someFile(folder);
  const db = new DatabaseSync(path);
  db.exec("DROP TABLE change");
  db.close();
  await assertRefused(folder, path, "it is damaged (no such table: change). Put a backup");
});

Deno.test("SqliteStore.open() leaves the log beside a damaged file alone", async () => {
  using folder = new TempFolder();
  using killed = new TempFolder();
  const path = await someFile(folder, MANY);
  await using store = await SqliteStore.open(path);
  await store.create(A);
  const bytes = Deno.readFileSync(path);
  bytes.fill(0xaa, 2 * 4096, 3 * 4096);
  Deno.writeFileSync(killed.file("crds.db"), bytes);
  Deno.copyFileSync(`${path}-wal`, killed.file("crds.db-wal"));
  await assertRefused(killed, killed.file("crds.db"), "it is damaged (");
});

Deno.test("SqliteStore.open() refuses a file that is open, under whatever name", async () => {
  using folder = new TempFolder();
  const path = await someFile(folder);
  await using store = await SqliteStore.open(path);
  const twice = await assertRejects(() => SqliteStore.open(path), UserError);
  assert(twice.message.endsWith("this server has it open already. Close it first."));
  const alias = folder.file("./crds.db");
  const error = await assertRejects(() => SqliteStore.open(alias), UserError);
  assertEquals(
    error.message,
    `Cannot open directory file "${alias}": another server is using it. ` +
      "Stop that one first, or name another file with --data.",
  );
  assertEquals(await store.delete("a"), A);
});

Deno.test({
  name: "SqliteStore.open() says that a permission is missing",
  permissions: { read: true, write: [Deno.build.os === "windows" ? "C:\\none" : "/none"] },
  fn: async () => {
    const error = await assertRejects(() => SqliteStore.open("/no-such-folder/crds.db"), UserError);
    assertEquals(
      error.message,
      'Cannot open directory file "/no-such-folder/crds.db": the program was not given the ' +
        'permission (Requires write access to "/no-such-folder"). Start it with --allow-read and ' +
        "--allow-write for the folder, or with --memory.",
    );
  },
});

Deno.test("SqliteStore recovers a file whose migration was interrupted", async () => {
  using folder = new TempFolder();
  using killed = new TempFolder();
  const path = await someFile(folder);
  const db = new DatabaseSync(path);
  // A cache of one page, so that the unfinished transaction reaches the file.
  db.exec("PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN; CREATE TABLE more (x)");
  const insert = db.prepare("INSERT INTO more VALUES (?)");
  for (const { topic } of MANY) insert.run(topic!);
  for (const name of ["crds.db", "crds.db-journal"]) {
    Deno.copyFileSync(folder.file(name), killed.file(name));
  }
  db.close();
  assert(Deno.statSync(killed.file("crds.db")).size > Deno.statSync(path).size);
  await using store = await SqliteStore.open(killed.file("crds.db"));
  assertEquals(await store.snapshot(), { revision: 2, rooms: [A, B] });
});

Deno.test("migrate() brings an older file up to date and keeps what is in it", async () => {
  using folder = new TempFolder();
  const path = await someFile(folder);
  const db = new DatabaseSync(path);
  const colour = "ALTER TABLE room ADD COLUMN colour TEXT DEFAULT 'red'";
  const next = { ...DIRECTORY_FILE, migrations: [...DIRECTORY_FILE.migrations, colour] };
  migrate(db, next);
  migrate(db, next);
  const row = db.prepare("SELECT name, colour FROM room ORDER BY revision").get();
  assertEquals({ ...row }, { name: "a", colour: "red" });
  db.close();
  await assertRefused(folder, path, "a newer version of this program wrote it");
});

Deno.test("migrate() makes rooms from before open, and nobody's", async () => {
  using folder = new TempFolder();
  const path = folder.file("old.db");
  const db = new DatabaseSync(path);
  migrate(db, { ...DIRECTORY_FILE, migrations: DIRECTORY_FILE.migrations.slice(0, 1) });
  db.exec(`
    INSERT INTO room VALUES (1, 'a', '239.1.2.3', 1, NULL, NULL, NULL);
    INSERT INTO change VALUES (1, 'created', 'a', '239.1.2.3', 1, NULL, NULL, NULL);
  `);
  db.close();
  await using store = await SqliteStore.open(path);
  const room = { name: "a", address: "239.1.2.3", port: 1 };
  assertEquals(await store.snapshot(), { revision: 1, rooms: [room] });
  assertEquals(await store.changesSince(0), [{ revision: 1, kind: "created", room }]);
  assertEquals(await store.delete("a", ["lab@10.0.0.5"]), room);
});

Deno.test("The tables themselves refuse two rooms of one name or one endpoint", async () => {
  using folder = new TempFolder();
  const db = new DatabaseSync(await someFile(folder));
  const insert = db.prepare("INSERT INTO room (revision, name, address, port) VALUES (?, ?, ?, ?)");
  const odd: [number, string, string, number][] = [
    [9, "a", "239.9.9.9", 9],
    [9, "c", "239.1.2.3", 2],
    [1, "c", "239.9.9.9", 9],
    [9, "c", "239.9.9.9", 65536],
  ];
  for (const row of odd) assertThrows(() => insert.run(...row), Error, "constraint failed");
  db.close();
});

Deno.test("SqliteStore refuses one room that breaks the tables' rules, and no other", async () => {
  using folder = new TempFolder();
  await using store = await SqliteStore.open(folder.file("crds.db"));
  const outcomes = await Promise.allSettled([
    store.create(A),
    store.create({ ...B, port: 70_000 }),
    store.create({ ...B, name: "c" }),
  ]);
  assertEquals(outcomes.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  assertEquals((await store.snapshot()).rooms, [A, { ...B, name: "c" }]);
});

Deno.test("SqliteStore changes nothing when the disk is full, and goes on when it is not", async () => {
  using folder = new TempFolder();
  await using store = await SqliteStore.open(folder.file("crds.db"), { maxPages: 20 });
  await store.create(A);
  const changes: DirectoryChange[] = [];
  store.watch((change) => changes.push(change));
  const outcomes = await Promise.allSettled(MANY.map((room) => store.create(room)));
  const reasons = new Set(
    outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason.message),
  );
  assertEquals(reasons.size, MANY.length);
  assert(reasons.has(
    `Cannot create room "room-0": the disk is full, the directory file "${
      folder.file("crds.db")
    }" cannot grow. Make room, then try again.`,
  ));
  assertEquals(changes, []);
  assertEquals(await store.snapshot(), { revision: 1, rooms: [A] });
  assertEquals(await store.create(MANY[0]!), { kind: "created" });
  assertEquals(changes, [{ revision: 2, kind: "created", room: MANY[0]! }]);
});

Deno.test({
  name: "SqliteStore refuses everything once its file was removed or replaced",
  ignore: Deno.build.os === "windows", // where an open file cannot be removed
  fn: async () => {
    for (const end of ["", "-wal"]) {
      using folder = new TempFolder();
      const path = folder.file("crds.db");
      await using store = await SqliteStore.open(path);
      await store.create(A);
      Deno.renameSync(path + end, folder.file("elsewhere"));
      const sentence = `somebody removed or replaced the directory file "${path}". ` +
        "Stop the server, put the file back, and start again.";
      const error = await assertRejects(() => store.create(B), UserError);
      assertEquals(error.message, `Cannot create room "b": ${sentence}`);
      Deno.renameSync(folder.file("elsewhere"), path + end);
      await assertRejects(() => store.delete("a"), UserError, sentence);
      await assertRejects(() => store.snapshot(), UserError, sentence);
    }
  },
});

Deno.test("SqliteStore finishes what was asked before it closes, and refuses what comes after", async () => {
  using folder = new TempFolder();
  const path = folder.file("crds.db");
  const store = await SqliteStore.open(path);
  const asked = MANY.map((room) => store.create(room));
  const closed = store[Symbol.asyncDispose]();
  const error = await assertRejects(() => store.create(A), UserError);
  assertEquals(
    error.message,
    'Cannot create room "a": the directory file is closed. Start the server again.',
  );
  await Promise.all([closed, store[Symbol.asyncDispose]()]);
  assert((await Promise.all(asked)).every(({ kind }) => kind === "created"));
  assertEquals(folder.contents().map(([name]) => name), ["crds.db"]);
  await using again = await SqliteStore.open(path);
  assertEquals((await again.snapshot()).rooms, MANY);
});
