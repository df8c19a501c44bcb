import { assertEquals, assertStringIncludes } from "@std/assert";
import { InputLoop, MAX_BACKLOG } from "../../lib/client/input_loop.ts";
import type { Client, ClientOptions } from "../../lib/client/client.ts";
import type { LabRequest } from "../../lib/framing/lab.ts";
import { MAX_UNSENT_DATAGRAMS } from "../../lib/net/multicast.ts";
import { joinRoom } from "../../lib/room/room_link.ts";
import { listing } from "../helpers/bytes.ts";
import { makeClient } from "../helpers/client_rig.ts";
import { FakeConsole } from "../helpers/fake_console.ts";
import { someRoom } from "../helpers/some_room.ts";
import { type Reaction, ScriptedLabServer } from "../helpers/scripted_lab_server.ts";

const INTERRUPT = { kind: "interrupt" } as const;
const END = { kind: "end" } as const;
const LEAVE = { kind: "leave" } as const;

const ROOM = `lab: ${someRoom().endpoint}\n`;

async function play(
  console: FakeConsole,
  react: (request: LabRequest) => Reaction = () => listing(ROOM),
  signal: AbortSignal = new AbortController().signal,
  first?: string,
): Promise<boolean> {
  await using server = new ScriptedLabServer(react);
  const loop = new InputLoop(console);
  const shown: ClientOptions["console"] = {
    interactive: console.interactive,
    print: (text) => console.print(text),
    line: (text, back) => console.line(text, back),
    status: (text) => console.status(text),
    setPrompt: (text) => loop.setPrompt(text),
  };
  await using client = makeClient(server.endpoint, console, { console: shown });
  await loop.run(client, signal, first);
  return !loop.failed;
}

/** Bob, who hears what is said in a room up to a line that ends with "end". */
async function listenIn(
  room: ReturnType<typeof someRoom>,
): Promise<AsyncDisposable & { heard: string[]; all: Promise<void> }> {
  const heard: string[] = [];
  const all = Promise.withResolvers<void>();
  const link = await joinRoom({
    room: { ...room, name: "lab" },
    interface: { name: "lo", address: "127.0.0.1" },
    chatName: "Bob",
    onLine: ({ text }) => {
      heard.push(text);
      if (text.endsWith("end")) all.resolve();
    },
    onProblem: () => {},
  });
  return { heard, all: all.promise, [Symbol.asyncDispose]: () => link[Symbol.asyncDispose]() };
}

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

Deno.test("InputLoop.run() begins with the command it is given", async () => {
  const console = new FakeConsole(false, ["hello"]);
  assertEquals(await play(console, undefined, undefined, "help bye"), false);
  assertStringIncludes(console.shown[0] ?? "", "out bye");
  assertStringIncludes(console.shown.at(-1) ?? "", 'Cannot understand "hello"');
});

Deno.test("InputLoop.run() of a script passes over what was meant for a room it did not get into", async () => {
  const deleted: string[] = [];
  const react = (request: LabRequest): Reaction => {
    if (request.op === "deleteroom") deleted.push(request.name);
    if (request.op === "chat") return Uint8Array.of(0);
    return request.op === "getdir" ? listing(ROOM) : undefined;
  };
  const lines = ["connect", "chat nowhere", "deleteroom lab", "quit", { kind: "dropped" }] as const;
  const console = new FakeConsole(false, [
    ...lines,
    "/leave",
    "help bye",
    "chat",
    "x",
    LEAVE,
    END,
  ]);
  assertEquals(await play(console, react), false);
  assertEquals(deleted, []);
  assertEquals(console.shown.slice(-6), [
    'err Cannot enter room "nowhere": there is no room of that name. "getdir" lists them, "makeroom" makes one.',
    "err Skipped 3 lines that were meant for the room.",
    "out bye",
    "out   closes the connection",
    "err Cannot chat: the room is missing. Usage: chat <room>",
    "err Skipped 1 line that was meant for the room.",
  ]);
  const first = new FakeConsole(false, ["hello", "deleteroom lab"]);
  assertEquals(await play(first, react, undefined, "chat nowhere"), false);
  assertEquals([deleted, first.shown.at(-1)], [
    [],
    "err Skipped 2 lines that were meant for the room.",
  ]);
});

Deno.test("InputLoop.run() with a person takes what is typed after a chat that failed", async () => {
  const console = new FakeConsole(true, ["connect", "chat nowhere", "help quit"]);
  assertEquals(await play(console), false);
  assertStringIncludes(console.text, "ends the program");
});

Deno.test("InputLoop.run() says what is pasted into a room, whatever it looks like", async () => {
  const room = someRoom();
  const paste = (text: string, paste = 1) => ({ kind: "line", text, paste }) as const;
  await using bob = await listenIn(room);
  const console = new FakeConsole(true, [
    "connect",
    "chat lab",
    paste("/leave"),
    paste("quit"),
    paste("//x"),
    paste("/name Ann"),
    "end",
    () => bob.all,
    "/leave",
    paste("help quit", 2),
  ]);
  assertEquals(await play(console, () => listing(`lab: ${room.endpoint}\n`)), true);
  assertEquals(bob.heard, ["Mel: /leave", "Mel: quit", "Mel: //x", "Mel: /name Ann", "Mel: end"]);
  assertStringIncludes(console.text, "ends the program");
});

Deno.test("InputLoop.run() says a confirmed paste in the room, and nowhere else", async () => {
  const room = someRoom();
  await using bob = await listenIn(room);
  const console = new FakeConsole(true, [
    "connect",
    "chat lab",
    { kind: "pasted", text: "one\n/leave\n//x\nend" },
    () => bob.all,
    "/leave",
    { kind: "pasted", text: "help quit\nquit" },
    "getdir",
  ]);
  assertEquals(await play(console, () => listing(`lab: ${room.endpoint}\n`)), false);
  assertEquals(bob.heard, ["Mel: one", "Mel: /leave", "Mel: //x", "Mel: end"]);
  assertStringIncludes(console.text, "Cannot say what was pasted: you have left the room.");
  assertEquals(console.text.includes("ends the program"), false);
  assertStringIncludes(console.text, "lab ");
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

Deno.test("InputLoop.run() shows each line of a person once: as it was typed, or as it was said", async () => {
  const room = someRoom();
  await using bob = await listenIn(room);
  const line = (text: string) => ({ kind: "line", text, echo: `[lab] Mel> ${text}` }) as const;
  const console = new FakeConsole(true, [
    "connect",
    "chat lab",
    line("Good morning!"),
    line("/me waves"),
    line(""),
    line("/ignore"),
    line("/hlep"),
    { kind: "pasted", text: "one\n\n/leave" },
    // It stands where it was typed already, before it was known that it would be said.
    "typed ahead",
    line("end"),
    () => bob.all,
  ]);
  assertEquals(await play(console, () => listing(`lab: ${room.endpoint}\n`)), false);
  const [, entered] = console.text.split("/leave leaves.\n");
  assertEquals(entered?.split("\n").filter((row) => !/joined|Here:|^err Left/.test(row)), [
    "out Mel: Good morning!",
    "out * Mel waves",
    "out [lab] Mel> /ignore",
    'err You ignore nobody. "/ignore <name>" hides what somebody says.',
    "out [lab] Mel> /hlep",
    'err Cannot understand "/hlep": there is no such command. Did you mean "/help"? "/help" lists them.',
    "out Mel: one",
    "out Mel: /leave",
    "out Mel: end",
  ]);
  assertEquals(bob.heard.length, 6);
});

Deno.test("InputLoop.run() gives back what could not be said, and says why", async () => {
  const text = Array.from({ length: MAX_UNSENT_DATAGRAMS + 1 }, () => "x").join("\n");
  const console = new FakeConsole(true, ["connect", "chat lab", { kind: "pasted", text }]);
  assertEquals(await play(console), false);
  const at = console.shown.indexOf(`back ${text}`);
  assertStringIncludes(console.shown[at + 1] ?? "", "err Cannot send to room");
  assertEquals(console.shown.includes("out Mel: x"), false);
});
