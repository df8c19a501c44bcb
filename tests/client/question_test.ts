import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Client } from "../../lib/client/client.ts";
import { mainTable, roomTable } from "../../lib/client/commands.ts";
import { InputLoop } from "../../lib/client/input_loop.ts";
import { type AskOptions, Question } from "../../lib/client/question.ts";
import { ServerFinder } from "../../lib/client/server_finder.ts";
import type { InputEvent } from "../../lib/client/terminal/console.ts";
import { UserError } from "../../lib/errors.ts";
import { FakeConsole } from "../helpers/fake_console.ts";

const line = (text: string): InputEvent => ({ kind: "line", text });
const secret = (text: string): InputEvent => ({ kind: "line", text, secret: true });

/** Asks, and gives one thing; returns what was made of it, and the answer. */
async function give(event: InputEvent, options: AskOptions = {}, asks = "makeroom") {
  const table = asks.startsWith("/") ? roomTable : mainTable;
  const question = new Question(table, asks, options);
  const taken = question.take(event);
  question.callOff();
  const answer = await question.answer.catch((error: UserError) => error.message);
  return [taken, answer];
}

Deno.test("Question.take() takes what is no whole command for the answer", async () => {
  for (const text of ["lobby", "", "2", "chat", "getdir now", "chat lobby tea", "register"]) {
    assertEquals(await give(line(text)), ["answered", text], text);
  }
});

Deno.test("Question.take() takes a whole command for one, and says how it would be none", async () => {
  for (
    const [asks, text, sentence] of [
      [
        "makeroom",
        "quit",
        'Gave up "makeroom", since "quit" is a command. If not, type: makeroom quit',
      ],
      ["chat", " List ", 'Gave up "chat", since "List" is a command. If not, type: chat List'],
      ["makeroom", "chat lobby", 'Gave up "makeroom", since "chat lobby" is a command.'],
      ["connect", "getdir", 'Gave up "connect", since "getdir" is a command.'],
      ["/name", "/leave", 'Gave up "/name", since "/leave" is a command.'],
      ["/name", "/hlep", 'Gave up "/name", since "/hlep" is a command.'],
    ] as const
  ) assertEquals(await give(line(text), {}, asks), ["instead", sentence], text);
  // In a room, only the slash makes a command.
  assertEquals(await give(line("quit"), {}, "/name"), ["answered", "quit"]);
  assertEquals(await give(line("//quit"), {}, "/me"), ["answered", "//quit"]);
});

Deno.test("Question.take() takes what is said for the answer, but for a slash in a room", async () => {
  const said = { said: true };
  assertEquals(await give(line("who knows?"), said, "broadcast"), ["answered", "who knows?"]);
  assertEquals(await give(line("help"), said, "broadcast"), ["answered", "help"]);
  assertEquals((await give(line("/leave"), said, "/broadcast"))[0], "instead");
});

Deno.test("Question.take() takes any secret, and only what was typed for it", async () => {
  assertEquals(await give(secret("getdir"), { secret: true }), ["answered", "getdir"]);
  assertEquals(await give(line("getdir"), { secret: true }), ["earlier", undefined]);
  assertEquals(await give(secret("hunter2")), ["earlier", undefined]);
});

Deno.test("Question.take() is called off by a key, and not by a paste", async () => {
  for (const kind of ["interrupt", "leave", "end"] as const) {
    assertEquals(await give({ kind }), ["answered", undefined]);
  }
  assertEquals(await give({ kind: "pasted", text: "one\ntwo" }), ["earlier", undefined]);
});

/** Plays what is typed to a client that looks for servers and finds two. */
async function connect(...typed: (string | (() => Promise<unknown>))[]) {
  const console: FakeConsole = new FakeConsole(true, ["connect", asked, ...typed]);
  function asked(): Promise<void> {
    return console.until(/^Which one \(1-2\)\? $/);
  }
  const loop = new InputLoop(console);
  const finder = new ServerFinder({
    given: undefined,
    fallback: { host: "127.0.0.1", port: 50001 },
    discover: () =>
      Promise.resolve([1, 2].map((n) => ({ name: `lab-${n}`, host: `127.0.0.${n}`, port: n }))),
    tell: (sentence) => console.status(sentence),
    ask: (question) => loop.ask(question),
  });
  const client = {
    chatting: false,
    connect: async () => console.status(`found ${(await finder.find()).port}`),
    getdir: () => console.status("listed"),
  };
  loop.setPrompt("crds> ");
  await loop.run(client as unknown as Client, new AbortController().signal);
  return console;
}

Deno.test("InputLoop.run() carries out a command that is given instead of an answer", async () => {
  const console = await connect("getdir");
  assertEquals(console.shown.slice(-2), [
    'err Gave up "connect", since "getdir" is a command.',
    "err listed",
  ]);
  assertEquals(console.prompt, "crds> ");
  assertStringIncludes((await connect("2", "getdir")).text, "found 2\nerr listed");
});

Deno.test("InputLoop.run() lets what is no answer be none", async () => {
  for (const answer of ["", "3", "lab-1"]) {
    const none = "err Cannot connect: no server was chosen. Name one: connect HOST[:PORT].";
    assertEquals((await connect(answer)).shown.at(-1), none);
  }
});

Deno.test("InputLoop.ask() fails when a command is given instead of an answer", async () => {
  const console: FakeConsole = new FakeConsole(true, [
    "bye",
    () => console.until(/Room/),
    "servers",
  ]);
  const loop = new InputLoop(console);
  const client = {
    chatting: false,
    bye: async () => {
      await assertRejects(() => loop.ask("Room name: "), UserError, 'Gave up "bye"');
    },
    servers: () => console.status("listed"),
  };
  await loop.run(client as unknown as Client, new AbortController().signal);
  assertEquals(console.shown, ["err listed"]);
});

Deno.test("InputLoop.run() in a room carries out what begins with a slash instead", async () => {
  const asked: () => Promise<unknown> = () => console.until(/^Chat name: $/);
  const console: FakeConsole = new FakeConsole(true, ["/name", asked, "/leave"]);
  const client = { chatting: true, leave: () => console.status("left") };
  const loop = new InputLoop(console);
  await loop.run(client as unknown as Client, new AbortController().signal);
  assertEquals(console.shown[0], 'err Gave up "/name", since "/leave" is a command.');
  assertEquals(console.shown[1], "err left");
});
