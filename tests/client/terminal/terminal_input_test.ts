import { assertEquals, assertStringIncludes } from "@std/assert";
import { Bench } from "./console_bench.ts";

Deno.test("TerminalConsole.events() gives leave, interrupt and end", async () => {
  await using bench = new Bench();
  await bench.type("draft\x03\x03\x1d\x04");
  assertEquals([await bench.next(), await bench.next(), await bench.next()], [
    { kind: "interrupt" },
    { kind: "leave" },
    { kind: "end" },
  ]);
  await bench.type("still\r");
  assertEquals(await bench.next(), { kind: "line", text: "still" });
});

Deno.test("TerminalConsole.events() waits a moment for the rest of a key", async () => {
  await using bench = new Bench();
  await bench.type("ab\x1b");
  assertEquals([...bench.terminal.timers.values()], [50]);
  await bench.type("[D");
  assertEquals(bench.terminal.timers.size, 0);
  assertEquals(bench.screen.cursor, 1);
  await bench.type("\x1b");
  bench.terminal.runTimers();
  await bench.type("[");
  assertEquals(bench.screen.row, "a[b");
});

Deno.test("TerminalConsole.events() rings the bell for what does not fit", async () => {
  await using bench = new Bench();
  await bench.type("a");
  await bench.type("\x1b[200~" + "x".repeat(20_000) + "\x1b[201~");
  assertEquals(bench.screen.row, "a");
  assertStringIncludes(bench.terminal.written, "\x07");
});

Deno.test("TerminalConsole.events() clears the screen at Ctrl-L", async () => {
  await using bench = new Bench(40, 5);
  bench.console.setPrompt("> ");
  bench.console.print("old");
  await bench.type("draft\x0c");
  assertEquals(bench.screen.lines(), ["> draft"]);
});

Deno.test("TerminalConsole.events() completes at Tab", async () => {
  await using bench = new Bench();
  bench.words = ["lobby ", "lab "];
  bench.console.setPrompt("> ");
  await bench.type("chat l\t");
  assertEquals(bench.screen.row, "> chat lobby ");
  await bench.type("\t");
  assertEquals(bench.screen.row, "> chat lab ");
  await bench.type("\x1b[Z\x1b[Z");
  assertEquals(bench.screen.row, "> chat l");
  bench.words = [];
  await bench.type("x\t");
  assertStringIncludes(bench.terminal.written, "\x07");
});

Deno.test("TerminalConsole.events() completes when the answer comes, if nothing was typed", async () => {
  await using bench = new Bench();
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  bench.words = promise;
  await bench.type("chat l\t");
  assertEquals(bench.screen.row, "chat l");
  bench.console.print("meanwhile");
  resolve(["lobby "]);
  await promise;
  await Promise.resolve();
  assertEquals((await bench.look()).row, "chat lobby ");
  await bench.type("l\tx");
  assertEquals((await bench.look()).row, "chat lobby lx");
});

Deno.test("TerminalConsole.events() searches the history of earlier sessions", async () => {
  await using bench = new Bench();
  bench.past.push("chat lobby", "evil\x1b[2J", "getdir");
  bench.console.setPrompt("> ");
  await bench.type("draft\x12lob");
  assertEquals(bench.screen.row, "(search: lob) chat lobby");
  assertEquals(bench.screen.cursor, "(search: lob) chat ".length);
  await bench.type("\x07");
  assertEquals(bench.screen.row, "> draft");
  await bench.type("\x12evil\x05");
  assertEquals(bench.screen.row, "> evil[2J");
  await bench.type("\r");
  assertEquals(bench.kept, ["evil[2J"]);
});

Deno.test("TerminalConsole.events() gives no answer to be kept", async () => {
  await using bench = new Bench();
  bench.use = "answer";
  await bench.type("hunter2\r");
  bench.use = "command";
  await bench.type("getdir\r");
  assertEquals(bench.kept, ["getdir"]);
  await bench.type("\x1b[A\x1b[A");
  assertEquals(bench.screen.row, "getdir");
});
