import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MAX_PIPE_PENDING, PipeConsole } from "../../../lib/client/terminal/pipe_console.ts";
import { FakeTerminal } from "./fake_terminal.ts";

Deno.test("PipeConsole.events() gives lines, leave and end", async () => {
  const terminal = new FakeTerminal();
  await using console = new PipeConsole(terminal);
  terminal.type("chat lab\nhel");
  terminal.type("lo\n\x1d\nbye");
  terminal.type(null);
  assertEquals(await Array.fromAsync(console.events()), [
    { kind: "line", text: "chat lab" },
    { kind: "line", text: "hello" },
    { kind: "leave" },
    { kind: "line", text: "bye" },
    { kind: "end" },
  ]);
  assertEquals(console.interactive, false);
  assertEquals(await Array.fromAsync(console.events()), []);
});

Deno.test("PipeConsole.print() and status() write to their streams, plain and in order", async () => {
  const terminal = new FakeTerminal();
  await using console = new PipeConsole(terminal);
  console.setPrompt("crds> ");
  console.status("Connected.");
  console.print("one\ntwo");
  console.print("three");
  await console.flush();
  assertEquals(terminal.writes, ["one\ntwo\nthree\n"]);
  assertEquals(terminal.errors, "Connected.\n");
  assertEquals(terminal.raw, []);
});

Deno.test("PipeConsole.events() reads no faster than the events are taken", async () => {
  const terminal = new FakeTerminal();
  await using console = new PipeConsole(terminal);
  for (let i = 0; i < 10; i++) terminal.type(`${i}\n`);
  terminal.type(null);
  assertEquals(terminal.reads, 0);
  let taken = 0;
  for await (const event of console.events()) {
    assert(terminal.reads <= taken + 2, `${terminal.reads} reads, ${taken} taken`);
    if (event.kind === "line") assertEquals(event.text, String(taken++));
  }
  assertEquals(taken, 10);
});

Deno.test("PipeConsole.events() says that a line is too long and goes on", async () => {
  const terminal = new FakeTerminal();
  await using console = new PipeConsole(terminal);
  terminal.type("x".repeat(1024 * 1024 + 1) + "\nnext\n");
  terminal.type(null);
  assertEquals(await Array.fromAsync(console.events()), [
    { kind: "dropped" },
    { kind: "line", text: "next" },
    { kind: "end" },
  ]);
  await console.flush();
  assertEquals(
    terminal.errors,
    "Cannot take a line of more than 1 MiB: it was dropped. Send shorter lines.\n",
  );
});

Deno.test("PipeConsole.events() ends when the reader of standard output is gone", async () => {
  const terminal = new FakeTerminal();
  await using console = new PipeConsole(terminal);
  const events = Array.fromAsync(console.events());
  terminal.break();
  console.print("a");
  console.print("b");
  assertEquals(await events, [{ kind: "end" }]);
  console.print("c");
  await console.flush();
  assertEquals([terminal.written, terminal.errors, console.outputLost], ["", "", true]);
});

Deno.test("PipeConsole tells why standard output cannot be written to", async () => {
  const terminal = new FakeTerminal();
  await using console = new PipeConsole(terminal);
  const events = Array.fromAsync(console.events());
  terminal.break(new Error("No space left on device (os error 28)"));
  console.print("a");
  assertEquals(await events, [{ kind: "end" }]);
  await console.flush();
  assertEquals(console.outputLost, true);
  assertEquals(
    terminal.errors,
    "Cannot write to standard output: No space left on device. What was printed is incomplete.\n",
  );
});

Deno.test("PipeConsole gives up a reader that lets too much wait", async () => {
  const terminal = new FakeTerminal();
  await using console = new PipeConsole(terminal);
  const events = Array.fromAsync(console.events());
  terminal.stall();
  console.print("first");
  // It is on its way, and waits no more.
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  const piece = "x".repeat(1024 * 1024 - 1);
  for (let size = 0; size < MAX_PIPE_PENDING; size += piece.length + 1) console.print(piece);
  assertEquals(console.outputLost, false);
  console.print("one too much");
  assertEquals(await events, [{ kind: "end" }]);
  // Nothing is waited for any more.
  await console.flush();
  assertEquals(console.outputLost, true);
  assertStringIncludes(terminal.errors, "Cannot write to standard output: nobody reads it");
  terminal.resume();
});

Deno.test("PipeConsole.events() ends when the input cannot be read", async () => {
  const terminal = new FakeTerminal();
  await using console = new PipeConsole(terminal);
  terminal.gone = true;
  terminal.type("x");
  assertEquals(await Array.fromAsync(console.events()), [{ kind: "end" }]);
});

Deno.test("PipeConsole[Symbol.asyncDispose]() writes the rest and ends the events", async () => {
  const terminal = new FakeTerminal();
  const console = new PipeConsole(terminal);
  const events = Array.fromAsync(console.events());
  terminal.stall();
  for (let i = 0; i < 1000; i++) console.print("x".repeat(5000));
  const disposed = console[Symbol.asyncDispose]();
  terminal.resume();
  await disposed;
  await console[Symbol.asyncDispose]();
  assertEquals(terminal.written.length, 1000 * 5001);
  assertEquals(await events, []);
});

Deno.test("PipeConsole() with a person prints the prompt and no escape code", async () => {
  const terminal = new FakeTerminal();
  await using console = new PipeConsole(terminal, { interactive: true });
  const events = console.events()[Symbol.asyncIterator]();
  console.setPrompt("crds> ");
  await console.flush();
  assertEquals(terminal.written, "crds> ");
  console.print("A message");
  await console.flush();
  assertEquals(terminal.written, "crds> \nA message\ncrds> ");
  terminal.writes.length = 0;
  terminal.type("getdir\n");
  assertEquals((await events.next()).value, { kind: "line", text: "getdir" });
  console.working(true);
  console.setPrompt("crds@lab> ");
  console.status("Connected.");
  await console.flush();
  console.print("NAME");
  await console.flush();
  assertEquals(terminal.written, "Connected.\nNAME\n");
  console.working(false);
  await console.flush();
  assertEquals(terminal.written, "Connected.\nNAME\ncrds@lab> ");
  // A command that says nothing gets a prompt as well, and one only.
  terminal.type("\n");
  await events.next();
  console.working(true);
  console.working(false);
  await console.flush();
  assertEquals(terminal.written, "Connected.\nNAME\ncrds@lab> crds@lab> ");
  assertEquals(terminal.errors, "");
});
