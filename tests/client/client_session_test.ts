import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Client } from "../../lib/client/client.ts";
import { makeClient } from "../helpers/client_rig.ts";
import { FakeConsole } from "../helpers/fake_console.ts";
import { GREETING, HostileServer } from "../helpers/hostile_server.ts";
import { SessionServer } from "../helpers/session_server.ts";
import { someRoom } from "../helpers/some_room.ts";

const { signal } = new AbortController();

function clientOf(
  { endpoint }: SessionServer,
  name = "Mel",
): { client: Client; console: FakeConsole } {
  const console = new FakeConsole(true);
  return { client: makeClient(endpoint, console, { name }), console };
}

Deno.test("Client tells of rooms that others make and delete, and of its own once", async () => {
  await using server = await SessionServer.start();
  const { client, console } = clientOf(server);
  await using _client = client;
  await client.connect(undefined, signal);
  await client.makeroom({ name: "mine", address: "239.1.2.3", port: "1" }, signal);
  await client.deleteroom("mine", signal);
  await server.directory.create("yours", "239.1.2.3", "2", { createdBy: "Bob\x1b" });
  await console.until(/"yours" was created/);
  await server.directory.delete("yours");
  await console.until(/"yours" was deleted/);
  assertEquals(console.shown, [
    `err Connected to the CRDS at ${server.where}.`,
    'err Created room "mine" (239.1.2.3:1).',
    'err Deleted room "mine" (239.1.2.3:1).',
    'err Room "yours" was created by Bob\ufffd.',
    'err Room "yours" was deleted.',
  ]);
});

Deno.test("Client in a room hears only of what happens to that room", async () => {
  await using server = await SessionServer.start();
  const { client, console } = clientOf(server);
  await using _client = client;
  await client.connect(undefined, signal);
  await client.makeroom({ name: "lobby" }, signal);
  await client.enter("lobby", signal);
  const before = console.shown.length;
  await server.directory.create("other", "239.1.2.3", "2");
  await server.directory.delete("other");
  await server.directory.delete("lobby");
  await console.until(/deleted from the directory/);
  assertEquals(console.shown.slice(before), [
    'err Room "lobby" was deleted from the directory; whoever is in it stays.',
  ]);
  assertEquals(client.chatting, true);
});

Deno.test("Client takes the suggested name, and says so", async () => {
  await using server = await SessionServer.start();
  const [one, two] = [clientOf(server), clientOf(server, "MEL")];
  await using _one = one.client;
  await using _two = two.client;
  await one.client.connect(undefined, signal);
  await two.client.connect(undefined, signal);
  assertEquals(two.console.shown, [
    'err The name "MEL" is taken there: you are "MEL2" now.',
    `err Connected to the CRDS at ${server.where}.`,
  ]);
  await two.client.people.who(signal);
  assertStringIncludes(two.console.text, "out MEL2  127.0.0.1");
});

Deno.test("Client comes back to a server that restarts, with name, room and missed changes", async () => {
  await using server = await SessionServer.start();
  const { client, console } = clientOf(server);
  await using _client = client;
  await client.connect(undefined, signal);
  await client.makeroom({ name: "lobby" }, signal);
  await client.enter("lobby", signal);
  await client.leave();
  const before = console.shown.length;
  const { where } = server;
  await server.stop();
  await console.until(/is gone/);
  assertEquals(console.prompt, "crds> ");
  await server.directory.create("meanwhile", "239.1.2.3", "2", { createdBy: "Bob" });
  const listed = client.getdir(signal);
  await server.startAgain();
  await listed;
  const [gone, ...rest] = console.shown.slice(before);
  assertEquals(
    gone,
    `err The connection to the CRDS at ${where} is gone: the other side closed the connection. ` +
      "Trying to get it back.",
  );
  assertEquals(rest.slice(0, 3).sort(), [
    `err Connected to the CRDS at ${where} again.`,
    'err Room "meanwhile" was created by Bob.',
    `err Waiting for the CRDS at ${where}...`,
  ]);
  assertEquals(console.prompt, `crds@${where}> `);
  await client.people.who(signal);
  assertEquals(/^out Mel /m.test(console.text), true, console.text);
});

Deno.test("Client changes its name while the server is away, and comes back with it", async () => {
  await using server = await SessionServer.start();
  const { client, console } = clientOf(server);
  await using _client = client;
  await client.connect(undefined, signal);
  await server.stop();
  await console.until(/is gone/);
  await client.rename("Ann", signal);
  await server.startAgain();
  await client.people.who(signal);
  assertEquals(/^out Ann /m.test(console.text), true, console.text);
});

Deno.test("Client keeps a name that it took while the connection was being got back", async () => {
  const renames: unknown[] = [];
  const renamed = Promise.withResolvers<void>();
  let greetings = 0;
  await using server: HostileServer = new HostileServer(({ id, method, params }) => {
    if (method === "hello" && ++greetings === 2) {
      return {
        raw: async (write) => {
          // The greeting under the old name is on its way.
          await client.rename("Ann", signal);
          const result = { you: { name: "Mel" } };
          await write(JSON.stringify({ jsonrpc: "2.0", id, result }) + "\n");
        },
      };
    }
    if (method === "hello") return GREETING;
    if (method === "rooms.watch") return { result: { revision: 1 } };
    if (method !== "people.rename") return "close";
    renames.push(params);
    renamed.resolve();
    return { result: params };
  });
  const console = new FakeConsole(true);
  const client = makeClient(server.endpoint, console);
  await using _client = client;
  await client.connect(undefined, signal);
  await client.getdir(signal).catch(() => {});
  await renamed.promise;
  await console.until(/ again\./);
  assertEquals(renames, [{ name: "Ann" }]);
  assertEquals(console.text.includes("taken"), false, console.text);
  await client.rename("Ann", signal);
  assertEquals(console.shown.at(-1), 'err You are "Ann" now.');
});

Deno.test("Client in a room that is deleted and created again is a member there again", async () => {
  await using server = await SessionServer.start();
  for (const interactive of [true, false]) {
    const console = new FakeConsole(interactive);
    const client = makeClient(server.endpoint, console);
    await using _client = client;
    await client.connect(undefined, signal);
    const room = someRoom();
    await server.directory.create("lab", room.address, String(room.port));
    await client.enter("lab", signal);
    // A server that starts anew, and has no rooms, knows of no members either.
    await server.directory.delete("lab");
    await server.stop();
    await console.until(/is gone/);
    await server.startAgain();
    await client.people.who(signal);
    assertEquals(/ lab$/m.test(console.text), false);
    await server.directory.create("lab", room.address, String(room.port));
    const inRoom = () => /^out Mel .* lab$/m.test(console.text);
    while (!inRoom()) await client.people.who(signal);
    await server.directory.delete("lab");
  }
});
