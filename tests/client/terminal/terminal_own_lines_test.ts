import { assertEquals } from "@std/assert";
import { Bench } from "./console_bench.ts";

/** A console whose lines are said in a room. */
function benchInRoom(columns = 40, rows = 6): Bench {
  const bench = new Bench(columns, rows);
  bench.use = "room";
  bench.console.setPrompt("[lab] Mel> ");
  return bench;
}

const TEXTS = [
  "Good morning!",
  "x".repeat(100),
  "สวัสดีตอนเช้า ".repeat(8),
  "漢字 👩‍👩‍👧 🇩🇪 e\u0301 שלום ".repeat(4),
];

Deno.test("a line that is said is replaced by what shows it, in one write", async () => {
  for (const text of TEXTS) {
    for (const columns of [20, 40, 200]) {
      await using bench = benchInRoom(columns, 20);
      bench.console.print("Ann: hi");
      await bench.type(text);
      const before = bench.terminal.writes.length;
      await bench.type("\r");
      assertEquals(await bench.next(), { kind: "line", text, echo: `[lab] Mel> ${text}` });
      assertEquals(bench.terminal.writes.length, before, "the row stays as it was");
      bench.console.print(`10:42 Mel: ${text}`);
      const screen = await bench.look();
      assertEquals(bench.terminal.writes.length, before + 1);
      // The emulator pads wide characters at the margin.
      const lines = screen.lines().map((line) => line.replaceAll(" ", ""));
      const prompt = columns === 20 ? "ab]Mel>" : "[lab]Mel>";
      assertEquals(lines, ["Ann:hi", `10:42Mel:${text.replaceAll(" ", "")}`, prompt]);
    }
  }
});

Deno.test("a line that takes long to be said makes room for the next", async () => {
  await using bench = benchInRoom();
  await bench.type("one");
  await bench.type("\r");
  assertEquals(bench.screen.row, "[lab] Mel> one");
  assertEquals([...bench.terminal.timers.values()], [100]);
  bench.terminal.runTimers();
  assertEquals((await bench.look()).row, "[lab] Mel> ");
  await bench.type("two");
  bench.console.print("Mel: one");
  assertEquals((await bench.look()).lines(), ["Mel: one", "[lab] Mel> two"]);
});

Deno.test("what is typed behind a line that is being said is shown at once", async () => {
  await using bench = benchInRoom();
  await bench.type("one");
  await bench.type("\r");
  await bench.type("t");
  assertEquals([bench.screen.row, bench.terminal.timers.size], ["[lab] Mel> t", 0]);
});

Deno.test("a line of somebody else between Enter and one's own leaves no trace of the typed row", async () => {
  await using bench = benchInRoom();
  await bench.type("one");
  await bench.type("\r");
  bench.console.line("Ann: hi", 0);
  await bench.look();
  bench.console.print("Mel: one");
  assertEquals((await bench.look()).lines(), ["Ann: hi", "Mel: one", "[lab] Mel> "]);
});

Deno.test("a late line is put where it belongs among one's own lines", async () => {
  await using bench = benchInRoom();
  bench.console.line("Ann: one", 0);
  bench.console.print("10:42 Mel: mine");
  bench.console.line("Ann: three", 0);
  await bench.type("draft");
  bench.console.line("Ann: two", 1);
  assertEquals((await bench.look()).lines(), [
    "Ann: one",
    "10:42 Mel: mine",
    "Ann: two",
    "Ann: three",
    "[lab] Mel> draft",
  ]);
  bench.console.line("Ann: zero", 3);
  assertEquals((await bench.look()).lines(), [
    "Ann: zero",
    "Ann: one",
    "10:42 Mel: mine",
    "Ann: two",
    "Ann: three",
    "[lab] Mel> draft",
  ]);
});

Deno.test("a line that was refused is at the prompt again, unless something else is", async () => {
  await using bench = benchInRoom();
  await bench.type("one");
  await bench.type("\r");
  bench.console.giveBack("one");
  bench.console.print("¤ Cannot send.");
  assertEquals((await bench.look()).lines(), ["¤ Cannot send.", "[lab] Mel> one"]);
  bench.console.giveBack("two");
  assertEquals((await bench.look()).row, "[lab] Mel> one");
  await bench.type("!");
  await bench.type("\r");
  assertEquals((await bench.next(), await bench.next()), {
    kind: "line",
    text: "one!",
    echo: "[lab] Mel> one!",
  });
});

Deno.test("a paste that was refused is asked about again", async () => {
  await using bench = benchInRoom(60);
  bench.console.giveBack("one\ntwo");
  assertEquals((await bench.look()).row, "Paste of 2 lines: Enter says them, Esc drops them");
  await bench.type("\r");
  assertEquals(await bench.next(), { kind: "pasted", text: "one\ntwo" });
});

Deno.test("commands and answers stay on the screen as they were typed", async () => {
  await using bench = benchInRoom();
  bench.use = "command";
  bench.console.setPrompt("crds> ");
  await bench.type("getdir\r");
  assertEquals(await bench.next(), { kind: "line", text: "getdir" });
  bench.use = "answer";
  bench.console.setPrompt("Room name: ");
  await bench.type("lobby\r");
  assertEquals(await bench.next(), { kind: "line", text: "lobby" });
  assertEquals(bench.screen.lines(), ["crds> getdir", "Room name: lobby", "Room name: "]);
});
