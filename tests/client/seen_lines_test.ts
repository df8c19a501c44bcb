import { assertEquals } from "@std/assert";
import { MAX_SEEN, SeenLines } from "../../lib/client/seen_lines.ts";

const line = (text: string, name = "Bob") => ({ name, text, at: 0 });
const none = () => false;

Deno.test("SeenLines counts only what is shown", () => {
  const seen = new SeenLines();
  assertEquals(seen.add(line("a"), 0, false), 0);
  assertEquals(seen.add(line("b", "Eve"), 0, true), 0);
  seen.note(line("mine", "Mel"));
  assertEquals(seen.add(line("c"), 0, false), 0);
  // Before c, before b, before a: one's own line is none that the room counts.
  assertEquals([1, 3, 5].map((place) => seen.add(line(`at ${place}`), place, false)), [1, 2, 4]);
  assertEquals(seen.add(line("late"), "late", false), Infinity);
  assertEquals(seen.last(99, none).map(({ text }) => text), [
    "at 5",
    "a",
    "at 3",
    "b",
    "mine",
    "at 1",
    "c",
    "late",
  ]);
});

Deno.test("SeenLines finds the last lines of those who are not hidden", () => {
  const seen = new SeenLines();
  for (const name of ["Ann", "Eve", "Ann", "Eve"]) seen.add(line(`of ${name}`, name), 0, false);
  const last = seen.last(2, (name) => name === "Eve");
  assertEquals(last.map(({ name }) => name), ["Ann", "Ann"]);
  assertEquals(seen.last(1, none).map(({ name }) => name), ["Eve"]);
});

Deno.test("SeenLines keeps a bounded number of lines", () => {
  const seen = new SeenLines();
  for (let i = 0; i < MAX_SEEN * 5; i++) seen.add(line(String(i)), 0, false);
  const last = seen.last(Infinity, none);
  assertEquals(last.at(-1)?.text, String(MAX_SEEN * 5 - 1));
  assertEquals(last.length >= MAX_SEEN && last.length <= MAX_SEEN * 2, true);
  assertEquals(seen.add(line("x"), MAX_SEEN * 9, false), last.length);
});
