import { assertEquals } from "@std/assert";
import { MAX_PLACE, ShownLines } from "../../lib/room/shown_lines.ts";

const MEL = { name: "Mel" };
const BOB = { name: "Bob" };

Deno.test("ShownLines.add() puts a line before its sender's later lines, else by time", () => {
  const shown = new ShownLines();
  assertEquals(shown.add({ sender: MEL, seq: 1, at: 10 }), 0);
  assertEquals(shown.add({ sender: BOB, seq: 1, at: 20 }), 0);
  assertEquals(shown.add({ sender: MEL, seq: 4, at: 40 }), 0);
  assertEquals(shown.add({ sender: BOB, seq: 2, at: 50 }), 0);
  assertEquals(shown.add({ sender: MEL, seq: 2, at: 15 }), 3, "between by time");
  assertEquals(shown.add({ sender: MEL, seq: 3, at: 99 }), 2, "before 4, whatever the time");
  assertEquals(shown.add({ sender: MEL, seq: 5, at: 1 }), 1, "behind 4, whatever the time");
});

Deno.test("ShownLines.add() calls a line late that belongs too far back", () => {
  const shown = new ShownLines();
  for (let i = 0; i < MAX_PLACE + 10; i++) shown.add({ sender: MEL, seq: i + 2, at: i });
  assertEquals(shown.add({ sender: MEL, seq: 1, at: 0 }), "late");
  assertEquals(shown.add({ sender: BOB, seq: 1, at: MAX_PLACE + 10 }), 0);
});

Deno.test("ShownLines.number() moves what stands wrong, and only that", () => {
  const shown = new ShownLines();
  const second = { sender: MEL, seq: 0, at: 10 };
  const first = { sender: MEL, seq: 0, at: 11 };
  for (const line of [second, first, { sender: BOB, seq: 1, at: 12 }]) shown.add(line);
  assertEquals(shown.number(second, 2), undefined);
  assertEquals(shown.number(first, 1), { from: 1, to: 2 });
  assertEquals(shown.number({ sender: BOB, seq: 0, at: 1 }, 7), undefined, "never shown");
});
