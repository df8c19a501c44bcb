import { assertEquals } from "@std/assert";
import { DEFAULT_MAX_ROOMS, MemoryStore } from "../../lib/directory/memory_store.ts";
import type { Room } from "../../lib/directory/room.ts";
import type { DirectoryChange } from "../../lib/directory/store.ts";

const A: Room = { name: "a", address: "239.1.2.3", port: 1 };
const B: Room = { name: "b", address: "239.1.2.3", port: 2 };

Deno.test("MemoryStore.create() is compare-and-set: of concurrent ones only the first wins", async () => {
  await using store = new MemoryStore();
  const sameEndpoint = { ...A, name: "c" };
  assertEquals(await Promise.all([store.create(A), store.create(A), store.create(sameEndpoint)]), [
    { kind: "created" },
    { kind: "name-taken", by: A },
    { kind: "endpoint-taken", by: A },
  ]);
  assertEquals(await store.snapshot(), { revision: 1, rooms: [A] });
});

Deno.test("MemoryStore.create() refuses by name and by address and port, not by either alone", async () => {
  await using store = new MemoryStore();
  await store.create(A);
  assertEquals(await store.create(B), { kind: "created" });
  assertEquals(await store.create({ ...A, name: "c", address: "239.1.2.4" }), { kind: "created" });
  assertEquals(await store.create({ ...A, port: 9 }), { kind: "name-taken", by: A });
  assertEquals(await store.create({ ...B, name: "d" }), { kind: "endpoint-taken", by: B });
});

Deno.test("MemoryStore.delete() frees name and endpoint, and says what it deleted", async () => {
  await using store = new MemoryStore();
  await store.create(A);
  assertEquals(await store.delete("b"), undefined);
  assertEquals(await store.delete("a"), A);
  assertEquals(await store.delete("a"), undefined);
  assertEquals(await store.create({ ...A, name: "c" }), { kind: "created" });
  assertEquals(await store.create({ ...A, port: 9 }), { kind: "created" });
});

Deno.test("MemoryStore.create() refuses when it is full, until a room is deleted", async () => {
  await using store = new MemoryStore({ maxRooms: 1 });
  await store.create(A);
  assertEquals(await store.create(B), { kind: "full", maxRooms: 1 });
  assertEquals(await store.create({ ...B, name: "a" }), { kind: "name-taken", by: A });
  await store.delete("a");
  assertEquals(await store.create(B), { kind: "created" });
});

Deno.test("MemoryStore holds 10,000 rooms by default, in the order of their creation", async () => {
  await using store = new MemoryStore();
  for (let at = 0; at < DEFAULT_MAX_ROOMS; at++) {
    await store.create({ name: `r${at}`, address: "239.1.1.1", port: at + 1 });
  }
  assertEquals(await store.create(A), { kind: "full", maxRooms: DEFAULT_MAX_ROOMS });
  const { rooms, revision } = await store.snapshot();
  assertEquals(rooms.map((room) => room.name), rooms.map((_, at) => `r${at}`));
  assertEquals([rooms.length, revision], [10_000, 10_000]);
});

Deno.test("MemoryStore.watch() reports each change before the call resolves, refusals not at all", async () => {
  await using store = new MemoryStore();
  const seen: DirectoryChange[] = [];
  const seenToo: DirectoryChange[] = [];
  using _other = store.watch((change) => seenToo.push(change));
  {
    using _watch = store.watch((change) => seen.push(change));
    const creating = store.create(A).then(() => seen.length);
    assertEquals(await creating, 1);
    await store.create(A);
    await store.delete("nothing");
    await store.delete("a");
  }
  await store.create(B);
  assertEquals(seen, [
    { revision: 1, kind: "created", room: A },
    { revision: 2, kind: "deleted", room: A },
  ]);
  assertEquals(seenToo, [...seen, { revision: 3, kind: "created", room: B }]);
});

Deno.test("MemoryStore.snapshot() stays as it was when the store changes", async () => {
  await using store = new MemoryStore();
  await store.create(A);
  const snapshot = await store.snapshot();
  await store.create(B);
  await store.delete("a");
  assertEquals(snapshot, { revision: 1, rooms: [A] });
});
