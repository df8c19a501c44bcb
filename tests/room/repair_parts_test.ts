import { assertEquals } from "@std/assert";
import { intoDatagrams, PartialLines, partsOf } from "../../lib/room/repair_parts.ts";

const LONG = Uint8Array.from({ length: 2048 }, (_, i) => i & 255);

Deno.test("PartialLines puts a long line together in any order, with copies", () => {
  const [first, second] = partsOf(7, 0, LONG);
  for (const order of [[first, second], [second, first], [second, second, first]]) {
    const partial = new PartialLines();
    const lines = order.map((part) => partial.add("mel/7", part!)).filter((line) => line);
    assertEquals(lines, [LONG]);
  }
});

Deno.test("PartialLines forgets the oldest of too many, and mixes no two", () => {
  const partial = new PartialLines();
  const [first, second] = partsOf(7, 0, LONG);
  for (let i = 0; i < 40; i++) assertEquals(partial.add(`mel/${i}`, first!), undefined);
  assertEquals(partial.add("mel/0", second!), undefined);
  assertEquals(partial.add("mel/39", second!), LONG);
});

Deno.test("intoDatagrams() keeps each repair within 1200 bytes", () => {
  const parts = [...partsOf(1, 0, LONG.subarray(0, 500)), ...partsOf(2, 0, LONG.subarray(0, 645))];
  assertEquals(intoDatagrams(parts).length, 1);
  assertEquals(intoDatagrams([...parts, ...partsOf(3, 0, LONG)]).length, 3);
});
