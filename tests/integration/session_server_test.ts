/**
 * Sessions beside lab clients, with the real server over TCP.
 */

import { assert, assertEquals } from "@std/assert";
import { Directory } from "../../lib/directory/directory.ts";
import { MemoryStore } from "../../lib/directory/memory_store.ts";
import { DirectoryServer } from "../../lib/server/directory_server.ts";
import { bytes, deleteroom, GETDIR, makeroom } from "../helpers/bytes.ts";
import { FakeStore, RecordingLog } from "../helpers/fakes.ts";
import { getdirOnce, RawConnection } from "../helpers/lab_connection.ts";
import { startServer } from "../helpers/processes.ts";
import { SessionClient } from "../helpers/session_client.ts";

const HELLO = '{"jsonrpc":"2.0","id":1,"method":"hello","params":{"client":"t","protocol":1}}\n';
const LOBBY = { name: "lobby", address: "239.255.7.1", port: 20100 };
const LOBBY_LINE = "lobby: 239.255.7.1:20100\n";

Deno.test("lab clients see the rooms of sessions, and sessions those of lab clients", async () => {
  await using server = await startServer();
  using session = await SessionClient.greet(server.port, { name: "Mel" });
  using lab = await RawConnection.open(server.port);
  await session.ask("rooms.watch");
  await session.ask("rooms.create", { ...LOBBY, topic: "Tea" });
  assertEquals(await lab.getdir(), LOBBY_LINE);
  await lab.send(makeroom("annex", "239.255.7.2", "20101"));
  assertEquals(await lab.getdir(), `${LOBBY_LINE}annex: 239.255.7.2:20101\n`);
  const { result } = await session.ask("rooms.find", { name: "annex" });
  assertEquals([result.room.address, result.room.port], ["239.255.7.2", 20101]);
  await lab.send(deleteroom("lobby"));
  assertEquals(await lab.getdir(), "annex: 239.255.7.2:20101\n");
  const gone = await session.ask("rooms.find", { name: "lobby" });
  assertEquals(gone.error?.data?.code, "NO_SUCH_ROOM");
  const clash = await session.ask("rooms.create", {
    name: "x",
    address: "239.255.7.2",
    port: 20101,
  });
  assertEquals(clash.error?.data?.code, "ADDRESS_IN_USE");
  assertEquals(
    session.notes.map(({ params }) => `${params.kind} ${params.room.name}`),
    ["created lobby", "created annex", "deleted lobby"],
  );
  const { people } = (await session.ask("people.list")).result;
  assertEquals(
    people.map((person: { name: string }) => person.name).sort(),
    ["Mel", "anonymous@127.0.0.1"],
  );
});

Deno.test("one port, two protocols, byte by byte", async () => {
  await using server = await startServer();
  using session = await SessionClient.open(server.port);
  using lab = await RawConnection.open(server.port);
  const request = '{"jsonrpc":"2.0","id":2,"method":"rooms.create","params":{"name":"สวัสดี"}}\n';
  const spoken = bytes(HELLO + request);
  const laboured = bytes(makeroom("lab", "239.1.2.3", "50100"), GETDIR);
  for (let at = 0; at < Math.max(spoken.length, laboured.length); at++) {
    if (at < spoken.length) await session.conn.send(spoken.subarray(at, at + 1));
    if (at < laboured.length) await lab.send(laboured.subarray(at, at + 1));
  }
  assertEquals((await session.hear()).result.protocol, 1);
  assertEquals((await session.hear()).result.room.name, "สวัสดี");
  const answer = new TextDecoder().decode((await lab.read(8 + 21)).subarray(8));
  assertEquals(answer, "lab: 239.1.2.3:50100\n");
});

Deno.test("a first byte that is neither 1-4 nor { ends the connection, and nothing else does", async () => {
  await using server = await startServer();
  for (const first of ["[", " ", "\n", "H", "\0", "\x05", "\xff", "\ufeff{"]) {
    using conn = await RawConnection.open(server.port);
    await conn.send(bytes(first, HELLO));
    await conn.untilClosed();
  }
  // And { where a lab request should begin is no session any more.
  using lab = await RawConnection.open(server.port);
  assertEquals(await lab.getdir(), "");
  await lab.send(bytes(HELLO));
  await lab.untilClosed();
  using session = await SessionClient.greet(server.port);
  assertEquals((await session.ask("ping")).result, {});
});

Deno.test("a session whose client ends its side is answered all the same", async () => {
  await using server = await startServer();
  using client = await SessionClient.open(server.port);
  const list = '{"jsonrpc":"2.0","id":2,"method":"rooms.list"}\n';
  await client.say(HELLO + list.repeat(100));
  await client.conn.end();
  assertEquals((await client.untilEnd()).length, 101);
});

Deno.test("200 sessions at once create, are told in order, and see one directory", async () => {
  await using server = await startServer(["--quiet"]);
  const count = 200;
  const open = Array.from(
    { length: count },
    (_, at) => SessionClient.greet(server.port, { name: `n${at}` }),
  );
  const clients = await Promise.all(open);
  try {
    using watcher = await SessionClient.greet(server.port);
    const { revision } = (await watcher.ask("rooms.watch")).result;
    const answers = await Promise.all(
      clients.map((client, at) => client.ask("rooms.create", { name: `room-${at}` })),
    );
    assertEquals(answers.filter(({ error }) => error !== undefined), []);
    const places = answers.map(({ result }) => `${result.room.address}:${result.room.port}`);
    assertEquals(new Set(places).size, count);
    while (watcher.notes.length < count) watcher.notes.push(await watcher.hear());
    assertEquals(
      watcher.notes.map(({ params }) => params.revision),
      Array.from({ length: count }, (_, at) => revision + at + 1),
    );
    const names = new Set<string>();
    let after: string | undefined;
    for (;;) {
      const { rooms, next } = (await watcher.ask("rooms.list", { after })).result;
      for (const room of rooms) names.add(room.name);
      after = next;
      if (after === undefined) break;
    }
    assertEquals(names.size, count);
    assertEquals((await getdirOnce(server.port)).split("\n").length, count + 1);
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
});

Deno.test("a name is held by one session, and free when its connection is gone", async () => {
  await using server = await startServer();
  const resume = "0123456789abcdef";
  using lost = await SessionClient.greet(server.port, { name: "Mel", resume });
  using other = await SessionClient.open(server.port);
  const hello = { client: "t", protocol: 1, name: "MEL" };
  assertEquals((await other.ask("hello", hello)).error?.data, {
    code: "NAME_TAKEN",
    suggestion: "MEL2",
  });
  using back = await SessionClient.greet(server.port, { name: "Mel", resume });
  assertEquals(await lost.untilEnd(), []);
  await server.program.waitFor(/Connection closed: \S+ \(the same client connected again\)/);
  back[Symbol.dispose]();
  await server.program.next(/Connection closed: \S+\.\n/);
  assertEquals((await other.ask("hello", hello)).result.you.name, "MEL");
  assert(!server.program.stdout.includes(resume));
});

Deno.test("SIGTERM: what was asked is answered, then every session ends, and the server with 0", async () => {
  await using server = await startServer();
  using busy = await SessionClient.greet(server.port);
  using idle = await SessionClient.greet(server.port);
  const lines = Array.from(
    { length: 500 },
    (_, id) =>
      JSON.stringify({ jsonrpc: "2.0", id, method: "rooms.create", params: { name: `r${id}` } }),
  );
  await busy.say(lines.join("\n") + "\n");
  const first = await busy.hear();
  assertEquals(first.id, 0);
  const status = server.program.stop("SIGTERM");
  const [answers, nothing] = await Promise.all([busy.untilEnd(), idle.untilEnd()]);
  assertEquals((await status).code, 0);
  // In order and whole, as far as they came to be begun; each stands in the log.
  assertEquals(answers.map((line) => JSON.parse(line).id), answers.map((_, at) => at + 1));
  const done = server.program.stdout.match(
    /rooms\.create name=r\d+\b.*: created r\d+ \(239\.[\d.]+:\d+\)\./g,
  ) ?? [];
  assertEquals([done.length, nothing], [answers.length + 1, []]);
});

Deno.test("DirectoryServer answers what is under way before it ends a session, and no more than that", async () => {
  const store = new FakeStore();
  store.snapshotted.resolve({ revision: 0, rooms: [] });
  using directory = await Directory.open(store);
  const log = new RecordingLog();
  const server = new DirectoryServer({ host: "127.0.0.1", port: 0, directory, log });
  using client = await SessionClient.greet(server.port);
  await client.call("rooms.create", LOBBY);
  await client.ask("ping");
  const stopping = server[Symbol.asyncDispose]();
  store.calls[0]?.finish();
  assertEquals((await client.hear()).result.room.name, "lobby");
  assertEquals(await client.untilEnd(), []);
  await stopping;
});

Deno.test("DirectoryServer ends sessions that are stuck when its patience is over", async () => {
  const store = new FakeStore();
  store.snapshotted.resolve({ revision: 0, rooms: [] });
  using directory = await Directory.open(store);
  const log = new RecordingLog();
  const limits = { stopTimeout: 1 };
  const server = new DirectoryServer({ host: "127.0.0.1", port: 0, directory, log, limits });
  using client = await SessionClient.greet(server.port);
  await client.call("rooms.create", LOBBY);
  await client.ask("ping");
  await server[Symbol.asyncDispose]();
  assertEquals(await client.untilEnd(), []);
  store.calls[0]?.finish();
});

Deno.test("DirectoryServer tells sessions of what somebody else changes in the store", async () => {
  await using store = new MemoryStore();
  using directory = await Directory.open(store);
  const log = new RecordingLog();
  await using server = new DirectoryServer({ host: "127.0.0.1", port: 0, directory, log });
  using client = await SessionClient.greet(server.port);
  await client.ask("rooms.watch");
  await store.create(LOBBY);
  assertEquals((await client.hear()).params.room, { ...LOBBY, members: 0 });
});
