import { assert, assertEquals } from "@std/assert";
import { Bench } from "./console_bench.ts";

Deno.test("TerminalConsole.events() makes lines of a paste", async () => {
  await using bench = new Bench();
  bench.console.setPrompt("> ");
  await bench.look();
  assert(bench.screen.pasteMarks);
  await bench.type("\x1b[200~one\rtwo\rthr\x1b[201~ee");
  assertEquals([await bench.next(), await bench.next()], [
    { kind: "line", text: "one", paste: 1 },
    { kind: "line", text: "two", paste: 1 },
  ]);
  assertEquals(bench.screen.lines(), ["> one", "> two", "> three"]);
});

Deno.test("TerminalConsole.events() takes a paste whose end does not come", async () => {
  await using bench = new Bench();
  await bench.type("\x1b[200~one\rtwo");
  assertEquals([...bench.terminal.timers.values()], [1000]);
  bench.terminal.runTimers();
  assertEquals(await bench.next(), { kind: "line", text: "one", paste: 1 });
  assertEquals((await bench.look()).row, "two");
});

Deno.test("TerminalConsole.events() says a paste in a room once it is confirmed", async () => {
  await using bench = new Bench();
  bench.use = "room";
  bench.console.setPrompt("> ");
  await bench.type("\x1b[200~one\r/leave\r\x1b[201~");
  assertEquals(bench.screen.lines(), ["Paste of 2 lines: Enter says them, Esc drops them"]);
  bench.console.print("Ann: hi");
  assertEquals((await bench.look()).row, "Paste of 2 lines: Enter says them, Esc drops them");
  await bench.type("\r");
  assertEquals(await bench.next(), { kind: "pasted", text: "one\n/leave" });
  assertEquals(bench.screen.lines(), ["Ann: hi", "> "]);
  await bench.type("\x1b[200~one\rtwo\x1b[201~");
  await bench.type("\x1b");
  bench.terminal.runTimers();
  assertEquals((await bench.look()).row, "> ");
});

Deno.test("TerminalConsole.events() recognises a paste without marks in a room", async () => {
  await using bench = new Bench();
  bench.use = "room";
  bench.console.setPrompt("> ");
  await bench.type("one\r/leave\rtw");
  assertEquals(bench.screen.row, "> ");
  assertEquals([...bench.terminal.timers.values()], [10]);
  await bench.type("o\r");
  bench.terminal.runTimers();
  assertEquals((await bench.look()).row, "Paste of 3 lines: Enter says them, Esc drops them");
  await bench.type("\r");
  assertEquals(await bench.next(), { kind: "pasted", text: "one\n/leave\ntwo" });
  await bench.type("hello\r");
  bench.terminal.runTimers();
  assertEquals(await bench.next(), { kind: "line", text: "hello", echo: "> hello" });
});

Deno.test("TerminalConsole.events() takes lines as typed where the terminal marks pastes", async () => {
  await using bench = new Bench();
  bench.use = "room";
  await bench.type("\x1b[200~a \x1b[201~");
  await bench.type("one\rtwo\r");
  assertEquals([await bench.next(), await bench.next()], [
    { kind: "line", text: "a one", echo: "a one" },
    { kind: "line", text: "two", echo: "two" },
  ]);
});

Deno.test("TerminalConsole.events() says a paste of 2,000 lines as one", async () => {
  await using bench = new Bench();
  bench.use = "room";
  const text = Array.from({ length: 2000 }, (_, i) => `line ${i}`).join("\n");
  await bench.type(`\x1b[200~${text.replaceAll("\n", "\r")}\x1b[201~`);
  assertEquals(bench.screen.row, "Paste of 2000 lines: Enter says them, Esc drops them");
  await bench.type("\r");
  assertEquals(await bench.next(), { kind: "pasted", text });
});

Deno.test("TerminalConsole.events() does little for a pasted line of 5,000 characters", async () => {
  await using bench = new Bench(80, 5);
  bench.console.setPrompt("> ");
  await bench.look();
  const before = bench.terminal.writes.length;
  const pasted = "Guten Tag 👩‍👩‍👧 สวัสดี ".repeat(200).slice(0, 5000);
  await bench.type(`\x1b[200~${pasted}\x1b[201~`);
  const drawn = bench.terminal.writes.slice(before);
  // A row a read, not one a character.
  assert(drawn.length <= 5, `${drawn.length} writes`);
  assert(drawn.join("").length < 5 * 200, `${drawn.join("").length} characters drawn`);
  const typed = bench.terminal.writes.length;
  bench.terminal.type(pasted);
  await bench.terminal.taken();
  await bench.console.flush();
  assert(bench.terminal.writes.length - typed <= 5);
  await bench.type("\r");
  assertEquals(await bench.next(), { kind: "line", text: pasted + pasted });
});
