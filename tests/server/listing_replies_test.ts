import { assert, assertEquals, assertLessOrEqual, assertStrictEquals } from "@std/assert";
import { Directory } from "../../lib/directory/directory.ts";
import { MemoryStore } from "../../lib/directory/memory_store.ts";
import { ListingReplies } from "../../lib/server/listing_replies.ts";
import { bytes, listing } from "../helpers/bytes.ts";

Deno.test("ListingReplies.take() repeats the listing, and follows the directory", async () => {
  await using store = new MemoryStore();
  using directory = await Directory.open(store);
  const replies = new ListingReplies(directory, 1000);
  assertEquals(replies.take(1), listing(""));
  assertEquals(replies.take(3), bytes(listing(""), listing(""), listing("")));
  await directory.create("é", "239.1.2.3", "1");
  const one = listing("é: 239.1.2.3:1\n");
  assertEquals(replies.take(1), one);
  for (const times of [2, 5, 3, 20, 1, replies.maxTimes]) {
    assertEquals(replies.take(times), bytes(...Array.from({ length: times }, () => one)));
  }
  await directory.delete("é");
  assertEquals(replies.take(2), bytes(listing(""), listing("")));
});

Deno.test("ListingReplies.take() encodes once per change", async () => {
  await using store = new MemoryStore();
  using directory = await Directory.open(store);
  const replies = new ListingReplies(directory, 1000);
  const one = replies.take(1);
  assertStrictEquals(replies.take(1), one);
  const many = replies.take(50);
  assertStrictEquals(replies.take(50).buffer, many.buffer);
  assertStrictEquals(replies.take(2).buffer, many.buffer);
});

Deno.test("ListingReplies.take() never changes what it handed out", async () => {
  await using store = new MemoryStore();
  using directory = await Directory.open(store);
  const replies = new ListingReplies(directory, 1000);
  const handedOut = [1, 2, 7, 40].map((times) => replies.take(times));
  const copies = handedOut.map((piece) => piece.slice());
  await directory.create("a", "239.1.2.3", "1");
  replies.take(replies.maxTimes);
  assertEquals(handedOut, copies);
});

Deno.test("ListingReplies.maxTimes keeps a piece in its bound, but is never less than one", async () => {
  await using store = new MemoryStore();
  using directory = await Directory.open(store);
  for (const bound of [1, 8, 20, 1000]) {
    const replies = new ListingReplies(directory, bound);
    assertEquals(replies.maxTimes, Math.max(1, Math.floor(bound / 8)));
    const piece = replies.take(replies.maxTimes);
    assertLessOrEqual(piece.length, Math.max(bound, 8));
    assert(piece.length > 0);
  }
});
