import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { InputEvent } from "../../../lib/client/terminal/console.ts";
import { TerminalConsole } from "../../../lib/client/terminal/terminal_console.ts";
import type { LineContext, LineUse } from "../../../lib/client/terminal/line_context.ts";
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

  /** What the line is for. */
  use: LineUse = "command";
  /** Lines of earlier sessions. */
  readonly past: string[] = [];
  /** What was given to be kept. */
  readonly kept: string[] = [];
  /** What Tab finds: a word that begins with what was typed. */
  words: readonly string[] | Promise<readonly string[]> = [];

  constructor(columns = 80, rows = 24) {
    this.terminal.width = columns;
    this.screen = new Screen(columns, rows);
    this.console = new TerminalConsole(this.terminal, {
      onSignal: (name) => this.signals.push(name),
      context: this.#context(),
    });
  }

  #context(): LineContext {
    const use = () => this.use;
    const complete = (left: string, words: readonly string[]) => {
      const from = left.lastIndexOf(" ") + 1;
      return { from, candidates: words.filter((word) => word.startsWith(left.slice(from))) };
    };
    return {
      get use() {
        return use();
      },
      store: {
        load: () => Promise.resolve(this.past),
        add: (line) => void this.kept.push(line),
      },
      complete: (left) =>
        this.words instanceof Promise
          ? this.words.then((words) => complete(left, words))
          : complete(left, this.words),
    };
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
  assertEquals(bench.screen.lines(), ["Ann: hi", "> one", "> /leave", "> "]);
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
  assertEquals(await bench.next(), { kind: "line", text: "hello" });
});

Deno.test("TerminalConsole.events() takes lines as typed where the terminal marks pastes", async () => {
  await using bench = new Bench();
  bench.use = "room";
  await bench.type("\x1b[200~a \x1b[201~");
  await bench.type("one\rtwo\r");
  assertEquals([await bench.next(), await bench.next()], [
    { kind: "line", text: "a one" },
    { kind: "line", text: "two" },
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

Deno.test("TerminalConsole.line() brings 200 messages while somebody types, and the window changes", async () => {
  await using bench = new Bench(40, 10);
  bench.console.setPrompt("> ");
  const typed =
    "สวัสดี שלום 👩‍👩‍👧🇩🇪 漢字 e\u0301 and a lot of words that go beyond the margin of the window";
  const keys = [...typed];
  const said: string[] = [];
  // The emulator pads wide characters at the margin.
  const plain = (line: string) => line.replaceAll(" ", "");
  for (let index = 0; index < 200; index++) {
    if (index < keys.length) await bench.type(keys[index]!);
    const line = `Ann: ${index} 漢字 สวัสดี ${"x".repeat(index % 50)}`;
    said.push(line);
    bench.console.line(line, 0);
    if (index === 100) {
      await bench.look();
      bench.terminal.width = 60;
      bench.screen.resize(60, 10);
      bench.terminal.handlers?.resize();
    }
    const screen = await bench.look();
    // The cursor stands where the typing goes on, and what stands there is its end.
    assert(screen.row.startsWith("> "), screen.row);
    const end = plain(keys.slice(0, index + 1).slice(-3).join(""));
    assert(plain(screen.row).endsWith(end), `${screen.row} | ${end}`);
  }
  await bench.type("\r");
  assertEquals(await bench.next(), { kind: "line", text: typed });
  assertEquals(bench.screen.lines().slice(0, 200).map(plain), said.map(plain));
});
