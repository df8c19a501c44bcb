import { assertEquals, assertRejects } from "@std/assert";
import { Directory } from "../../lib/directory/directory.ts";
import { DirectoryError, type DirectoryErrorCode } from "../../lib/directory/directory_error.ts";
import { MemoryStore } from "../../lib/directory/memory_store.ts";
import type { Room } from "../../lib/directory/room.ts";
import type { DirectoryStore } from "../../lib/directory/store.ts";
import { FakeStore } from "../helpers/fakes.ts";

const NOW = 86_400_000;
const A: Room = { name: "a", address: "239.1.2.3", port: 1, createdAt: NOW };
const B: Room = { name: "b", address: "239.1.2.3", port: 2, createdAt: NOW };

function open(store: DirectoryStore): Promise<Directory> {
  return Directory.open(store, { now: () => NOW });
}

async function refusal(attempt: Promise<unknown>, message: string): Promise<DirectoryErrorCode> {
  return (await assertRejects(() => attempt, DirectoryError, message)).code;
}

Deno.test("Directory.create() is seen before it resolves, with a new revision", async () => {
  await using store = new MemoryStore();
  using directory = await open(store);
  assertEquals([directory.revision, directory.size, directory.find("a")], [0, 0, undefined]);
  const seen = directory.create("a", "239.1.2.3", "1").then((room) => ({
    room,
    found: directory.find("a"),
    revision: directory.revision,
  }));
  assertEquals(await seen, { room: A, found: A, revision: 1 });
  assertEquals([...directory.rooms()], [A]);
});

Deno.test("Directory.delete() is seen before it resolves, with a new revision", async () => {
  await using store = new MemoryStore();
  using directory = await open(store);
  await directory.create("a", "239.1.2.3", "1");
  const size = directory.delete("a").then(() => directory.size);
  assertEquals([await size, directory.revision], [0, 2]);
});

Deno.test("Directory refuses with a code and a sentence, and changes nothing", async () => {
  await using store = new MemoryStore({ maxRooms: 2 });
  using directory = await open(store);
  await directory.create("a", "239.1.2.3", "1");
  await directory.create("b", "239.1.2.3", "2");
  const table: [Promise<unknown>, DirectoryErrorCode, string][] = [
    [
      directory.create("a", "239.9.9.9", "9"),
      "ROOM_EXISTS",
      'Cannot create room "a": the name is taken (239.1.2.3:1).',
    ],
    [
      directory.create("c", "239.1.2.3", "2"),
      "ADDRESS_IN_USE",
      'Cannot create room "c": 239.1.2.3:2 belongs to room "b".',
    ],
    [
      directory.create("c", "239.1.2.3", "3"),
      "DIRECTORY_FULL",
      'Cannot create room "c": the directory is full (2 rooms); delete one first.',
    ],
    [
      directory.delete("c"),
      "NO_SUCH_ROOM",
      'Cannot delete room "c": there is no room of that name.',
    ],
    [directory.delete("\x1b[2J"), "NO_SUCH_ROOM", 'Cannot delete room "\ufffd[2J"'],
    [directory.create("", "239.1.2.3", "3"), "BAD_NAME", "empty"],
    [directory.create("c", "224.0.0.1", "3"), "BAD_ADDRESS", "224.0.0.1"],
    [directory.create("c", "239.1.2.3", "abc"), "BAD_PORT", "abc"],
  ];
  for (const [attempt, code, message] of table) {
    assertEquals(await refusal(attempt, message), code);
  }
  assertEquals([directory.revision, [...directory.rooms()]], [2, [A, B]]);
});

Deno.test("Directory.create() of the same room twice at once: one wins", async () => {
  await using store = new MemoryStore();
  using directory = await open(store);
  const results = await Promise.allSettled([
    directory.create("a", "239.1.2.3", "1"),
    directory.create("a", "239.1.2.3", "2"),
    directory.create("b", "239.1.2.3", "1"),
  ]);
  assertEquals(results.map((result) => result.status), ["fulfilled", "rejected", "rejected"]);
  assertEquals([...directory.rooms()], [A]);
});

Deno.test("Directory follows changes made elsewhere, in two directories of one store", async () => {
  await using store = new MemoryStore();
  using one = await open(store);
  await one.create("a", "239.1.2.3", "1");
  using two = await open(store);
  assertEquals([[...two.rooms()], two.revision], [[A], 1]);
  await two.create("b", "239.1.2.3", "2");
  await two.delete("a");
  assertEquals([[...one.rooms()], one.revision], [[B], 3]);
});

Deno.test("Directory.open() applies changes that come during the snapshot exactly once", async () => {
  const store = new FakeStore();
  const opening = open(store);
  store.report({ revision: 4, kind: "created", room: A }); // is in the snapshot too
  store.report({ revision: 6, kind: "created", room: B });
  store.report({ revision: 7, kind: "deleted", room: A });
  store.snapshotted.resolve({ revision: 5, rooms: [A] });
  using directory = await opening;
  assertEquals([[...directory.rooms()], directory.revision], [[B], 7]);
  store.report({ revision: 8, kind: "deleted", room: B });
  assertEquals([directory.size, directory.revision], [0, 8]);
});

Deno.test("Directory ignores a change that it has seen", async () => {
  const store = new FakeStore();
  store.snapshotted.resolve({ revision: 5, rooms: [A, B] });
  using directory = await open(store);
  store.report({ revision: 5, kind: "deleted", room: A });
  store.report({ revision: 3, kind: "deleted", room: B });
  assertEquals([directory.size, directory.revision], [2, 5]);
});

Deno.test("Directory.create() passes on what the store fails with", async () => {
  const store = new FakeStore();
  store.snapshotted.resolve({ revision: 0, rooms: [] });
  using directory = await open(store);
  const creating = directory.create("a", "239.1.2.3", "1");
  store.calls[0]?.fail(new Error("disk full"));
  await assertRejects(() => creating, Error, "disk full");
  assertEquals(directory.size, 0);
});

Deno.test("Directory stops following when disposed, also twice", async () => {
  const store = new FakeStore();
  store.snapshotted.resolve({ revision: 0, rooms: [] });
  const directory = await open(store);
  assertEquals(store.watchers, 1);
  directory[Symbol.dispose]();
  directory[Symbol.dispose]();
  assertEquals(store.watchers, 0);
});

Deno.test("Directory.open() leaves no watcher behind when the snapshot fails", async () => {
  const store = new FakeStore();
  store.snapshotted.reject(new Error("no connection"));
  await assertRejects(() => open(store), Error, "no connection");
  assertEquals(store.watchers, 0);
});

Deno.test("Directory.delete() lets everybody delete, unless only owners may", async () => {
  const owner = "guest:mel@10.0.0.5";
  for (const ownerDeletes of [false, true]) {
    await using store = new MemoryStore();
    using directory = await Directory.open(store, { now: () => NOW, ownerDeletes });
    await directory.create("a", "239.1.2.3", "1", { owner, createdBy: "Mel" });
    await directory.create("lab", "239.1.2.3", "3", { owner: "lab@10.0.0.7" });
    await directory.create("b", "239.1.2.3", "2");
    assertEquals((await directory.delete("b")).name, "b", "nobody's");
    if (ownerDeletes) {
      const why = 'Cannot delete room "a": on this server only who made it may (Mel); ask them.';
      assertEquals(await refusal(directory.delete("a"), why), "NOT_OWNER");
      assertEquals(await refusal(directory.delete("a", ["guest:mel@10.0.0.6"]), why), "NOT_OWNER");
      const nameless = 'Cannot delete room "lab": on this server only who made it may; ask them.';
      assertEquals(await refusal(directory.delete("lab", [owner]), nameless), "NOT_OWNER");
      assertEquals(await refusal(directory.delete("x", [owner]), "no room"), "NO_SUCH_ROOM");
      assertEquals(directory.size, 2);
      assertEquals((await directory.delete("a", ["account:mel", owner])).name, "a");
    } else {
      assertEquals((await directory.delete("a")).name, "a");
    }
  }
});
