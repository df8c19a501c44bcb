import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Bench } from "./console_bench.ts";

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
