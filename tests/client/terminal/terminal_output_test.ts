import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TerminalConsole } from "../../../lib/client/terminal/terminal_console.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { Screen } from "./screen.ts";

/** A console with its prompt on a fake terminal, and a screen that shows what it writes. */
class Bench implements AsyncDisposable {
  readonly terminal = new FakeTerminal();
  readonly console = new TerminalConsole(this.terminal);
  readonly screen: Screen;
  #shown = 0;

  constructor(columns = 40, rows = 12) {
    this.terminal.width = columns;
    this.terminal.height = rows;
    this.screen = new Screen(columns, rows);
    this.console.setPrompt("> ");
  }

  /** The lines on the screen after all that was written. */
  async lines(): Promise<string[]> {
    await this.console.flush();
    const fresh = this.terminal.writes.slice(this.#shown).join("");
    this.#shown = this.terminal.writes.length;
    await this.screen.show(fresh);
    return this.screen.lines();
  }

  /** Changes the window's size. */
  async resize(columns: number): Promise<void> {
    await this.lines();
    this.terminal.width = columns;
    this.screen.resize(columns, this.terminal.height);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.console[Symbol.asyncDispose]();
    this.screen[Symbol.dispose]();
  }
}

Deno.test("TerminalConsole.line() puts a late message where it belongs, and leaves the draft", async () => {
  await using bench = new Bench();
  bench.console.events();
  bench.terminal.type("Good mor");
  await bench.terminal.taken();
  bench.console.line("Mel: one", 0);
  bench.console.status("Ann joined.");
  bench.console.line("Mel: three", 0);
  await bench.lines();
  bench.console.line("Mel: two", 1);
  assertEquals(await bench.lines(), [
    "Mel: one",
    "Ann joined.",
    "Mel: two",
    "Mel: three",
    "> Good mor",
  ]);
  bench.terminal.type("ning\r");
  await bench.terminal.taken();
  // All in one tick, and one's own line stays where it is.
  bench.console.line("Mel: 6", 0);
  bench.console.line("Mel: 4", 1);
  bench.console.line("Mel: 5", 1);
  assertEquals((await bench.lines()).slice(4), [
    "> Good morning",
    "Mel: 4",
    "Mel: 5",
    "Mel: 6",
    "> ",
  ]);
});

Deno.test("TerminalConsole.line() marks what cannot be put where it belongs", async () => {
  await using bench = new Bench();
  bench.console.line("Mel: 漢字", 0);
  bench.console.line("Mel: one", 1);
  bench.console.line("Mel: two", Infinity);
  assertEquals(await bench.lines(), [
    "Mel: 漢字",
    "(late) Mel: one",
    "(late) Mel: two",
    "> ",
  ]);
});

Deno.test("TerminalConsole.line() moves nothing that stood there before the window changed", async () => {
  await using bench = new Bench(20);
  const long = "Mel: " + "x".repeat(20);
  bench.console.line(long, 0);
  await bench.resize(60);
  bench.terminal.handlers?.resize();
  bench.console.line("Mel: late", 1);
  assertEquals(await bench.lines(), [long, "(late) Mel: late", "> "]);

  // The same if the system tells of it only afterwards.
  await bench.resize(30);
  bench.console.line("Mel: later", 1);
  assertEquals((await bench.lines()).slice(1), ["(late) Mel: late", "(late) Mel: later", "> "]);
  bench.console.line("Mel: latest", 1);
  assertEquals((await bench.lines()).slice(1), [
    "(late) Mel: late",
    "Mel: latest",
    "(late) Mel: later",
    "> ",
  ]);
});

Deno.test("TerminalConsole.line() moves nothing after the screen was cleared", async () => {
  await using bench = new Bench();
  bench.console.events();
  bench.console.line("Mel: one", 0);
  bench.terminal.type("\x0c");
  await bench.terminal.taken();
  bench.console.line("Mel: late", 1);
  const lines = await bench.lines();
  assertEquals(lines.slice(-2), ["(late) Mel: late", "> "]);
});

Deno.test("TerminalConsole.line() moves nothing in a terminal that does not read", async () => {
  await using bench = new Bench();
  await bench.lines();
  bench.terminal.stall();
  bench.console.line("Mel: one", 0);
  await Promise.resolve();
  bench.terminal.time = 1000;
  bench.console.line("Mel: late", 1);
  bench.terminal.resume();
  assertEquals(await bench.lines(), ["Mel: one", "(late) Mel: late", "> "]);
});

Deno.test("TerminalConsole.line() moves nothing after something was skipped", async () => {
  await using bench = new Bench();
  bench.console.line("first", 0);
  await bench.lines();
  bench.terminal.stall();
  bench.console.print("under way");
  await Promise.resolve();
  bench.console.line("Mel: one", 0);
  bench.console.print("x".repeat(600_000));
  bench.console.print("y".repeat(600_000));
  bench.console.line("Mel: late", 1);
  bench.terminal.resume();
  await bench.console.flush();
  assertStringIncludes(bench.terminal.written, "lines skipped: the terminal did not read]");
  assertStringIncludes(bench.terminal.written, "\r\n(late) Mel: late\r\n");
  // deno-lint-ignore no-control-regex
  assert(!/\x1b\[\d+A/.test(bench.terminal.written), "the cursor never goes up");
});

Deno.test("TerminalConsole.line() moves nothing once the terminal is given back", async () => {
  await using bench = new Bench();
  bench.console.line("Mel: one", 0);
  await bench.lines();
  await bench.console[Symbol.asyncDispose]();
  bench.console.line("Mel: late", 1);
  assertEquals(await bench.lines(), ["Mel: one", "(late) Mel: late", ""]);
});

Deno.test("TerminalConsole() writes the prompt before it sets the first timer, which takes long", async () => {
  const terminal = new FakeTerminal();
  const order: string[] = [];
  const { write, after } = terminal;
  terminal.write = (bytes) => {
    order.push(new TextDecoder().decode(bytes));
    return write.call(terminal, bytes);
  };
  terminal.after = (ms, callback) => {
    order.push("a timer");
    return after.call(terminal, ms, callback);
  };
  await using console = new TerminalConsole(terminal);
  console.setPrompt("> ");
  console.status("Welcome.");
  await console.flush();
  assertStringIncludes(order[0] ?? "", "Welcome.\r\n\r\x1b[?7l> ");
  assertEquals(order[1], "a timer");
});
