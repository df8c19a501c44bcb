import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { LAB_ONLY } from "../../lib/client/server_link.ts";
import type { Client, ClientOptions } from "../../lib/client/client.ts";
import { UserError } from "../../lib/errors.ts";
import type { LabRequest } from "../../lib/framing/lab.ts";
import { bytes, field, listing } from "../helpers/bytes.ts";
import { makeClient } from "../helpers/client_rig.ts";
import { FakeConsole } from "../helpers/fake_console.ts";
import { someRoom } from "../helpers/some_room.ts";
import { ScriptedLabServer } from "../helpers/scripted_lab_server.ts";

const { signal } = new AbortController();
function clientOf(
  server: ScriptedLabServer,
  options: Partial<ClientOptions> = {},
): { client: Client; console: FakeConsole; where: string } {
  const console = new FakeConsole(true);
  const client = makeClient(server.endpoint, console, options);
  return { client, console, where: `127.0.0.1:${server.endpoint.port}` };
}

Deno.test("Client shows where it is in its prompt", async () => {
  const room = someRoom();
  await using server = new ScriptedLabServer(() => listing(`lab: ${room.endpoint}\n`));
  const { client, console, where } = clientOf(server);
  await using _client = client;
  assertEquals(console.prompt, "crds> ");
  await client.connect(undefined, signal);
  assertEquals(console.prompt, `crds@${where}> `);
  await client.enter("lab", signal);
  assertEquals(console.prompt, "[lab] Mel> ");
  await client.rename("Melanie", signal);
  assertEquals(console.prompt, "[lab] Melanie> ");
  await client.leave();
  assertEquals(console.prompt, `crds@${where}> `);
  await client.bye();
  assertEquals(console.prompt, "crds> ");
  assertEquals(console.shown, [
    `err Connected to the CRDS at ${where}.`,
    `err ${LAB_ONLY}`,
    `err Room "lab": ${room.endpoint}, over lo (127.0.0.1; given with --iface).`,
    'err You are "Mel". Ctrl-] or /leave leaves.',
    'err You are "Melanie" now.',
    'err Left room "lab".',
    `err Closed the connection to the CRDS at ${where}.`,
  ]);
});

Deno.test("Client tells that the connection is lost, and goes on", async () => {
  const room = someRoom();
  const react = ({ op }: LabRequest) =>
    op === "deleteroom" ? "close" : listing(`lab: ${room.endpoint}\n`);
  await using server = new ScriptedLabServer(react);
  const { client, console, where } = clientOf(server);
  await using _client = client;
  await client.connect(undefined, signal);
  await assertRejects(() => client.deleteroom("lab", signal), UserError, "the server closed it");
  await console.until(/is gone/);
  assertEquals(
    console.shown.at(-1),
    `err The connection to the CRDS at ${where} is gone: the server closed it. "connect" opens a new one.`,
  );
  assertEquals(console.prompt, "crds> ");
  await assertRejects(() => client.getdir(signal), UserError, "there is no connection");
});

Deno.test("Client stays in the room when the connection is lost", async () => {
  const room = someRoom();
  const react = ({ op }: LabRequest) =>
    op === "deleteroom" ? "close" : listing(`lab: ${room.endpoint}\n`);
  await using server = new ScriptedLabServer(react);
  const { client, console } = clientOf(server);
  await using _client = client;
  await client.connect(undefined, signal);
  await client.enter("lab", signal);
  await client.deleteroom("lab", signal).catch(() => {});
  await console.until(/the server closed it\. "connect" opens a new one\. The room goes on\./);
  assertEquals(console.prompt, "[lab] Mel> ");
  assertEquals(client.chatting, true);
  await client.say("still here");
  await client.leave();
  assertEquals(console.prompt, "crds> ");
});

Deno.test("Client.connect() closes the connection before, once the new one stands", async () => {
  await using first = new ScriptedLabServer(() => listing(""));
  await using second = new ScriptedLabServer(() => listing("x: 239.0.0.1:1\n"));
  const { client, console, where } = clientOf(first);
  await using _client = client;
  await client.connect(undefined, signal);
  await client.connect(second.endpoint, signal);
  assertStringIncludes(console.text, `Closed the connection to the CRDS at ${where}.`);
  await client.getdir(signal);
  assertEquals(console.shown.slice(-2), ["out NAME  ADDRESS    PORT", "out x     239.0.0.1  1"]);
  assertEquals(console.prompt, `crds@127.0.0.1:${second.endpoint.port}> `);
});

Deno.test("Client.connect() keeps the connection when the new one fails", async () => {
  await using server = new ScriptedLabServer(() => listing(""));
  const gone = new ScriptedLabServer(() => undefined);
  const nowhere = gone.endpoint;
  await gone[Symbol.asyncDispose]();
  const { client, console, where } = clientOf(server);
  await using _client = client;
  await client.connect(undefined, signal);
  await assertRejects(() => client.connect(nowhere, signal), UserError, "nobody listens there");
  assertEquals(console.prompt, `crds@${where}> `);
});

Deno.test("Client.getdir() shows the names of others sanitised", async () => {
  await using server = new ScriptedLabServer(() => listing("a\x1b[2Jb: 239.0.0.1:1\n???\n"));
  const { client, console } = clientOf(server);
  await using _client = client;
  await client.connect(undefined, signal);
  await client.getdir(signal);
  assertEquals(console.text.includes("\x1b"), false);
  assertStringIncludes(console.text, "a\ufffd[2Jb");
  assertStringIncludes(console.text, "1 line");
});

Deno.test("Client says what needs a connection", async () => {
  await using server = new ScriptedLabServer(() => undefined);
  const { client } = clientOf(server);
  await using _client = client;
  for (
    const action of [
      () => client.bye(),
      () => client.getdir(signal),
      () => client.makeroom({ name: "lab" }, signal),
      () => client.deleteroom("lab", signal),
      () => client.people.who(signal),
    ]
  ) await assertRejects(action, UserError, 'there is no connection. "connect" opens one.');
  await assertRejects(() => client.leave(), UserError, "you are in no room");
});

Deno.test("Client.enter() without a connection asks with a short one", async () => {
  const { address, port } = someRoom();
  await using server = new ScriptedLabServer(() => bytes(field(address), field(String(port))));
  const { client, console } = clientOf(server);
  await using _client = client;
  await client.enter("lab", signal);
  assertEquals(console.prompt, "[lab] Mel> ");
  assertEquals(server.requests, [{ op: "chat", name: "lab" }]);
  await client.leave();
  assertEquals(console.prompt, "crds> ");
});

Deno.test("Client.enter() refuses what is no room", async () => {
  const replies = [
    bytes(0),
    bytes(field("224.0.0.1"), field("7")),
    bytes(field("10.0.0.1"), field("7")),
    bytes(field("239.1.2.3"), field("0")),
    bytes(field("239.1.2.3"), field("abc")),
    bytes(field("\x1b[2J"), field("7")),
  ];
  await using server = new ScriptedLabServer(() => replies.shift());
  const { client, console } = clientOf(server);
  await using _client = client;
  while (replies.length > 0) {
    const error = await assertRejects(() => client.enter("lab", signal), UserError);
    assertStringIncludes(error.message, 'Cannot enter room "lab": ');
    assertEquals(error.message.includes("\x1b"), false);
  }
  assertEquals(console.prompt, "crds> ");
  assertEquals(client.chatting, false);
});

Deno.test("Client makes a chat name of any login name", async () => {
  await using server = new ScriptedLabServer(() => undefined);
  for (const [login, name] of [["", "guest"], ["LAB:mel", "LABmel"]] as const) {
    const { client, console } = clientOf(server, { name: login });
    await using _client = client;
    await client.rename("Bob", signal);
    assertEquals(console.shown, ['err You are "Bob" now.'], name);
    await assertRejects(() => client.rename("a:b", signal), UserError, 'it has a ":"');
    assertEquals(console.shown.length, 1);
  }
});
