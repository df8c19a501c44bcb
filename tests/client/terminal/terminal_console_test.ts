import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { InputEvent } from "../../../lib/client/terminal/console.ts";
import { TerminalConsole } from "../../../lib/client/terminal/terminal_console.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { Screen } from "./screen.ts";

/** A console on a fake terminal, and a screen that shows what it writes. */
class Bench implements AsyncDisposable {
  readonly terminal = new FakeTerminal();
  readonly console: TerminalConsole;
  readonly screen: Screen;
  readonly signals: string[] = [];
  #shown = 0;
  #events: AsyncIterator<InputEvent> | undefined;

  constructor(columns = 80, rows = 24) {
    this.terminal.width = columns;
    this.screen = new Screen(columns, rows);
    this.console = new TerminalConsole(this.terminal, {
      onSignal: (name) => this.signals.push(name),
    });
  }

  /** Presses keys and waits until the console took and showed them. */
  async type(keys: string): Promise<void> {
    this.console.events();
    this.terminal.type(keys);
    await this.terminal.taken();
    await this.look();
  }

  /** The next event. */
  async next(): Promise<InputEvent | undefined> {
    this.#events ??= this.console.events()[Symbol.asyncIterator]();
    const { value, done } = await this.#events.next();
    return done ? undefined : value;
  }

  /** Shows what was written. */
  async look(): Promise<Screen> {
    await this.console.flush();
    const fresh = this.terminal.writes.slice(this.#shown).join("");
    this.#shown = this.terminal.writes.length;
    await this.screen.show(fresh);
    return this.screen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.console[Symbol.asyncDispose]();
    this.screen[Symbol.dispose]();
  }
}

Deno.test("TerminalConsole.print() leaves the draft as it is", async () => {
  await using bench = new Bench();
  bench.console.setPrompt("[lab] Mel> ");
  await bench.type("Good mor");
  bench.console.print("Ann: hi\nAnn: all");
  await bench.type("ning\x1b[D");
  bench.console.print("Ann: bye");
  const screen = await bench.look();
  assertEquals(screen.lines(), ["Ann: hi", "Ann: all", "Ann: bye", "[lab] Mel> Good morning"]);
  assertEquals(screen.cursor, "[lab] Mel> Good mornin".length);
  await bench.type("\r");
  assertEquals(await bench.next(), { kind: "line", text: "Good morning" });
  assertEquals(screen.lines().slice(-2), ["[lab] Mel> Good morning", "[lab] Mel> "]);
});

Deno.test("TerminalConsole.print() writes messages and prompt in one write", async () => {
  await using bench = new Bench();
  bench.console.setPrompt("> ");
  await bench.look();
  const before = bench.terminal.writes.length;
  for (let i = 0; i < 200; i++) bench.console.print(`message ${i}`);
  const screen = await bench.look();
  assertEquals(bench.terminal.writes.length, before + 1);
  assertEquals(screen.lines().length, 201);
  assertEquals(screen.row, "> ");
});

Deno.test("TerminalConsole.print() between keys of every script disturbs none", async () => {
  await using bench = new Bench(30, 6);
  bench.console.setPrompt("> ");
  const typed = "漢字 👩‍👩‍👧 🇩🇪 สวัสดี שלום e\u0301 and so on and on";
  const expected: string[] = [];
  for (const [index, char] of [...typed].entries()) {
    await bench.type(char);
    bench.console.print(`message ${index}`);
    expected.push(`message ${index}`);
  }
  await bench.look();
  await bench.type("\r");
  assertEquals(await bench.next(), { kind: "line", text: typed });
  const lines = bench.screen.lines();
  assertEquals(lines.slice(0, expected.length), expected);
  assertEquals(lines.at(-1), "> ");
  // The emulator pads wide characters at the margin; without spaces the text is all there.
  assertEquals(lines.at(-2)?.replaceAll(" ", ""), ">" + typed.replaceAll(" ", ""));
});

Deno.test("TerminalConsole.print() wraps a long line in the scrollback", async () => {
  await using bench = new Bench(20, 5);
  bench.console.setPrompt("> ");
  bench.console.print("x".repeat(20));
  bench.console.print("y".repeat(50));
  await bench.type("z".repeat(45) + "\r");
  assertEquals(bench.screen.lines(), ["x".repeat(20), "y".repeat(50), "> " + "z".repeat(45), "> "]);
  assert(bench.screen.autowrap);
});

Deno.test("TerminalConsole.setPrompt() changes the prompt under the draft", async () => {
  await using bench = new Bench();
  bench.console.setPrompt("crds> ");
  await bench.type("get");
  bench.console.setPrompt("crds@127.0.0.1:50001> ");
  assertEquals((await bench.look()).row, "crds@127.0.0.1:50001> get");
  bench.console.setPrompt("");
  assertEquals((await bench.look()).row, "get");
});

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

Deno.test("TerminalConsole() draws anew when the window changes", async () => {
  await using bench = new Bench(40, 5);
  bench.console.setPrompt("> ");
  await bench.type("x".repeat(30) + "end");
  bench.terminal.width = 20;
  const before = bench.terminal.writes.length;
  bench.terminal.handlers?.resize();
  await bench.console.flush();
  const drawn = bench.terminal.writes.slice(before).join("");
  assertStringIncludes(drawn, "> <" + "x".repeat(13) + "end");
});

Deno.test("TerminalConsole() takes 80 columns where the system says 0", async () => {
  await using bench = new Bench(80, 5);
  bench.terminal.width = 0;
  bench.console.setPrompt("> ");
  await bench.type("x".repeat(70));
  assertEquals(bench.screen.row, "> " + "x".repeat(70));
});

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

Deno.test("TerminalConsole.print() skips the oldest of what an unread terminal cannot take", async () => {
  await using bench = new Bench();
  bench.console.setPrompt("> ");
  await bench.look();
  bench.terminal.stall();
  const line = "x".repeat(1000);
  for (let i = 0; i < 5000; i++) {
    bench.console.print(`${i} ${line}`);
    // The first is under way when the others come.
    if (i === 0) await Promise.resolve();
  }
  bench.terminal.resume();
  await bench.console.flush();
  assert(bench.terminal.written.length < 1.2 * 1024 * 1024);
  assertStringIncludes(bench.terminal.written, "lines skipped: the terminal did not read]\r\n");
  assertStringIncludes(bench.terminal.written, "\r\n4999 x");
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
