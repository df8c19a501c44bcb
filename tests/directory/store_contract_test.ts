// What every DirectoryStore owes to its caller, asked of each that there is.

import { assert, assertEquals } from "@std/assert";
import { MemoryStore } from "../../lib/directory/memory_store.ts";
import type { Room } from "../../lib/directory/room.ts";
import { SqliteStore } from "../../lib/directory/sqlite_store.ts";
import {
  type DirectoryChange,
  type DirectoryStore,
  MAX_KEPT_CHANGES,
} from "../../lib/directory/store.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

const A: Room = { name: "a", address: "239.1.2.3", port: 1 };
const B: Room = {
  name: "b-สวัสดี",
  address: "239.1.2.3",
  port: 65535,
  topic: "",
  createdAt: 1_795_000_000_123,
  createdBy: "Mel",
  sealed: "AAAAAAAAAAAAAAAAAAAAAA",
  owner: "guest:mel@10.0.0.5",
};

interface StoreSettings {
  readonly maxRooms?: number;
}

const STORES: Record<
  string,
  (folder: TempFolder, settings?: StoreSettings) => Promise<DirectoryStore>
> = {
  MemoryStore: (_, settings) => Promise.resolve(new MemoryStore(settings)),
  SqliteStore: (folder, settings) => SqliteStore.open(folder.file("crds.db"), settings),
};

for (const [name, open] of Object.entries(STORES)) {
  Deno.test(`${name} lets each request see those before it`, async () => {
    using folder = new TempFolder();
    await using store = await open(folder);
    const outcomes = await Promise.all([
      store.create(A),
      store.create({ ...A, port: 2 }),
      store.create({ ...A, name: "c" }),
      store.delete("a"),
      store.delete("a"),
      store.create({ ...A, name: "c" }),
    ]);
    assertEquals<unknown>(outcomes, [
      { kind: "created" },
      { kind: "name-taken", by: A },
      { kind: "endpoint-taken", by: A },
      A,
      undefined,
      { kind: "created" },
    ]);
    assertEquals(await store.snapshot(), { revision: 3, rooms: [{ ...A, name: "c" }] });
  });

  Deno.test(`${name} keeps topic, time and creator, and the order of creation`, async () => {
    using folder = new TempFolder();
    await using store = await open(folder);
    await store.create(B);
    await store.create(A);
    const { rooms } = await store.snapshot();
    assertEquals(rooms, [B, A]);
    assert(rooms.every((room) => Object.getPrototypeOf(room) === Object.prototype));
    assertEquals(await store.create({ ...A, name: B.name }), { kind: "name-taken", by: B });
    assertEquals(await store.delete(B.name), B);
  });

  Deno.test(`${name}.delete() leaves what belongs to others`, async () => {
    using folder = new TempFolder();
    await using store = await open(folder);
    await store.create(A);
    await store.create(B);
    const others = ["guest:bob@10.0.0.5", "lab@10.0.0.5"];
    assertEquals(await store.delete(B.name, others), undefined);
    assertEquals(await store.delete(B.name, []), undefined);
    assertEquals((await store.snapshot()).rooms, [A, B]);
    assertEquals(await store.delete(B.name, [...others, B.owner!]), B);
    assertEquals(await store.delete(A.name, []), A, "it is nobody's");
  });

  Deno.test(`${name} is full at its limit, until a room is deleted`, async () => {
    using folder = new TempFolder();
    await using store = await open(folder, { maxRooms: 1 });
    await store.create(A);
    assertEquals(await store.create(B), { kind: "full", maxRooms: 1 });
    await store.delete("a");
    assertEquals(await store.create(B), { kind: "created" });
  });

  Deno.test(`${name} reports a change before it answers, and nothing else`, async () => {
    using folder = new TempFolder();
    await using store = await open(folder);
    const seen: unknown[] = [];
    const watch = store.watch((change) => seen.push(change));
    await Promise.all([
      store.create(A).then(() => seen.push("answered")),
      store.create(A),
      store.delete("nobody"),
    ]);
    watch[Symbol.dispose]();
    await store.delete("a");
    assertEquals(seen, [{ revision: 1, kind: "created", room: A }, "answered"]);
  });

  Deno.test(`${name}.changesSince() tells what was missed`, async () => {
    using folder = new TempFolder();
    await using store = await open(folder);
    assertEquals(await store.changesSince(0), []);
    const changes: DirectoryChange[] = [];
    store.watch((change) => changes.push(change));
    await store.create(B);
    await store.create(A);
    await store.delete(B.name);
    assertEquals(await store.changesSince(0), changes);
    assertEquals(await store.changesSince(2), [{ revision: 3, kind: "deleted", room: B }]);
    assertEquals(await store.changesSince(3), []);
  });

  Deno.test(`${name}.changesSince() says when it cannot tell`, async () => {
    using folder = new TempFolder();
    await using store = await open(folder);
    const changes = Array.from(
      { length: MAX_KEPT_CHANGES },
      (_, at) => at % 2 === 0 ? store.create(A) : store.delete("a"),
    );
    await Promise.all(changes);
    assertEquals((await store.changesSince(0))?.length, MAX_KEPT_CHANGES);
    await store.create(A);
    const { revision } = await store.snapshot();
    assertEquals(revision, MAX_KEPT_CHANGES + 1);
    assertEquals(await store.changesSince(0), undefined);
    assertEquals((await store.changesSince(1))?.length, MAX_KEPT_CHANGES);
    assertEquals(await store.changesSince(revision), []);
    for (const odd of [-1, revision + 1, NaN]) {
      assertEquals(await store.changesSince(odd), undefined);
    }
  });
}

Deno.test("MemoryStore starts from the revision it is given", async () => {
  await using store = new MemoryStore({ revision: 41 });
  assertEquals(await store.changesSince(40), undefined);
  await store.create(A);
  assertEquals(await store.changesSince(41), [{ revision: 42, kind: "created", room: A }]);
});
