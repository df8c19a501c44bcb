import { assert, assertEquals } from "@std/assert";
import { SessionAccounts } from "../../lib/server/session_accounts.ts";
import {
  SessionConnection,
  type SessionConnectionOptions,
} from "../../lib/server/session_connection.ts";
import { formatStatusText } from "../../lib/server/status_event.ts";
import { duplex, type DuplexEnd } from "../helpers/duplex.ts";
import { FakeClock, settled } from "../helpers/fake_clock.ts";
import { FakeStore, RecordingLog } from "../helpers/fakes.ts";
import { PASSWORD, ServiceRig } from "../helpers/service_rig.ts";

const PEER = { host: "10.0.0.5", port: 40122 };

interface Served {
  readonly connection: SessionConnection;
  readonly end: Promise<string | undefined>;
  /** The client's side. */
  readonly client: DuplexEnd;
  readonly clock: FakeClock;
  readonly log: RecordingLog;
  /** Sends a request, lets everything happen, returns what was answered. */
  readonly ask: (method: string, params?: unknown) => Promise<string>;
}

async function serve(
  rig: ServiceRig,
  options: Partial<Pick<SessionConnectionOptions, "secure" | "makeParts">> = {},
): Promise<Served> {
  const [socket, client] = duplex();
  const clock = new FakeClock();
  const log = new RecordingLog();
  const { directory, index, presence, sight, records, news } = rig;
  const connection = new SessionConnection({
    secure: false,
    makeParts: () => [],
    socket,
    initial: new TextEncoder().encode('{"jsonrpc":"2.0","id":0,'),
    peer: PEER,
    local: "10.0.0.1",
    relays: undefined,
    now: () => rig.time,
    directory,
    index,
    presence,
    sight,
    records,
    news,
    log,
    server: "crds-server 0",
    clock,
    ...options,
  });
  const end = connection.run();
  await client.say('"method":"ping"}\n');
  await settled();
  assertEquals(await client.hear(), '{"jsonrpc":"2.0","id":0,"result":{}}\n');
  const ask = async (method: string, params?: unknown): Promise<string> => {
    await client.say(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })}\n`);
    await settled();
    return await client.hear();
  };
  return { connection, end, client, clock, log, ask };
}

async function hello({ ask }: Served, params: object = {}): Promise<void> {
  const answer = await ask("hello", { client: "t", protocol: 1, ...params });
  assert(answer.includes('"result"'), answer);
}

Deno.test("SessionConnection notices within 30 s that a peer is dead, and its name is free", async () => {
  using rig = await ServiceRig.open();
  const served = await serve(rig);
  await hello(served, { name: "Mel", keepAlive: true });
  await served.clock.advance(9_999);
  assertEquals(await served.client.hear(), "");
  await served.clock.advance(1);
  assertEquals(
    await served.client.hear(),
    '{"jsonrpc":"2.0","id":"ping","method":"ping","params":{}}\n',
  );
  await served.clock.advance(15_000);
  assertEquals(await served.end, "no answer for 25 s");
  assertEquals([rig.presence.size, served.clock.timers], [0, 0]);
});

Deno.test("SessionConnection that ends without a word ends the login; the token lets in again", async () => {
  using rig = await ServiceRig.open();
  const { people, logins, presence } = rig;
  const { token } = await people.register({ name: "Mel", password: PASSWORD, address: PEER.host });
  const served = await serve(rig, {
    secure: true,
    makeParts: (context) => [new SessionAccounts({ context, logins, presence })],
  });
  await hello(served, { keepAlive: true });
  assertEquals(
    await served.ask("account.resume", { token }),
    `{"jsonrpc":"2.0","id":1,"result":{"name":"Mel","token":"${token}"}}\n`,
  );
  assert(logins.sessionOf("mel") !== undefined);
  await served.clock.advance(10_000);
  await served.client.hear();
  await served.clock.advance(15_000);
  assertEquals(await served.end, "no answer for 25 s");
  assertEquals([presence.size, logins.sessionOf("mel")], [0, undefined]);
  assertEquals(logins.since(60), [{ name: "Mel", last: rig.time }]);
  await people.resume(token);
});

Deno.test("SessionConnection keeps a peer that answers, whatever it answers", async () => {
  using rig = await ServiceRig.open();
  const served = await serve(rig);
  await hello(served, { keepAlive: true });
  for (let round = 0; round < 20; round++) {
    await served.clock.advance(10_000);
    assert((await served.client.hear()).includes('"ping"'));
    await served.client.say(
      round % 2 === 0 ? '{"jsonrpc":"2.0","id":"ping","result":{}}\n' : "\n",
    );
  }
  assertEquals(rig.presence.size, 1);
  served.client.close();
  assertEquals(await served.end, undefined);
});

Deno.test("SessionConnection leaves a silent person at nc in peace", async () => {
  using rig = await ServiceRig.open();
  const served = await serve(rig);
  await hello(served);
  await served.clock.advance(24 * 3_600_000);
  assertEquals([await served.client.hear(), rig.presence.size], ["", 1]);
  served.client.end();
  assertEquals(await served.end, undefined);
});

Deno.test("SessionConnection.stop() answers what is under way, then ends", async () => {
  const store = new FakeStore();
  store.snapshotted.resolve({ revision: 0, rooms: [] });
  using rig = await ServiceRig.open(store);
  const served = await serve(rig);
  await hello(served);
  assertEquals(await served.ask("rooms.create", { name: "a" }), "");
  served.connection.stop();
  assertEquals(await served.ask("rooms.list"), "", "nothing new is taken");
  store.calls[0]?.finish();
  assertEquals(await served.end, "the server stops");
  const answers = (await served.client.hear()).trimEnd().split("\n");
  assertEquals(answers.length, 1);
  assertEquals(JSON.parse(answers[0]!).result.room.name, "a");
});

Deno.test("SessionConnection.abort() ends at once; a change that comes too late is told to nobody", async () => {
  const store = new FakeStore();
  store.snapshotted.resolve({ revision: 0, rooms: [] });
  using rig = await ServiceRig.open(store);
  const served = await serve(rig);
  await hello(served);
  await served.ask("rooms.watch");
  await served.ask("rooms.create", { name: "a" });
  served.connection.abort();
  assertEquals(await served.end, "the server stops");
  store.calls[0]?.finish();
  await settled();
  assertEquals([served.client.waiting, rig.directory.size], [0, 1]);
});

Deno.test("SessionConnection tells the operator of a fault, and the client no more than that", async () => {
  const store = new FakeStore();
  store.snapshotted.resolve({ revision: 0, rooms: [] });
  using rig = await ServiceRig.open(store);
  const served = await serve(rig);
  await hello(served);
  await served.ask("rooms.create", { name: "a" });
  store.calls[0]?.fail(new TypeError("x is undefined"));
  await settled();
  assertEquals(
    await served.client.hear(),
    '{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"Internal error"}}\n',
  );
  const said = served.log.events.map(formatStatusText);
  const what =
    "Cannot answer rooms.create of 10.0.0.5:40122: x is undefined (a fault of crds-server).";
  assert(said.includes(what), said.join("\n"));
  served.client.close();
  await served.end;
});

Deno.test("SessionConnection ends a watcher that takes nothing for 10 s", async () => {
  using rig = await ServiceRig.open();
  const served = await serve(rig);
  await hello(served, { name: "Mel" });
  await served.ask("rooms.watch");
  const topic = "x".repeat(120);
  // More than the connection holds, less than may pile up.
  for (let at = 0; at < 400; at++) {
    await rig.directory.create(`r${at}`, undefined, undefined, { topic });
  }
  await served.clock.advance(10_000);
  assertEquals(await served.end, "it took nothing for 10 s");
  assertEquals(rig.presence.size, 0);
});
