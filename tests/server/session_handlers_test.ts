import { assert, assertEquals } from "@std/assert";
import type { RpcContext } from "../../lib/rpc/methods.ts";
import { guardHandlers, SERVER_METHODS } from "../../lib/server/session_handlers.ts";
import { formatStatusJson, formatStatusText } from "../../lib/server/status_event.ts";
import { FakeStore, RecordingLog } from "../helpers/fakes.ts";
import { refusalOf, type ServiceClient, ServiceRig } from "../helpers/service_rig.ts";

const PEER = "10.0.0.5:40122";
const HELLO = { client: "test", protocol: 1 };
const NO_CONTEXT = {} as RpcContext;

type Params = Record<string, unknown> | unknown[];

/** A guarded session and its log. */
function guarded(rig: ServiceRig, log: RecordingLog = new RecordingLog()): {
  client: ServiceClient;
  log: RecordingLog;
  ask: (method: string, params?: Params) => unknown;
  said: () => string[];
} {
  const client = rig.client();
  const handlers = guardHandlers(client.service, log, PEER);
  const ask = (method: string, params: Params = {}): unknown =>
    handlers[method]!(params, NO_CONTEXT);
  const said = (): string[] => log.events.map(formatStatusText);
  return { client, log, ask, said };
}

Deno.test("guardHandlers() serves every method of the tables and nothing else", async () => {
  using rig = await ServiceRig.open();
  using client = rig.client();
  const handlers = guardHandlers(client.service, new RecordingLog(), PEER);
  assertEquals(Object.keys(handlers).sort(), SERVER_METHODS.map(({ name }) => name).sort());
  assertEquals(Object.keys(client.call).sort(), Object.keys(handlers).sort());
  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"]) {
    assertEquals(handlers[name], undefined, name);
  }
});

Deno.test("guardHandlers() answers nothing before hello, not even to who knows no manners", async () => {
  using rig = await ServiceRig.open();
  const { client, ask } = guarded(rig);
  for (const { name } of SERVER_METHODS) {
    if (name === "hello") continue;
    const refused = await refusalOf(() => ask(name, { name: "a", room: "a" }));
    assertEquals(refused, {
      rpcCode: -32000,
      message: `Cannot call ${name}: the first request must be hello.`,
      data: { code: "HELLO_FIRST" },
    });
  }
  assertEquals((await refusalOf(() => ask("hello", { ...HELLO, protocol: 0 }))).rpcCode, -32000);
  assertEquals((await refusalOf(() => ask("rooms.list"))).data, { code: "HELLO_FIRST" });
  ask("hello", HELLO);
  assertEquals(ask("rooms.list"), { revision: 0, rooms: [] });
  client[Symbol.dispose]();
});

Deno.test("guardHandlers() answers wrong parameters with -32602 and what is wrong", async () => {
  using rig = await ServiceRig.open();
  const { client, ask } = guarded(rig);
  ask("hello", HELLO);
  const byName = "parameters are given by name, as an object, not by position";
  const table: [method: string, params: Params, fault: string][] = [
    ["hello", { protocol: 1 }, '"client" is missing'],
    ["hello", { client: "x", protocol: "1" }, '"protocol" must be an integer'],
    ["hello", { client: "x", protocol: 1.5 }, '"protocol" must be an integer'],
    ["hello", { client: "x", protocol: 1e300 }, '"protocol" must be an integer'],
    ["hello", { ...HELLO, name: null }, '"name" must be a string'],
    ["hello", { ...HELLO, keepAlive: "yes" }, '"keepAlive" must be a boolean'],
    ["hello", { ...HELLO, resume: { a: 1 } }, '"resume" must be a string'],
    ["rooms.find", ["lobby"], byName],
    ["rooms.find", [], byName],
    ["rooms.find", {}, '"name" is missing'],
    ["rooms.find", { name: ["lobby"] }, '"name" must be a string'],
    ["rooms.create", { name: "a", port: "1" }, '"port" must be an integer'],
    ["rooms.create", { name: "a", port: null }, '"port" must be an integer'],
    ["rooms.watch", { since: true }, '"since" must be an integer'],
    ["people.list", { after: "1" }, '"after" must be an integer'],
    ["people.move", {}, '"room" is missing'],
    ["rooms.find", { name: "x".repeat(2_049) }, '"name" must have at most 2048 characters'],
    ["people.move", { room: 7 }, '"room" must be a string'],
  ];
  for (const [method, params, fault] of table) {
    assertEquals(await refusalOf(() => ask(method, params)), {
      rpcCode: -32602,
      message: `Cannot call ${method}: ${fault}.`,
      data: undefined,
    });
  }
  assertEquals(ask("people.move", { room: null }), {});
  assertEquals(rig.directory.size, 0);
  client[Symbol.dispose]();
});

Deno.test("guardHandlers() takes parameters from nobody's prototype", async () => {
  using rig = await ServiceRig.open();
  const { client, ask, log } = guarded(rig);
  ask(
    "hello",
    JSON.parse('{"client":"t","protocol":1,"__proto__":{"name":"Eve"},"constructor":1}'),
  );
  assertEquals(rig.presence.people().map(({ name }) => name), ["anonymous@10.0.0.5"]);
  const inherited = Object.create({ name: "lobby" });
  const refused = await refusalOf(() => ask("rooms.find", inherited));
  assertEquals(refused.message, 'Cannot call rooms.find: "name" is missing.');
  const parsed = JSON.parse('{"__proto__":{"name":"lobby"}}');
  assertEquals((await refusalOf(() => ask("rooms.find", parsed))).rpcCode, -32602);
  assertEquals(Object.hasOwn(Object.prototype, "name"), false);
  assertEquals(log.events.length, 3);
  client[Symbol.dispose]();
});

Deno.test("guardHandlers() tells each call and its outcome in one line", async () => {
  using rig = await ServiceRig.open();
  const { client, ask, said } = guarded(rig);
  await refusalOf(() => ask("rooms.list"));
  ask("hello", { ...HELLO, name: "Mel", keepAlive: true, more: "unknown" });
  await ask("rooms.create", { name: "a", address: "239.1.2.3", port: 1 });
  await refusalOf(() => ask("rooms.create", { name: "a" }));
  await refusalOf(() => ask("rooms.find", { name: ["a"] }));
  ask("people.move", { room: null });
  ask("rooms.find", { name: "a" });
  ask("rooms.list");
  ask("rooms.watch", { since: 0 });
  ask("people.list", { after: 0 });
  ask("people.rename", { name: "Mel B" });
  await ask("rooms.delete", { name: "a" });
  await ask("rooms.create", { name: "b" });
  // Allocated: nobody else would ever know.
  const room = rig.directory.find("b");
  const b = `${room?.address}:${room?.port}`;
  assertEquals(
    said(),
    [
      "rooms.list: refused: Cannot call rooms.list: the first request must be hello.",
      "hello client=test name=Mel: as Mel.",
      "rooms.create name=a address=239.1.2.3 port=1: created a (239.1.2.3:1).",
      'rooms.create name=a: refused: Cannot create room "a": the name is taken (239.1.2.3:1).',
      'rooms.find name=...: refused: Cannot call rooms.find: "name" must be a string.',
      "people.move room=null: done.",
      "rooms.find name=a: a (239.1.2.3:1).",
      "rooms.list: 1 room.",
      "rooms.watch: 1 change.",
      "people.list: 1 person.",
      'people.rename name="Mel B": as Mel B.',
      "rooms.delete name=a: deleted a (239.1.2.3:1).",
      `rooms.create name=b: created b (${b}).`,
    ].map((line) => `${PEER} ${line}`),
  );
  client[Symbol.dispose]();
});

Deno.test("guardHandlers() never logs the secret, and cuts what is long", async () => {
  using rig = await ServiceRig.open();
  const { client, ask, log } = guarded(rig);
  const secret = "s3cr3t-s3cr3t-s3cr3t";
  await refusalOf(() => ask("hello", { ...HELLO, protocol: 0, resume: secret }));
  await refusalOf(() => ask("hello", { ...HELLO, resume: [secret] }));
  await refusalOf(() => ask("hello", { ...HELLO, resume: secret.repeat(10) }));
  await refusalOf(() => ask("hello", [secret]));
  ask("hello", { ...HELLO, name: "Mel", resume: secret });
  ask("rooms.list", { resume: secret });
  await refusalOf(() =>
    ask("rooms.create", { name: "n".repeat(2_000), topic: "t".repeat(60_000) })
  );
  await refusalOf(() => ask("rooms.find", { name: "\u{1f600}".repeat(60) + "x\x1b[2J" }));
  await refusalOf(() => ask("rooms.create", { name: "n".repeat(2_000) }));
  const lines = log.events.flatMap((
    event,
  ) => [formatStatusText(event), formatStatusJson(event, 0)]);
  assertEquals(lines.length, 18);
  for (const line of lines) {
    assert(!line.includes("s3cr3t"), line);
    assert(line.length < 1_000, `${line.length} characters`);
    // deno-lint-ignore no-control-regex
    assert(!/[\x00-\x1f]/.test(line), line);
  }
  client[Symbol.dispose]();
});

Deno.test("guardHandlers() refuses the longest of parameters in a sentence that fits a line", async () => {
  using rig = await ServiceRig.open();
  const { client, ask } = guarded(rig);
  ask("hello", HELLO);
  for (const text of ["\u0080", '"', "ส", "\ud800"].map((unit) => unit.repeat(2_048))) {
    const attempts: [method: string, params: Params][] = [
      ["hello", { ...HELLO, name: text }],
      ["people.rename", { name: text }],
      ["people.rename", { name: `anonymous@${text.slice(10)}` }],
      ["rooms.create", { name: text }],
      ["rooms.create", { name: "a", address: text }],
      ["rooms.create", { name: "a", topic: text }],
      ["rooms.delete", { name: text }],
      ["rooms.find", { name: text }],
    ];
    for (const [method, params] of attempts) {
      const refused = await refusalOf(() => ask(method, params));
      assertEquals(refused.rpcCode, -32000);
      assert(new TextEncoder().encode(JSON.stringify(refused)).length < 32_000);
    }
  }
  client[Symbol.dispose]();
});

Deno.test("guardHandlers() says nothing of calls when nobody wants to know, but of mishaps", async () => {
  const store = new FakeStore();
  store.snapshotted.resolve({ revision: 0, rooms: [] });
  using rig = await ServiceRig.open(store);
  const { client, ask, said } = guarded(rig, new RecordingLog(false));
  ask("hello", HELLO);
  await refusalOf(() => ask("rooms.find", { name: "a" }));
  const creating = ask("rooms.create", { name: "a" });
  store.calls[0]?.finish();
  await creating;
  assertEquals(said(), []);
  client[Symbol.dispose]();
});

Deno.test("guardHandlers() takes a call for a sign of life, and a refused one before hello for none", async () => {
  using rig = await ServiceRig.open();
  const { client, ask } = guarded(rig);
  rig.time = 2_000_000;
  await refusalOf(() => ask("rooms.list"));
  const active = () => rig.presence.people()[0]?.active;
  assertEquals(active(), 1_000_000);
  ask("hello", HELLO);
  rig.time = 3_000_000;
  ask("rooms.list");
  assertEquals(active(), 3_000_000);
  client[Symbol.dispose]();
});
