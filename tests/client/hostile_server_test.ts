/**
 * Our client against a server that wishes it ill: nothing raw is shown, nothing hangs, nothing grows.
 */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Client } from "../../lib/client/client.ts";
import { UserError } from "../../lib/errors.ts";
import { makeClient } from "../helpers/client_rig.ts";
import { FakeConsole } from "../helpers/fake_console.ts";
import {
  GOOD_ROOM,
  GREETING,
  type HostileRequest,
  HostileServer,
  type Misdeed,
} from "../helpers/hostile_server.ts";
import { startTask } from "../helpers/processes.ts";

const { signal } = new AbortController();

/** Control characters, which no terminal may get from others. */
// deno-lint-ignore no-control-regex
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;

const EVIL = "\x1b]0;owned\x07\x1b[2J\u009b31m\u202e\r\n";

type Answers = Readonly<Record<string, Misdeed | ((request: HostileRequest) => Misdeed)>>;

/** Answers each method as the test says, the others as they should be. */
function serving(answers: Answers): HostileServer {
  const good: Answers = {
    "hello": GREETING,
    "rooms.watch": { result: { revision: 1 } },
    "people.move": { result: {} },
  };
  return new HostileServer((request) => {
    const answer = answers[request.method] ?? good[request.method] ?? "silence";
    return typeof answer === "function" ? answer(request) : answer;
  });
}

function clientOf(server: HostileServer, name = "Mel"): { client: Client; console: FakeConsole } {
  const console = new FakeConsole(true);
  return { client: makeClient(server.endpoint, console, { name }), console };
}

const page = (rooms: unknown, more = {}): Misdeed => ({ result: { revision: 1, rooms, ...more } });

Deno.test("client shows nothing raw of what a hostile server says in legal answers", async () => {
  const evilRoom = { ...GOOD_ROOM, topic: EVIL, createdBy: EVIL };
  const person = { name: "Mel", address: EVIL, since: 1, idle: 1 };
  await using server = serving({
    "rooms.list": page([evilRoom]),
    "rooms.create": { result: { room: evilRoom } },
    "rooms.delete": { result: { room: evilRoom } },
    "people.list": { result: { people: [person, { ...person, name: `anonymous@${EVIL}` }] } },
    "rooms.watch": {
      result: { revision: 2, changes: [{ revision: 2, kind: "created", room: evilRoom }] },
    },
  });
  const { client, console } = clientOf(server);
  await using _client = client;
  await client.connect(undefined, signal);
  await client.getdir(signal);
  await client.makeroom({ name: "lab" }, signal);
  await client.deleteroom("lab", signal);
  await client.people.who(signal);
  assertStringIncludes(console.text, "owned");
  assert(!RAW.test(console.text.replaceAll("\n", "")), JSON.stringify(console.text));
});

Deno.test("client shows nothing raw of errors, and no novel", async () => {
  const error = (message: string, code = "ROOM_EXISTS") => ({
    error: { code: -32000, message, data: { code } },
  });
  await using server = serving({
    "rooms.create": error(EVIL + "x".repeat(60_000)),
    "rooms.delete": error(EVIL),
    "rooms.list": { error: { code: EVIL, message: { evil: EVIL }, data: [EVIL] } },
    "people.list": { error: EVIL },
  });
  const { client } = clientOf(server);
  await using _client = client;
  await client.connect(undefined, signal);
  for (
    const work of [
      () => client.makeroom({ name: "lab" }, signal),
      () => client.deleteroom("lab", signal),
    ]
  ) {
    const { message } = await assertRejects(work, UserError);
    assertStringIncludes(message, "owned");
    assert(!RAW.test(message) && message.length < 1_100, message.slice(0, 200));
  }
});

const BAD_ROOMS: readonly unknown[] = [
  null,
  "lab",
  [],
  { ...GOOD_ROOM, name: `a${EVIL}` },
  { ...GOOD_ROOM, name: 7 },
  { ...GOOD_ROOM, name: "x".repeat(65) },
  { ...GOOD_ROOM, name: "a b" },
  { ...GOOD_ROOM, address: "10.0.0.1" },
  { ...GOOD_ROOM, address: EVIL },
  { ...GOOD_ROOM, address: { toString: 1 } },
  { ...GOOD_ROOM, port: "20100" },
  { ...GOOD_ROOM, port: 70_000 },
  { ...GOOD_ROOM, port: 1.5 },
  { ...GOOD_ROOM, members: "many" },
  { ...GOOD_ROOM, members: -1 },
  { ...GOOD_ROOM, members: undefined },
  { ...GOOD_ROOM, createdAt: 1e300 },
  { ...GOOD_ROOM, createdAt: EVIL },
  { ...GOOD_ROOM, topic: 7 },
  { ...GOOD_ROOM, topic: "x".repeat(50_000) },
  { ...GOOD_ROOM, createdBy: ["Mel"] },
  JSON.parse("[".repeat(20_000) + "]".repeat(20_000)),
];

Deno.test("client refuses rooms that are none, wherever they come", async () => {
  let bad: unknown;
  await using server = serving({
    "rooms.list": () => page([GOOD_ROOM, bad]),
    "rooms.create": () => ({ result: { room: bad } }),
    "rooms.find": () => ({ result: { room: bad } }),
  });
  const { client, console } = clientOf(server);
  await using _client = client;
  await client.connect(undefined, signal);
  for (bad of BAD_ROOMS) {
    for (
      const [method, work] of [
        ["rooms.list", () => client.getdir(signal)],
        ["rooms.create", () => client.makeroom({ name: "lab" }, signal)],
        ["rooms.find", () => client.enter("lab", signal)],
      ] as const
    ) {
      const { message } = await assertRejects(work, UserError);
      const sentence = `Cannot understand the CRDS at ${server.where}: it answered ${method} with `;
      assertStringIncludes(message, sentence);
      assert(!RAW.test(message) && message.length < 300, message);
    }
  }
  assertEquals([client.chatting, console.text.includes("NAME")], [false, false]);
});

Deno.test("client refuses an answer about another room than it asked for", async () => {
  const other = { result: { room: { ...GOOD_ROOM, name: "other" } } };
  await using server = serving({ "rooms.find": other, "rooms.delete": other });
  const { client } = clientOf(server);
  await using _client = client;
  await client.connect(undefined, signal);
  await assertRejects(() => client.enter("lab", signal), UserError, 'another room, "other"');
  await assertRejects(() => client.deleteroom("lab", signal), UserError, 'another room, "other"');
});

Deno.test("client leaves out people that are none, and shows the others", async () => {
  const good = { name: "Mel", address: "10.0.0.1", since: 1, idle: 1 };
  let bad: unknown;
  await using server = serving({ "people.list": () => ({ result: { people: [good, bad] } }) });
  const { client, console } = clientOf(server);
  await using _client = client;
  await client.connect(undefined, signal);
  for (
    bad of [
      7,
      { ...good, name: EVIL },
      { ...good, name: "a:b" },
      { ...good, name: `anonymous@${"x".repeat(200)}` },
      { ...good, address: 7 },
      { ...good, address: "x".repeat(1_000) },
      { ...good, since: "now" },
      { ...good, idle: -1 },
      { ...good, room: EVIL },
    ]
  ) {
    const before = console.text.length;
    await client.people.who(signal);
    const shown = console.text.slice(before);
    assertEquals(shown.split("\n").filter((line) => line.includes("10.0.0.1")).length, 1, shown);
    assert(!RAW.test(shown), shown);
  }
});

Deno.test("client refuses a greeting that is none, and stays without connection", async () => {
  for (
    const you of [undefined, {}, { name: 7 }, { name: EVIL }, { name: "a:b" }, {
      name: "anonymous@1.2.3.4",
    }]
  ) {
    await using server = serving({ "hello": { result: { you } } });
    const { client, console } = clientOf(server);
    await using _client = client;
    const { message } = await assertRejects(() => client.connect(undefined, signal), UserError);
    assertStringIncludes(message, `Cannot understand the CRDS at ${server.where}: it answered `);
    assert(!RAW.test(message), message);
    assertEquals(console.prompt, "crds> ");
  }
});

Deno.test("client in a room survives a server that comes back with an illegal name", async () => {
  let greetings = 0;
  const back = Promise.withResolvers<void>();
  await using server = serving({
    "hello": () => {
      greetings++;
      if (greetings === 3) back.resolve();
      const name = greetings === 2 ? `x${EVIL}` : "Mel";
      return { result: { you: { name } } };
    },
    "rooms.find": { result: { room: GOOD_ROOM } },
    "rooms.delete": "close",
  });
  const { client, console } = clientOf(server);
  await using _client = client;
  await client.connect(undefined, signal);
  await client.enter("lab", signal);
  await client.deleteroom("lab", signal).catch(() => {});
  await back.promise;
  await console.until(/Connected to the CRDS at .* again\./);
  assertEquals([client.chatting, console.prompt], [true, "[lab] Mel> "]);
  assert(!RAW.test(console.text.replaceAll("\n", "")), console.text);
});

Deno.test("client refuses pages that never end", async () => {
  let pages = 0;
  const room = (i: number) => ({ ...GOOD_ROOM, name: `room-${String(i).padStart(6, "0")}` });
  for (
    const [title, next] of [
      ["the same page", () => page([room(1)], { next: "room-000001" })],
      ["no rooms", () => page([], { next: `x${pages}` })],
      ["pages that go back", () => page([room(1)], { next: `room-${1000 - pages}` })],
      ["a cursor that is none", () => page([room(1)], { next: 7 })],
    ] as const
  ) {
    pages = 0;
    await using server = serving({
      "rooms.list": () => {
        pages++;
        return next();
      },
    });
    const { client } = clientOf(server);
    await using _client = client;
    await client.connect(undefined, signal);
    await assertRejects(() => client.getdir(signal), UserError, "pages that lead nowhere");
    assert(pages <= 2, `${title}: ${pages} pages`);
  }
  await using server = serving({
    "people.list": {
      result: { people: [{ name: "Mel", address: "1", since: 1, idle: 1 }], next: 5 },
    },
  });
  const { client } = clientOf(server);
  await using _client = client;
  await client.connect(undefined, signal);
  await assertRejects(() => client.people.who(signal), UserError, "pages that lead nowhere");
});

Deno.test("client takes no notification that is none, and a flood of them in its stride", async () => {
  const told = Promise.withResolvers<void>();
  const notify = (params: unknown) =>
    JSON.stringify({ jsonrpc: "2.0", method: "rooms.changed", params }) + "\n";
  const change = { revision: 5, kind: "created", room: { ...GOOD_ROOM, createdBy: EVIL } };
  await using server = serving({
    "rooms.list": ({ id }) => ({
      raw: async (write) => {
        for (const params of [[], { revision: 1 }, { ...change, revision: "5" }]) {
          await write(notify(params));
        }
        await write(notify({ ...change, kind: "stolen" }) + notify({ ...change, room: null }));
        await write(notify({ ...change, room: { ...GOOD_ROOM, address: "8.8.8.8" } }));
        const many = notify(change).repeat(500);
        for (let i = 0; i < 20; i++) await write(many);
        const result = { revision: 5, rooms: [] };
        await write(JSON.stringify({ jsonrpc: "2.0", id, result }) + "\n");
        told.resolve();
      },
    }),
  });
  const { client, console } = clientOf(server);
  await using _client = client;
  await client.connect(undefined, signal);
  await client.getdir(signal);
  await told.promise;
  const created = console.shown.filter((line) => line.startsWith('err Room "lab" was created by '));
  assertEquals(created.length, 10_000);
  assertEquals(console.shown.filter((line) => RAW.test(line)), []);
  assertEquals(console.shown.length, 10_002);
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function runClient(server: HostileServer, ...args: string[]): Promise<Ended> {
  const env = { CRDS_IFACE: "127.0.0.1", CRDS_SERVER: server.where, USER: "mel" };
  await using client = startTask("client", args, env);
  await client.closeStdin();
  const { code } = await client.status;
  return { code, stdout: client.stdout, stderr: client.stderr };
}

Deno.test("client as a command ends with 1 and one sentence, whatever the server does", async () => {
  const line = (size: number) => `{"x":"${"x".repeat(size)}`;
  const cases: readonly [title: string, answers: Answers, sentence: RegExp][] = [
    ["closes at once", { "hello": "close" }, /closed the connection without an answer/],
    ["greets with nonsense", { "hello": { result: 7 } }, /Cannot understand the CRDS/],
    ["closes instead of an answer", { "rooms.list": "close" }, /Cannot hear the answer/],
    [
      "closes in the middle of an answer",
      {
        "rooms.list": ({ id }) => ({
          raw: async (write) => {
            await write(`{"jsonrpc":"2.0","id":${id},"result":{"revision":1,"rooms":[{"na`);
            throw new Error("close");
          },
        }),
      },
      /Cannot hear the answer/,
    ],
    [
      "sends lines of 64 KiB and more",
      { "rooms.list": { raw: (write) => write(`${line(70_000)}\n`.repeat(200)) } },
      /Cannot hear the answer/,
    ],
    [
      "sends pages without end",
      { "rooms.list": page([GOOD_ROOM], { next: "lab" }) },
      /pages that lead nowhere/,
    ],
  ];
  for (const [title, answers, sentence] of cases) {
    await using server = serving(answers);
    const { code, stdout, stderr } = await runClient(server, "getdir");
    assertEquals([code, stdout, stderr.split("\n").length], [1, "", 2], `${title}: ${stderr}`);
    assert(sentence.test(stderr) && !RAW.test(stderr.trimEnd()), `${title}: ${stderr}`);
  }
});

Deno.test("client as a command prints JSON of a hostile server with nothing raw in it", async () => {
  const evil = { ...GOOD_ROOM, topic: EVIL, createdBy: EVIL, members: 3, extra: EVIL };
  await using server = serving({ "rooms.list": page([evil]) });
  const { code, stdout, stderr } = await runClient(server, "getdir", "--json");
  assertEquals([code, stderr, RAW.test(stdout.trimEnd())], [0, "", false]);
  const { extra: _, ...known } = evil;
  assertEquals(JSON.parse(stdout), [known]);
});
