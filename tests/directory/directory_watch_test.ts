import { assert, assertEquals, assertRejects } from "@std/assert";
import { Directory } from "../../lib/directory/directory.ts";
import { DirectoryError } from "../../lib/directory/directory_error.ts";
import { MemoryStore } from "../../lib/directory/memory_store.ts";
import type { Room } from "../../lib/directory/room.ts";
import { SqliteStore } from "../../lib/directory/sqlite_store.ts";
import {
  type DirectoryChange,
  type DirectoryStore,
  MAX_KEPT_CHANGES,
} from "../../lib/directory/store.ts";
import { FakeStore } from "../helpers/fakes.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

const A: Room = { name: "a", address: "239.255.1.0", port: 20000 };

function told(changes: readonly DirectoryChange[] | undefined): string[] | undefined {
  return changes?.map(({ revision, kind, room }) => `${revision} ${kind} ${room.name}`);
}

/** A directory whose store the test answers for, and whose chance always says "the first". */
async function slow(rooms: Room[] = []): Promise<{ store: FakeStore; directory: Directory }> {
  const store = new FakeStore();
  store.report({ revision: 10, kind: "deleted", room: A }); // so that it counts on from there
  store.snapshotted.resolve({ revision: 10, rooms });
  return { store, directory: await Directory.open(store, { random: () => 0, now: () => 0 }) };
}

/** Creates and deletes room "x" until so many changes were made. */
async function churn(directory: Directory, changes: number): Promise<void> {
  for (let made = 0; made < changes; made++) {
    if (made % 2 === 0) await directory.create("x", "239.1.1.1", "1");
    else await directory.delete("x");
  }
}

Deno.test("Directory.create() allocates different places to rooms that are created at once", async () => {
  const { store, directory } = await slow();
  using _directory = directory;
  const creating = ["a", "b", "c"].map((name) => directory.create(name));
  for (const call of store.calls) call.finish();
  const rooms = await Promise.all(creating);
  assertEquals(rooms.map(({ address, port }) => `${address}:${port}`), [
    "239.255.1.0:20000",
    "239.255.1.1:20001",
    "239.255.1.2:20002",
  ]);
});

Deno.test("Directory.create() gives a reserved place back when the store refuses or fails", async () => {
  const { store, directory } = await slow();
  using _directory = directory;
  const refused = directory.create("a");
  store.calls[0]?.finish({ kind: "name-taken", by: { ...A, address: "239.9.9.9", port: 9 } });
  assertEquals((await assertRejects(() => refused, DirectoryError)).code, "ROOM_EXISTS");
  const failed = directory.create("a");
  store.calls[1]?.fail(new Error("disk full"));
  await assertRejects(() => failed, Error, "disk full");
  const creating = directory.create("b");
  store.calls[2]?.finish();
  assertEquals((await creating).address, "239.255.1.0");
  const next = directory.create("c");
  store.calls[3]?.finish();
  assertEquals((await next).address, "239.255.1.1", "a room that was created keeps its place");
});

Deno.test("Directory.create() tries another place when somebody elsewhere takes the one allocated", async () => {
  const { store, directory } = await slow();
  using _directory = directory;
  const creating = directory.create("b");
  // Another server creates "a" there: the change comes first, then the store's answer to us.
  store.report({ revision: 11, kind: "created", room: A });
  store.calls[0]?.finish({ kind: "endpoint-taken", by: A });
  await new Promise((resolve) => setTimeout(resolve, 0));
  store.calls[1]?.finish();
  const { address, port } = await creating;
  assertEquals([address, port], ["239.255.1.1", 20001]);
});

Deno.test("Directory.create() gives up when it loses the race again and again", async () => {
  const { store, directory } = await slow();
  using _directory = directory;
  const creating = directory.create("b");
  const refused = assertRejects(() => creating, DirectoryError, "belongs to room");
  for (let call = 0; call < 8; call++) {
    store.calls[call]?.finish({ kind: "endpoint-taken", by: A });
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals([(await refused).code, store.calls.length], ["ADDRESS_IN_USE", 8]);
});

Deno.test("Directory.create() gives the place of a deleted room away again", async () => {
  await using store = new MemoryStore();
  using directory = await Directory.open(store, { random: () => 0 });
  assertEquals((await directory.create("a")).address, "239.255.1.0");
  assertEquals((await directory.create("b")).address, "239.255.1.1");
  await directory.delete("a");
  assertEquals((await directory.create("c")).address, "239.255.1.0");
});

Deno.test("Directory.create() without any place left is DIRECTORY_FULL", async () => {
  await using store = new MemoryStore();
  using directory = await Directory.open(store);
  const creating = Array.from(
    { length: 9_999 },
    (_, at) => directory.create(`r${at}`, "239.1.1.1"),
  );
  await Promise.all(creating);
  const error = await assertRejects(
    () => directory.create("one-more", "239.1.1.1"),
    DirectoryError,
  );
  assertEquals(error.code, "DIRECTORY_FULL");
  assertEquals(error.message.startsWith('Cannot create room "one-more": there is no free'), true);
});

Deno.test("Directory.watch() tells changes in order after the view has them, until it is disposed", async () => {
  await using store = new MemoryStore();
  using directory = await Directory.open(store);
  const seen: string[] = [];
  const watch = directory.watch(({ kind, room, revision }) =>
    seen.push(`${revision}=${directory.revision} ${kind} ${directory.find(room.name)?.name}`)
  );
  using _other = directory.watch(() => {});
  await directory.create("a");
  await directory.delete("a");
  watch[Symbol.dispose]();
  watch[Symbol.dispose]();
  await directory.create("b");
  assertEquals(seen, ["1=1 created a", "2=2 deleted undefined"]);
});

Deno.test("Directory.watch() does not tell what was seen already", async () => {
  const { store, directory } = await slow([A]);
  using _directory = directory;
  const seen: number[] = [];
  directory.watch(({ revision }) => seen.push(revision));
  for (const revision of [9, 10, 11, 11, 15]) {
    store.report({ revision, kind: "created", room: { ...A, name: `r${revision}` } });
  }
  assertEquals(seen, [11, 15]);
});

Deno.test("Directory.changesSince() tells what came after a revision, also between two of them", async () => {
  const { store, directory } = await slow([A]);
  using _directory = directory;
  for (const revision of [11, 15]) {
    store.report({ revision, kind: "created", room: { ...A, name: `r${revision}` } });
  }
  assertEquals(told(directory.changesSince(10)), ["11 created r11", "15 created r15"]);
  assertEquals(told(directory.changesSince(11)), ["15 created r15"]);
  assertEquals(told(directory.changesSince(13)), ["15 created r15"]);
  assertEquals(told(directory.changesSince(15)), []);
  assertEquals([directory.changesSince(9), directory.changesSince(16)], [undefined, undefined]);
  assertEquals(directory.changesSince(NaN)?.length ?? 0, 0);
});

Deno.test("Directory.changesSince() knows the last thousand changes at least, and says when it does not", async () => {
  await using store = new MemoryStore();
  using directory = await Directory.open(store);
  await churn(directory, 3 * MAX_KEPT_CHANGES + 500);
  const { revision } = directory;
  const missed = directory.changesSince(revision - MAX_KEPT_CHANGES);
  assertEquals(missed?.length, MAX_KEPT_CHANGES);
  assertEquals(missed?.[0]?.revision, revision - MAX_KEPT_CHANGES + 1);
  assertEquals(directory.changesSince(revision - 2 * MAX_KEPT_CHANGES - 1), undefined);
  for (let since = revision - 2 * MAX_KEPT_CHANGES; since <= revision; since += 100) {
    const changes = directory.changesSince(since);
    if (changes !== undefined) assertEquals(changes.length, revision - since, "all or nothing");
  }
});

const STORES: [name: string, open: (folder: TempFolder) => Promise<DirectoryStore>][] = [
  ["MemoryStore", () => Promise.resolve(new MemoryStore())],
  ["SqliteStore", (folder) => SqliteStore.open(folder.file("crds.db"))],
];

for (const [name, openStore] of STORES) {
  Deno.test(`Directory.open() recalls from a ${name} what changed before`, async () => {
    using folder = new TempFolder();
    await using store = await openStore(folder);
    {
      using before = await Directory.open(store);
      assertEquals(told(before.changesSince(0)), []);
      for (const name of ["a", "b"]) await before.create(name);
      await before.delete("a");
    }
    using directory = await Directory.open(store);
    assertEquals(told(directory.changesSince(0)), ["1 created a", "2 created b", "3 deleted a"]);
    assertEquals(told(directory.changesSince(2)), ["3 deleted a"]);
    await directory.create("c");
    assertEquals(told(directory.changesSince(2)), ["3 deleted a", "4 created c"]);
    assertEquals(directory.changesSince(5), undefined);
  });

  Deno.test(`Directory.open() recalls the last thousand changes of a ${name}, no hole in them`, async () => {
    using folder = new TempFolder();
    await using store = await openStore(folder);
    const rooms = Array.from({ length: MAX_KEPT_CHANGES + 50 }, (_, at) => ({
      name: `r${at}`,
      address: "239.1.1.1",
      port: at + 1,
    }));
    await Promise.all(rooms.map((room) => store.create(room)));
    using directory = await Directory.open(store);
    assertEquals(directory.changesSince(49), undefined);
    assertEquals(directory.changesSince(50)?.length, MAX_KEPT_CHANGES);
    assert(directory.changesSince(50)?.every(({ revision }, at) => revision === 51 + at));
  });
}

Deno.test("Directory.changesSince() of a store that starts at the time knows nothing from before", async () => {
  const start = 1_795_000_000_000;
  await using store = new MemoryStore({ revision: start });
  using directory = await Directory.open(store);
  await directory.create("a");
  assertEquals(told(directory.changesSince(start)), [`${start + 1} created a`]);
  for (const since of [0, start - 1, start + 2]) {
    assertEquals(directory.changesSince(since), undefined);
  }
});
