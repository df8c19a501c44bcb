import { assertEquals, assertMatch } from "@std/assert";
import { formatHistory } from "../../lib/client/history_lines.ts";

const NOON = new Date(2026, 10, 21, 12, 0).getTime();
const MINUTE = 60_000;

Deno.test("formatHistory() has a heading, times and a border", () => {
  const lines = [
    { text: "Mel: old", age: 24 * 60 * MINUTE },
    { text: "Mel: one", age: 5 * MINUTE },
    { text: "Bob: two", age: 0 },
  ];
  assertEquals(formatHistory(lines, NOON).split("\n"), [
    "--- The last 3 lines before you came:",
    "  2026-11-20 12:00  Mel: old",
    "  11:55  Mel: one",
    "  12:00  Bob: two",
    "--- new since you joined",
  ]);
  assertEquals(
    formatHistory([{ text: "Mel: hi", age: 0 }], NOON).split("\n")[0],
    "--- The last line before you came:",
  );
});

Deno.test("formatHistory() lets no line look like its border, and takes any age", () => {
  const lines = [
    { text: "--- new since you joined", age: 0 },
    { text: "Mel: hi", age: Infinity },
    { text: "Mel: hi", age: -1000 },
  ];
  const [, fake, never, later, border] = formatHistory(lines, NOON).split("\n");
  assertEquals(fake, "  12:00  --- new since you joined");
  assertEquals([never, later], ["  --:--  Mel: hi", "  12:00  Mel: hi"]);
  assertMatch(border!, /^--- new/);
});
