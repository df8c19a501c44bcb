import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MemoryStore } from "../../lib/directory/memory_store.ts";
import type { RoomChange } from "../../lib/directory/room_methods.ts";
import { UserError } from "../../lib/errors.ts";
import { MAX_LINE_BYTES } from "../../lib/framing/json_lines.ts";
import { FakeStore } from "../helpers/fakes.ts";
import { PASSWORD, refusalOf, ServiceRig } from "../helpers/service_rig.ts";

const A = { name: "a", address: "239.1.2.3", port: 1 };
const KNOWN_A = { ...A, createdAt: 86_400_000, createdBy: "Mel" };

function sizeOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

Deno.test("rooms.create, find, list and delete tell the room with its members", async () => {
  using rig = await ServiceRig.open();
  using client = rig.named("Mel");
  const { call } = client;
  const topic = "tea & สวัสดี";
  assertEquals(await call["rooms.create"]({ ...A, topic }), {
    room: { ...KNOWN_A, topic, members: 0 },
  });
  call["people.move"]({ room: "a" });
  const room = { ...KNOWN_A, topic, members: 1 };
  assertEquals(await call["rooms.find"]({ name: "a" }), { room });
  assertEquals(await call["rooms.list"]({}), { revision: 1, rooms: [room] });
  assertEquals(await call["rooms.delete"]({ name: "a" }), { room });
  assertEquals(await call["rooms.list"]({}), { revision: 2, rooms: [] });
});

const CHECK = "A".repeat(22);

Deno.test("rooms.create seals a room, and all are told the check value", async () => {
  using rig = await ServiceRig.open();
  using client = rig.named("Mel");
  const { call, notes } = client;
  call["rooms.watch"]({});
  const room = { ...KNOWN_A, sealed: CHECK, members: 0 };
  assertEquals(await call["rooms.create"]({ ...A, sealed: CHECK }), { room });
  assertEquals(await call["rooms.find"]({ name: "a" }), { room });
  assertEquals(await call["rooms.list"]({}), { revision: 1, rooms: [room] });
  assertEquals(notes, [{
    method: "rooms.changed",
    params: { revision: 1, kind: "created", room },
  }]);
  const refused = await refusalOf(() => call["rooms.create"]({ name: "b", sealed: "secret" }));
  assertEquals(refused.data, { code: "BAD_SEAL" });
});

Deno.test("rooms.delete is for the one who made the room, if the server says so", async () => {
  using rig = await ServiceRig.open(new MemoryStore(), { ownerDeletes: true });
  using mel = rig.named("Mel");
  using nameless = rig.client();
  using other = rig.named("Bob");
  await mel.call["rooms.create"](A);
  await nameless.call["rooms.create"]({ name: "b" });
  assertEquals(await refusalOf(() => other.call["rooms.delete"]({ name: "a" })), {
    rpcCode: -32000,
    message: 'Cannot delete room "a": on this server only who made it may (Mel); ask them.',
    data: { code: "NOT_OWNER", by: KNOWN_A },
  });
  const { data } = await refusalOf(() => mel.call["rooms.delete"]({ name: "b" }));
  assertEquals((data as { code: string }).code, "NOT_OWNER");
  // However it is spelt, it is the same guest; at another address it is another one.
  mel.service[Symbol.dispose]();
  using elsewhere = rig.named("Mel", "10.0.0.6");
  await refusalOf(() => elsewhere.call["rooms.delete"]({ name: "a" }));
  elsewhere.service[Symbol.dispose]();
  using again = rig.named("MEL");
  assertEquals((await again.call["rooms.delete"]({ name: "a" })).room.name, "a");
  assertEquals((await nameless.call["rooms.delete"]({ name: "b" })).room.name, "b");
});

Deno.test("who registers a name that was freed does not own the rooms of who had it before", async () => {
  using rig = await ServiceRig.open(new MemoryStore(), { ownerDeletes: true });
  rig.secure = true;
  const password = PASSWORD;
  using mel = await rig.registered("Mel");
  await mel.call["rooms.create"](A);
  await mel.call["account.logout"]({});
  // From everywhere, after every login: it is the same account.
  using back = rig.client("10.0.0.6");
  await back.call["account.login"]({ name: "Mel", password });
  await back.call["rooms.delete"]({ name: "a" });
  await back.call["rooms.create"](A);
  await back.call["account.unregister"]({ password });
  back[Symbol.dispose]();
  rig.time += 1;
  using next = rig.client("10.0.0.7");
  await next.call["account.register"]({ name: "Mel", password });
  const { data } = await refusalOf(() => next.call["rooms.delete"]({ name: "a" }));
  assertEquals((data as { code: string }).code, "NOT_OWNER");
});

Deno.test("nobody is told whose a room is", async () => {
  using rig = await ServiceRig.open();
  using client = rig.named("Mel");
  const { call, notes } = client;
  call["rooms.watch"]({});
  const told = [
    await call["rooms.create"](A),
    await call["rooms.find"]({ name: "a" }),
    await call["rooms.list"]({}),
    await refusalOf(() => call["rooms.create"](A)),
    await call["rooms.watch"]({ since: 0 }),
    await call["rooms.delete"]({ name: "a" }),
    notes,
  ];
  assertEquals(rig.directory.changesSince(0)?.[0]?.room.owner, "guest:mel@10.0.0.5");
  assert(!/owner|guest:/.test(JSON.stringify(told)), JSON.stringify(told));
});

Deno.test("rooms.create allocates what is not given, and says who created", async () => {
  using rig = await ServiceRig.open();
  using client = rig.client();
  const { room } = await client.call["rooms.create"]({ name: "a" });
  assert(/^239\.255\.\d+\.\d+$/.test(room.address), room.address);
  assert(room.port >= 20_000 && room.port < 30_000, String(room.port));
  assertEquals(room.createdBy, "anonymous@10.0.0.5");
  const onPort = await client.call["rooms.create"]({ name: "b", port: 7 });
  assertEquals(onPort.room.port, 7);
  const there = await client.call["rooms.create"]({ name: "c", address: "239.1.1.1" });
  assertEquals(there.room.address, "239.1.1.1");
});

Deno.test("the methods about rooms refuse with a code, a sentence and the room in the way", async () => {
  using rig = await ServiceRig.open(new MemoryStore({ maxRooms: 2 }));
  using client = rig.named("Mel");
  const { call } = client;
  await call["rooms.create"](A);
  await call["rooms.create"]({ name: "b", address: "239.1.2.3", port: 2 });
  const create = (wish: object) => () => call["rooms.create"]({ ...A, name: "c", ...wish });
  const table: [call: () => unknown, data: unknown, message: string][] = [
    [
      create({ name: "a" }),
      { code: "ROOM_EXISTS", by: KNOWN_A },
      'Cannot create room "a": the name is taken (239.1.2.3:1).',
    ],
    [
      create({}),
      { code: "ADDRESS_IN_USE", by: KNOWN_A },
      'Cannot create room "c": 239.1.2.3:1 belongs to room "a".',
    ],
    [create({ port: 3 }), { code: "DIRECTORY_FULL" }, "the directory is full (2 rooms)"],
    [create({ name: "a b" }), { code: "BAD_NAME" }, "white space"],
    [create({ address: "224.0.0.1" }), { code: "BAD_ADDRESS" }, "239.0.0.0-239.255.255.255"],
    [create({ port: 0 }), { code: "BAD_PORT" }, "1-65535"],
    [create({ port: 65536 }), { code: "BAD_PORT" }, "1-65535"],
    [create({ port: -0 }), { code: "BAD_PORT" }, "1-65535"],
    [create({ topic: " " }), { code: "BAD_TOPIC" }, "topic"],
    [create({ topic: "x".repeat(121) }), { code: "BAD_TOPIC" }, "120"],
    [
      () => call["rooms.delete"]({ name: "\x1b" }),
      { code: "NO_SUCH_ROOM" },
      'Cannot delete room "\ufffd": there is no room of that name.',
    ],
    [
      () => call["rooms.find"]({ name: "__proto__" }),
      { code: "NO_SUCH_ROOM" },
      'Cannot find room "__proto__": there is no room of that name.',
    ],
  ];
  for (const [attempt, data, message] of table) {
    const refused = await refusalOf(attempt);
    assertEquals([refused.rpcCode, refused.data], [-32000, data]);
    assertStringIncludes(refused.message, message);
  }
  assertEquals(rig.directory.revision, 2);
});

Deno.test("a store that fails is STORE_FAILED to the client and a problem to the operator", async () => {
  const store = new FakeStore();
  store.snapshotted.resolve({ revision: 0, rooms: [] });
  using rig = await ServiceRig.open(store);
  using client = rig.named("Mel");
  const full = 'Cannot create room "a": the disk is full, the directory file "/x" cannot grow.';
  const attempts = [
    refusalOf(() => client.call["rooms.create"](A)),
    refusalOf(() => client.call["rooms.delete"]({ name: "a" })),
  ];
  for (const call of store.calls) call.fail(new UserError(full));
  for (const [at, verb] of ["create", "delete"].entries()) {
    assertEquals(await attempts[at], {
      rpcCode: -32000,
      message:
        `Cannot ${verb} room "a": the server could not store it. Tell the server's operator, then try again.`,
      data: { code: "STORE_FAILED" },
    });
  }
  assertEquals(client.problems, [full, full]);
  const fault = client.call["rooms.create"](A);
  store.calls.at(-1)?.fail(new TypeError("x is undefined"));
  await assertRejects(() => Promise.resolve(fault), TypeError, "x is undefined");
});

Deno.test("rooms.list goes through thousands of rooms in pages that fit a line", async () => {
  using rig = await ServiceRig.open();
  using client = rig.named("Mel");
  const topic = "ส".repeat(120);
  const names = Array.from({ length: 600 }, (_, at) => `room-${String(at).padStart(5, "0")}`);
  for (const name of names.toReversed()) {
    await rig.directory.create(name, undefined, undefined, { topic });
  }
  const seen: string[] = [];
  let pages = 0;
  let after: string | undefined;
  for (;;) {
    const page = await client.call["rooms.list"](after === undefined ? {} : { after });
    const size = sizeOf({ jsonrpc: "2.0", id: "x".repeat(256), result: page });
    assert(size < MAX_LINE_BYTES, `${size} bytes`);
    seen.push(...page.rooms.map(({ name }) => name));
    pages++;
    after = page.next;
    if (after === undefined) break;
    assertEquals(after, seen.at(-1));
    if (pages === 1) {
      // The room the next page goes on behind, and one further on, are deleted meanwhile.
      await rig.directory.delete(after);
      await rig.directory.delete("room-00599");
    }
  }
  assert(pages > 4, `${pages} pages`);
  assertEquals(seen, names.slice(0, -1));
});

Deno.test("rooms.list after a name that never was begins behind where it would stand", async () => {
  using rig = await ServiceRig.open();
  using client = rig.named("Mel");
  for (const name of ["b", "a", "d"]) await client.call["rooms.create"]({ name });
  const after = async (name: string) =>
    (await client.call["rooms.list"]({ after: name })).rooms.map(({ name }) => name);
  assertEquals(await after("c"), ["d"]);
  assertEquals(await after(""), ["a", "b", "d"]);
  assertEquals(await after("d"), []);
});

Deno.test("rooms.watch tells changes in order, once, until rooms.unwatch", async () => {
  using rig = await ServiceRig.open();
  using client = rig.named("Mel");
  using other = rig.client();
  assertEquals(await client.call["rooms.watch"]({}), { revision: 0 });
  assertEquals(await client.call["rooms.watch"]({}), { revision: 0 });
  await other.call["rooms.create"](A);
  await client.call["rooms.delete"]({ name: "a" });
  const room = { ...KNOWN_A, createdBy: "anonymous@10.0.0.5", members: 0 };
  assertEquals(client.notes, [
    { method: "rooms.changed", params: { revision: 1, kind: "created", room } },
    { method: "rooms.changed", params: { revision: 2, kind: "deleted", room } },
  ]);
  assertEquals(client.call["rooms.unwatch"]({}), {});
  assertEquals(client.call["rooms.unwatch"]({}), {});
  await other.call["rooms.create"](A);
  assertEquals([client.notes.length, other.notes.length], [2, 0]);
});

Deno.test("rooms.watch since a revision brings what was missed, or says that it cannot", async () => {
  using rig = await ServiceRig.open();
  using writer = rig.named("Mel");
  for (const name of ["a", "b"]) await writer.call["rooms.create"]({ name });
  await writer.call["rooms.delete"]({ name: "a" });
  const since = async (since: number) => {
    using client = rig.client();
    const { revision, changes } = await client.call["rooms.watch"]({ since });
    return [revision, changes?.map(({ kind, room }: RoomChange) => `${kind} ${room.name}`)];
  };
  assertEquals(await since(0), [3, ["created a", "created b", "deleted a"]]);
  assertEquals(await since(2), [3, ["deleted a"]]);
  assertEquals(await since(3), [3, []]);
  assertEquals(await since(4), [3, undefined], "a revision that never was");
  assertEquals(await since(-1), [3, undefined]);
});

Deno.test("rooms.watch since long ago answers without changes rather than with a part", async () => {
  using rig = await ServiceRig.open();
  using writer = rig.named("Mel");
  const topic = "ส".repeat(120);
  for (let at = 0; at < 200; at++) await writer.call["rooms.create"]({ name: `r${at}`, topic });
  using client = rig.client();
  assertEquals(await client.call["rooms.watch"]({ since: 0 }), { revision: 200 });
  const { changes } = await client.call["rooms.watch"]({ since: 150 });
  assertEquals(changes?.length, 50);
});

Deno.test("SessionService ends its watches and frees its name when disposed", async () => {
  using rig = await ServiceRig.open();
  const client = rig.named("Mel");
  client.call["rooms.watch"]({});
  client.call["people.watch"]({});
  client.service[Symbol.dispose]();
  using other = rig.named("Mel");
  await other.call["rooms.create"](A);
  assertEquals([client.notes, rig.presence.size], [[], 1]);
});
