import { assertEquals } from "@std/assert";
import { lookAlikeOf, NameMarks } from "../../lib/client/name_marks.ts";

const HERE = { address: "10.0.0.1", port: 5 };
const THERE = { address: "10.0.0.2", port: 5 };

/** Marks in a room with Bob at 10.0.0.2, for Mel at 10.0.0.1. */
function marks(via: "direct" | "simple" = "direct", name = "Bob"): NameMarks {
  return new NameMarks({
    members: () => [{ name, source: THERE, via }],
    own: () => ({ name: "Mel", source: HERE }),
    now: () => 0,
  });
}

Deno.test("NameMarks marks who uses a name that is taken, or one that looks the same", () => {
  const source = { address: "10.0.0.3", port: 9 };
  for (
    const [name, mark] of [
      ["Ann", undefined],
      ["Mel", "10.0.0.3"],
      ["MEL", "10.0.0.3"],
      ["Me1", "10.0.0.3"],
      ["M\u0435l", "10.0.0.3"],
      ["B0B", "10.0.0.3"],
      ["b\u043eb", "10.0.0.3"],
      // Nobody is called so, and nobody spells so.
      ["\u0410nn", "10.0.0.3"],
      ["Ann (10.0.0.9)", "10.0.0.3"],
      ["Mel2", undefined],
    ] as const
  ) assertEquals(marks().markOf(name, source), mark, name);
  // The port where the host does not tell.
  assertEquals(marks().markOf("B0b", { ...THERE, port: 9 }), "10.0.0.2:9");
  assertEquals(marks().markOf("Bob", THERE), undefined);
  assertEquals(marks("simple").markOf("B0b", source), undefined);
});

Deno.test("NameMarks sees one name in two spellings that look different", () => {
  const source = { address: "10.0.0.3", port: 9 };
  assertEquals(marks("direct", "MIA").markOf("mia", source), "10.0.0.3");
});

Deno.test("lookAlikeOf() finds whom a new name imitates", () => {
  assertEquals(lookAlikeOf("M\u0435l", ["Bob", "Mel"]), "Mel");
  assertEquals(lookAlikeOf("Mel", ["Bob", "mel"]), undefined);
  assertEquals(lookAlikeOf("Ann", []), undefined);
});
