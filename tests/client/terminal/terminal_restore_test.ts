import { assertEquals, assertStringIncludes } from "@std/assert";
import { Bench } from "./console_bench.ts";

Deno.test("TerminalConsole() touches nothing before it is used", async () => {
  await using bench = new Bench();
  assertEquals([bench.terminal.raw, bench.terminal.handlers], [[], undefined]);
  bench.console.print("help");
  await bench.console.flush();
  assertEquals([bench.terminal.raw, bench.terminal.written], [[], "help\r\n"]);
});

Deno.test("TerminalConsole[Symbol.asyncDispose]() restores the terminal once", async () => {
  const bench = new Bench();
  bench.console.setPrompt("> ");
  await bench.type("draft");
  const waiting = bench.next();
  await bench.console[Symbol.asyncDispose]();
  await bench.console[Symbol.asyncDispose]();
  assertEquals(await waiting, undefined);
  bench.console.print("Bye.");
  const screen = await bench.look();
  assertEquals(bench.terminal.raw, [true, false]);
  assertEquals(bench.terminal.handlers, undefined);
  assertEquals(bench.terminal.timers.size, 0);
  assertEquals([screen.autowrap, screen.pasteMarks], [true, false]);
  assertEquals(screen.lines(), ["Bye.", ""]);
  screen[Symbol.dispose]();
});

Deno.test("TerminalConsole() restores the terminal at a signal, ends and tells", async () => {
  await using bench = new Bench();
  bench.console.setPrompt("> ");
  await bench.type("draft");
  bench.terminal.handlers?.signal("SIGTERM");
  assertEquals(bench.terminal.raw, [true, false]);
  assertEquals(bench.signals, ["SIGTERM"]);
  assertEquals([await bench.next(), await bench.next()], [{ kind: "end" }, undefined]);
  assertEquals(bench.terminal.handlers, undefined);
  assertEquals((await bench.look()).pasteMarks, false);
});

Deno.test("TerminalConsole() restores the terminal when the program dies", async () => {
  await using bench = new Bench();
  bench.console.setPrompt("> ");
  await bench.look();
  bench.console.print("on its way");
  bench.terminal.handlers?.exit();
  assertEquals(bench.terminal.raw, [true, false]);
  assertStringIncludes(bench.terminal.writes.at(-1)!, "\x1b[?2004l");
});

Deno.test("TerminalConsole() does not wait for an unread terminal when the program dies", async () => {
  await using bench = new Bench();
  bench.console.setPrompt("> ");
  await bench.look();
  bench.terminal.stall();
  bench.console.print("nobody reads this");
  await Promise.resolve();
  bench.terminal.time = 1000;
  const before = bench.terminal.writes.length;
  bench.terminal.handlers?.exit();
  assertEquals(bench.terminal.raw, [true, false]);
  assertEquals(bench.terminal.writes.length, before);
  bench.terminal.resume();
});

Deno.test("TerminalConsole[Symbol.asyncDispose]() does not wait long for an unread terminal", async () => {
  const bench = new Bench();
  bench.console.setPrompt("> ");
  await bench.look();
  bench.terminal.stall();
  bench.console.print("nobody reads this");
  const disposed = bench.console[Symbol.asyncDispose]();
  assertEquals([...bench.terminal.timers.values()], [500]);
  bench.terminal.runTimers();
  await disposed;
  assertEquals(bench.terminal.raw, [true, false]);
  bench.terminal.resume();
  await bench[Symbol.asyncDispose]();
});

Deno.test("TerminalConsole.events() ends when the terminal is gone", async () => {
  await using bench = new Bench();
  bench.terminal.gone = true;
  const waiting = bench.next();
  bench.terminal.type("x");
  assertEquals([await waiting, await bench.next()], [{ kind: "end" }, undefined]);
});

Deno.test("TerminalConsole.events() ends when nothing can be written any more", async () => {
  await using bench = new Bench();
  const waiting = bench.next();
  await bench.look();
  bench.terminal.break();
  bench.console.print("x");
  assertEquals([await waiting, await bench.next()], [{ kind: "end" }, undefined]);
});

Deno.test("TerminalConsole() gives the terminal back at Ctrl-Z, and takes it again", async () => {
  await using bench = new Bench();
  bench.console.setPrompt("> ");
  await bench.type("draft");
  await bench.type("\x1a");
  await bench.console.flush();
  assertEquals([bench.terminal.stops, bench.terminal.raw], [1, [true, false]]);
  const screen = await bench.look();
  assertEquals([screen.autowrap, screen.pasteMarks, screen.row], [true, false, ""]);
  assertStringIncludes(screen.lines()[0]!, 'Stopped: "fg" goes on.');
  bench.console.print("Ann: hi");
  assertEquals((await bench.look()).row, "");
  bench.terminal.handlers?.continued();
  assertEquals((await bench.look()).row, "> draft");
  assertEquals([screen.pasteMarks, bench.terminal.raw], [true, [true, false, true]]);
  assertEquals(bench.terminal.timers.size, 0);
  await bench.type("!\r");
  assertEquals(await bench.next(), { kind: "line", text: "draft!" });
});

Deno.test("TerminalConsole() goes on by itself where no shell could continue it", async () => {
  await using bench = new Bench();
  bench.console.setPrompt("> ");
  await bench.type("\x1a");
  assertEquals([...bench.terminal.timers.values()], [200]);
  bench.terminal.runTimers();
  assertEquals((await bench.look()).row, "> ");
});

Deno.test("TerminalConsole() takes the terminal again when it was stopped from outside", async () => {
  await using bench = new Bench();
  bench.console.setPrompt("> ");
  await bench.type("draft");
  bench.terminal.handlers?.continued();
  assertEquals((await bench.look()).row, "> draft");
  assertEquals(bench.terminal.raw, [true, true]);
});

Deno.test("TerminalConsole() erases nothing of a shell's when it ends while it is stopped", async () => {
  await using bench = new Bench();
  bench.console.setPrompt("> ");
  await bench.type("\x1a");
  await bench.console.flush();
  const before = bench.terminal.writes.length;
  bench.terminal.handlers?.signal("SIGTERM");
  await bench.console.flush();
  assertEquals(bench.terminal.writes.length, before);
  assertEquals(await bench.next(), { kind: "end" });
});
