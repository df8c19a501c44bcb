import { assert, assertEquals } from "@std/assert";
import type { EditorEffect } from "../../../lib/client/terminal/editor_effect.ts";
import { KeyParser } from "../../../lib/client/terminal/keys.ts";
import { PipeConsole } from "../../../lib/client/terminal/pipe_console.ts";
import { SecretLine } from "../../../lib/client/terminal/secret_line.ts";
import { ShellInput } from "../../../lib/client/terminal/shell_input.ts";
import { Bench } from "./console_bench.ts";
import { FakeTerminal } from "./fake_terminal.ts";

const BELL: EditorEffect = { kind: "bell" };

function typed(keys: string): EditorEffect[] {
  const line = new SecretLine();
  const parser = new KeyParser();
  const events = [...parser.push(new TextEncoder().encode(keys)), ...parser.flush()];
  return events.flatMap((event) => line.handle(event));
}

function submitted(text: string): EditorEffect {
  return { kind: "submit", text, secret: true };
}

Deno.test("SecretLine.handle() edits as any line, and knows nothing of other lines", () => {
  const cases: [string, EditorEffect[]][] = [
    ["hush\r", [submitted("hush")]],
    [" two words \r", [submitted(" two words ")]],
    ["grüß\x7fn\r", [submitted("grün")]],
    ["ac\x1b[Db\r", [submitted("abc")]],
    ["wrong\x15right\r", [submitted("right")]],
    ["one\r\x19\r", [submitted("one"), submitted("")]],
    ["\x1b[A\x1b[B\x12\t", [BELL, BELL, BELL, BELL]],
    ["\x1b[200~pasted\n\x1b[201~\r", [submitted("pasted")]],
    ["\x1b[200~two\nlines\x1b[201~\r", [BELL, submitted("")]],
    ["half\x03\r", [{ kind: "input", event: { kind: "interrupt" } }, submitted("")]],
    ["half\x1d\r", [{ kind: "input", event: { kind: "leave" } }, submitted("")]],
    ["\x04", [{ kind: "input", event: { kind: "end" } }]],
    ["\x1a\x0c", [{ kind: "suspend" }, { kind: "clear" }]],
  ];
  for (const [keys, effects] of cases) assertEquals(typed(keys), effects, JSON.stringify(keys));
});

Deno.test("TerminalConsole.setPrompt() for a secret shows and keeps nothing of what is typed", async () => {
  await using bench = new Bench();
  bench.console.setPrompt("crds> ");
  await bench.type("getdir\rhalf a li");
  await bench.next();
  bench.console.setPrompt("Passphrase: ", { secret: true });
  await bench.type("hun\x1b[D\x1b[Cter2");
  assertEquals(bench.screen.lines().at(-1), "Passphrase: ");
  assertEquals(bench.screen.cursor, "Passphrase: ".length);
  await bench.type("\r");
  assertEquals(await bench.next(), { kind: "line", text: "hunter2", secret: true });
  // What comes before the next prompt is hidden, too.
  await bench.type("hunter3");
  bench.console.setPrompt("crds> ");
  await bench.look();
  assertEquals(bench.screen.lines(), ["crds> getdir", "Passphrase: ", "crds> half a li"]);
  await bench.type("\x15\x1b[A");
  assertEquals(bench.screen.lines().at(-1), "crds> getdir");
  await bench.type("\x15\x12hunter");
  assert(!bench.screen.lines().at(-1)?.includes("hunter2"));
  await bench.type("\x07\x15\x19");
  assert(!bench.terminal.written.includes("hunter2"), "it was written");
  assert(!bench.terminal.written.includes("hunter3"), "it was written");
  assertEquals(bench.kept, ["getdir"]);
});

Deno.test("PipeConsole.setPrompt() for a secret makes a dumb terminal show nothing", async () => {
  const terminal = new FakeTerminal();
  await using console = new PipeConsole(terminal, { interactive: true });
  const events = console.events()[Symbol.asyncIterator]();
  console.setPrompt("Passphrase: ", { secret: true });
  assertEquals(terminal.raw, [true]);
  terminal.type("huntes\x7fr2\r");
  assertEquals((await events.next()).value, { kind: "line", text: "hunter2", secret: true });
  console.setPrompt("crds> ");
  assertEquals(terminal.raw, [true, false]);
  terminal.type("getdir\n");
  assertEquals((await events.next()).value, { kind: "line", text: "getdir" });
  await console.flush();
  assertEquals(terminal.written, "Passphrase: \ncrds> ");
});

Deno.test("PipeConsole gives a dumb terminal back at its end", async () => {
  const terminal = new FakeTerminal();
  {
    await using console = new PipeConsole(terminal, { interactive: true });
    console.setPrompt("Passphrase: ", { secret: true });
  }
  assertEquals(terminal.raw, [true, false]);
});

Deno.test("ShellInput.askSecret() asks at a terminal, on standard error", async () => {
  const terminal = new FakeTerminal();
  const input = new ShellInput(terminal, true);
  terminal.type("hun");
  terminal.type("ter2\ragain");
  assertEquals(await input.askSecret("Passphrase: "), "hunter2");
  assertEquals(terminal.raw, [true, false]);
  terminal.type("\r");
  assertEquals(await input.askSecret("Again: "), "again");
  terminal.type("no\x03");
  assertEquals(await input.askSecret("Passphrase: "), undefined);
  assertEquals(terminal.written, "");
  assertEquals(terminal.errors, "Passphrase: \nAgain: \nPassphrase: \n");
  assertEquals(terminal.raw, [true, false, true, false, true, false]);
});

Deno.test("ShellInput.askSecret() shows nothing of an answer that is typed as soon as it asks", async () => {
  const terminal = new FakeTerminal();
  const input = new ShellInput(terminal, true);
  const { writeError } = terminal;
  const hidden: boolean[] = [];
  terminal.writeError = (bytes) => {
    hidden.push(terminal.raw.at(-1) === true);
    return writeError.call(terminal, bytes);
  };
  terminal.type("hunter2\r");
  assertEquals(await input.askSecret("Passphrase: "), "hunter2");
  assertEquals(hidden, [true, false]);
});

Deno.test("ShellInput.askSecret() takes the next lines of a pipe", async () => {
  const terminal = new FakeTerminal();
  const input = new ShellInput(terminal, false);
  terminal.type("hunter2\r\nhun");
  terminal.type("ter3");
  terminal.type(null);
  assertEquals(await input.askSecret("Passphrase: "), "hunter2");
  assertEquals(await input.askSecret("Again: "), "hunter3");
  assertEquals(await input.askSecret("Passphrase: "), undefined);
  assertEquals([terminal.errors, terminal.raw], ["", []]);
});
