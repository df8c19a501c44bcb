import { assert, assertEquals } from "@std/assert";
import { PipeConsole } from "../../../lib/client/terminal/pipe_console.ts";
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
  assertEquals(terminal.written, "");
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
  terminal.type("getdir\n");
  assertEquals((await events.next()).value, { kind: "line", text: "getdir" });
  console.status("Not connected.");
  await console.flush();
  assertEquals(
    terminal.written.replace(/^crds> \nA message\n/, ""),
    "crds> crds> \nNot connected.\ncrds> ",
  );
  assertEquals(terminal.errors, "");
});
