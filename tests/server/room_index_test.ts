import { assertEquals } from "@std/assert";
import { Directory } from "../../lib/directory/directory.ts";
import { MemoryStore } from "../../lib/directory/memory_store.ts";
import { RoomIndex } from "../../lib/server/room_index.ts";

const NAMES = ["b", "a", "Z", "é", "10", "9", "\u{1f600}", "\uffee", "aa", "__proto__"];

async function opened(
  names: readonly string[],
): Promise<{ directory: Directory; index: RoomIndex }> {
  const directory = await Directory.open(new MemoryStore());
  for (const name of names) await directory.create(name);
  return { directory, index: new RoomIndex(directory) };
}

function namesAfter(index: RoomIndex, name?: string): string[] {
  return Array.from(index.after(name), (room) => room.name);
}

Deno.test("RoomIndex.after() goes through all rooms by UTF-16 units, as < does", async () => {
  const { directory, index } = await opened(NAMES);
  using _directory = directory;
  assertEquals(namesAfter(index), NAMES.toSorted());
  assertEquals(namesAfter(index, undefined), NAMES.toSorted());
});

Deno.test("RoomIndex.after() begins behind any name, whether it is there or not", async () => {
  const { directory, index } = await opened(NAMES);
  using _directory = directory;
  for (const name of [...NAMES, "", "0", "a0", "zzz", "\u{1f601}", "\uffff"]) {
    assertEquals(namesAfter(index, name), NAMES.toSorted().filter((other) => other > name), name);
  }
});

Deno.test("RoomIndex.after() sees each change of the directory, and an empty one", async () => {
  const { directory, index } = await opened([]);
  using _directory = directory;
  assertEquals([namesAfter(index), namesAfter(index, "a")], [[], []]);
  await directory.create("b");
  assertEquals(namesAfter(index), ["b"]);
  await directory.create("a");
  assertEquals(namesAfter(index), ["a", "b"]);
  await directory.delete("b");
  assertEquals(namesAfter(index, ""), ["a"]);
});

Deno.test("RoomIndex.after() goes on through the rooms that were there when it began", async () => {
  const { directory, index } = await opened(["a", "b", "c"]);
  using _directory = directory;
  const going = index.after(undefined)[Symbol.iterator]();
  assertEquals(going.next().value?.name, "a");
  await directory.delete("b");
  assertEquals(namesAfter(index), ["a", "c"]);
  assertEquals([going.next().value?.name, going.next().value?.name], ["b", "c"]);
});
