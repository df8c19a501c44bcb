import { assertEquals, assertStringIncludes } from "@std/assert";
import { InputLoop } from "../../lib/client/input_loop.ts";
import type { Client } from "../../lib/client/client.ts";
import type { LabRequest } from "../../lib/framing/lab.ts";
import { listing } from "../helpers/bytes.ts";
import { makeClient } from "../helpers/client_rig.ts";
import { FakeConsole } from "../helpers/fake_console.ts";
import { someRoom } from "../helpers/some_room.ts";
import { type Reaction, ScriptedLabServer } from "../helpers/scripted_lab_server.ts";
import { INTERRUPT, LEAVE, play } from "../helpers/input_loop_rig.ts";

Deno.test("InputLoop.run() asks a person for what is missing, and takes the next line for it", async () => {
  const rooms = new Set<string>();
  const react = (request: LabRequest): Reaction => {
    if (request.op === "makeroom") {
      rooms.add(`${request.name}: ${request.address}:${request.port}\n`);
      return undefined;
    }
    return listing([...rooms].join(""));
  };
  const console: FakeConsole = new FakeConsole(true, [
    "connect",
    () => console.until(/^crds@/),
    "makeroom",
    () => console.until(/^Room name: $/),
    "lobby",
    () => console.until(/Created/),
  ]);
  assertEquals(await play(console, react), true);
  assertStringIncludes(console.text, 'err Created room "lobby" (239.255.');
  const asked = console.prompts.indexOf("Room name: ");
  assertEquals(console.prompts[asked + 1]?.startsWith("crds@"), true);
});

for (
  const [title, event] of [["Ctrl-C", INTERRUPT], ["Ctrl-]", LEAVE], ["an empty line", ""]] as const
) {
  Deno.test(`InputLoop.run() lets ${title} call a question off`, async () => {
    const console: FakeConsole = new FakeConsole(true, [
      "chat",
      () => console.until(/^Room name: $/),
      event,
      () => console.until(/err (Interrupted|Cannot chat)/),
      "help quit",
    ]);
    assertEquals(await play(console), false);
    const [outcome] = console.shown;
    const missing = "err Cannot chat: the room is missing. Usage: chat <room>";
    assertEquals(outcome, event === INTERRUPT ? "err Interrupted." : missing);
    assertStringIncludes(console.text, "ends the program");
    assertEquals(console.prompts.at(-1), "crds> ");
  });
}

Deno.test("InputLoop.run() ends when the input does, also in the middle of a question", async () => {
  const console = new FakeConsole(true, ["chat"]);
  assertEquals(await play(console), false);
});

Deno.test("InputLoop.run() asks no script", async () => {
  const console = new FakeConsole(false, ["chat", "/leave", "help quit"]);
  assertEquals(await play(console), false);
  assertEquals(console.prompts.includes("Room name: "), false);
  assertStringIncludes(console.text, "Usage: chat <room>\nout quit");
});

Deno.test("InputLoop keeps the question when the prompt changes, and shows the new one after it", async () => {
  const console = new FakeConsole(true);
  const loop = new InputLoop(console);
  loop.setPrompt("crds@a:1> ");
  const answer = loop.ask("Room name: ");
  loop.setPrompt("crds> ");
  assertEquals(console.prompt, "Room name: ");
  // The end of the input answers it.
  await using server = new ScriptedLabServer(() => undefined);
  await using client = makeClient(server.endpoint, new FakeConsole(true));
  await loop.run(client, new AbortController().signal);
  assertEquals(await answer, undefined);
  assertEquals(console.prompt, "crds> ");
});

Deno.test("InputLoop.run() takes no confirmed paste for an answer", async () => {
  const room = someRoom();
  const asked: () => Promise<unknown> = () => console.until(/Chat name/);
  const console: FakeConsole = new FakeConsole(true, [
    "connect",
    "chat lab",
    "/name",
    asked,
    { kind: "pasted", text: "one\ntwo" },
    "Ann",
    () => console.until(/You are "Ann" now/),
  ]);
  await play(console, () => listing(`lab: ${room.endpoint}\n`));
  assertStringIncludes(console.text, 'You are "Ann" now.');
});

Deno.test("InputLoop.ask() after the end of the input gets no answer", async () => {
  const console = new FakeConsole(true, ["connect"]);
  const loop = new InputLoop(console);
  const answers: unknown[] = [];
  const client = {
    chatting: false,
    connect: async () => {
      // The input ends while this command runs, and only then something is asked.
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      answers.push(await loop.ask("Which one? "));
    },
  } as unknown as Client;
  await loop.run(client, new AbortController().signal);
  assertEquals(answers, [undefined]);
});
