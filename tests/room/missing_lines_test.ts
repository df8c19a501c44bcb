import { assertEquals } from "@std/assert";
import { MissingLines } from "../../lib/room/missing_lines.ts";

const HASH = "00000000000000aa";
const OTHER = "00000000000000bb";

Deno.test("MissingLines counts those of which it is not known what they are", () => {
  const missing = new MissingLines();
  for (const seq of [1, 2, 3, 4]) missing.add(seq, 0);
  assertEquals(missing.unhashed, 4);
  missing.awaitHash(1, HASH);
  missing.awaitHash(2, HASH);
  missing.awaitHash(3, OTHER);
  assertEquals(missing.unhashed, 1);
  missing.delete(1, HASH);
  missing.delete(1, HASH);
  assertEquals([missing.size, missing.unhashed], [3, 1]);
  // A repair brought it before anybody said its hash.
  missing.delete(4, OTHER);
  assertEquals([missing.size, missing.unhashed, missing.at(OTHER)], [2, 0, 3]);
  missing.delete(2, HASH);
  missing.delete(3, OTHER);
  assertEquals([missing.size, missing.unhashed], [0, 0]);
});

Deno.test("MissingLines takes note of who has all from a number on", () => {
  const missing = new MissingLines();
  for (const seq of [1, 2, 3]) missing.add(seq, 0);
  missing.claimedFrom(2, 700);
  assertEquals([1, 2, 3].map((seq) => missing.get(seq)!.evidenceAt), [0, 700, 700]);
});
