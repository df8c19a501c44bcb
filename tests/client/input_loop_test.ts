import { assertEquals, assertStringIncludes } from "@std/assert";
import { InputLoop, MAX_BACKLOG } from "../../lib/client/input_loop.ts";
import type { Client } from "../../lib/client/client.ts";
import { makeClient } from "../helpers/client_rig.ts";
import { FakeConsole } from "../helpers/fake_console.ts";
import { type Reaction, ScriptedLabServer } from "../helpers/scripted_lab_server.ts";
import { END, INTERRUPT, LEAVE, play } from "../helpers/input_loop_rig.ts";

Deno.test("InputLoop.run() of a script goes on after errors, and remembers them", async () => {
  const console = new FakeConsole(false, ["frobnicate", "connect", "getdir"]);
  assertEquals(await play(console), false);
  assertStringIncludes(console.text, 'Cannot understand "frobnicate"');
  assertStringIncludes(console.text, "out NAME");
  assertEquals(await play(new FakeConsole(false, ["connect", "getdir", ""])), true);
});

Deno.test("InputLoop.run() of a script takes no secret for a command when what asks for it fails", async () => {
  const script = [
    ...["login ann", "s3cret one", "register ann", "s3cret one", "s3cret one", "passwd"],
    ...["s3cret one", "s3cret two", "s3cret two", "unregister", "s3cret two", "getdir"],
  ];
  const console = new FakeConsole(false, script);
  assertEquals(await play(console), false);
  assertEquals(console.text.includes("s3cret"), false, console.text);
  assertStringIncludes(console.text, "Cannot list the rooms: there is no connection.");
});

Deno.test("InputLoop.run() ends at quit and takes nothing after it", async () => {
  for (const interactive of [true, false]) {
    const console = new FakeConsole(interactive, ["quit", "frobnicate"]);
    assertEquals(await play(console), true);
    assertEquals(console.shown, []);
  }
});

Deno.test("InputLoop.run() lets Ctrl-] leave, which is a mistake outside a room", async () => {
  const console = new FakeConsole(false, ["connect", "chat lab", "hi", LEAVE, "getdir", LEAVE]);
  assertEquals(await play(console), false);
  assertStringIncludes(console.text, 'err Left room "lab".\nout NAME');
  assertStringIncludes(console.shown.at(-1) ?? "", "Cannot leave: you are in no room.");
});

Deno.test("InputLoop.run() with a person lets Ctrl-D leave the room first", async () => {
  const console = new FakeConsole(true, ["connect", "chat lab", END, "getdir", END, "getdir"]);
  assertEquals(await play(console), true);
  assertEquals(console.shown.filter((line) => line.startsWith("out NAME")).length, 1);
  assertStringIncludes(console.text, 'Left room "lab"');
});

Deno.test("InputLoop.run() of a script ends at the end of input, in a room too", async () => {
  const console = new FakeConsole(false, ["connect", "chat lab", "hi"]);
  assertEquals(await play(console), true);
  assertEquals(console.text.includes("Left room"), false);
});

Deno.test("InputLoop.run() warns at the first Ctrl-C and ends at the second", async () => {
  // Whoever presses a key sees what the one before did: each takes a turn of the event loop.
  const turn = () => new Promise((resolve) => setTimeout(resolve, 0));
  const typed = [INTERRUPT, turn, "help quit", turn, INTERRUPT, turn, INTERRUPT, "getdir"];
  const console = new FakeConsole(true, typed);
  assertEquals(await play(console), true);
  const warnings = console.shown.filter((line) => line.includes("Press Ctrl-C again"));
  assertEquals(warnings.length, 2);
  assertEquals(console.text.includes("getdir"), false);
});

Deno.test("InputLoop.run() lets Ctrl-C interrupt what takes long", async () => {
  const asked = Promise.withResolvers<void>();
  const react = (): Reaction => {
    asked.resolve();
    return undefined;
  };
  const console = new FakeConsole(true, ["connect", "getdir", () => asked.promise, INTERRUPT]);
  await play(console, react);
  assertStringIncludes(console.text, "err Interrupted.");
});

Deno.test("InputLoop.run() keeps what a person types while a command runs", async () => {
  const console = new FakeConsole(true, ["connect", "getdir", "name Bob", "chat lab", "/leave"]);
  assertEquals(await play(console), true);
  assertStringIncludes(console.text, 'err You are "Bob" now.\nerr Room "lab"');
  assertStringIncludes(console.text, 'err Left room "lab".');
});

Deno.test("InputLoop.run() ends when its signal says so", async () => {
  const stop = new AbortController();
  const react = (): Reaction => {
    stop.abort();
    return undefined;
  };
  const console = new FakeConsole(true, ["connect", "getdir", "help"]);
  await play(console, react, stop.signal);
  assertEquals(console.text.includes("lists the commands"), false);
});

Deno.test("InputLoop.run() begins with the command it is given", async () => {
  const console = new FakeConsole(false, ["hello"]);
  assertEquals(await play(console, undefined, undefined, "help bye"), false);
  assertStringIncludes(console.shown[0] ?? "", "out bye");
  assertStringIncludes(console.shown.at(-1) ?? "", 'Cannot understand "hello"');
});

Deno.test("InputLoop.run() counts a line that was too long as failed", async () => {
  assertEquals(await play(new FakeConsole(false, ["connect", { kind: "dropped" }])), false);
});

Deno.test("InputLoop.run() tells that Ctrl-C ended it", async () => {
  await using server = new ScriptedLabServer(() => undefined);
  const turn = () => new Promise((resolve) => setTimeout(resolve, 0));
  const console = new FakeConsole(true, [INTERRUPT, turn, INTERRUPT]);
  const loop = new InputLoop(console);
  await using client = makeClient(server.endpoint, console);
  await loop.run(client, new AbortController().signal);
  assertEquals(loop.interrupted, true);
});

Deno.test("InputLoop.run() keeps a limited number of lines typed ahead", async () => {
  const release = Promise.withResolvers<void>();
  const said: string[] = [];
  const client = {
    get chatting() {
      return true;
    },
    say: async (text: string) => {
      if (said.length === 0) await release.promise;
      said.push(text);
    },
  } as unknown as Client;
  const many = Array.from({ length: MAX_BACKLOG + 6 }, (_, i) => `${i}`);
  const console = new FakeConsole(true, [...many, () => Promise.resolve(release.resolve())]);
  const loop = new InputLoop(console);
  await loop.run(client, new AbortController().signal);
  assertEquals([said.length, loop.failed], [MAX_BACKLOG + 1, true]);
  assertEquals(
    console.shown[0],
    `err Cannot keep more than ${MAX_BACKLOG} lines typed ahead: ` +
      "5 lines were dropped. Paste less at once.",
  );
});
