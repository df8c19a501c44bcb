import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import { MAX_UNSENT_DATAGRAMS } from "../../lib/net/multicast.ts";
import {
  type RelayEvents,
  relayFor,
  type RelayLink,
  type RelayServer,
  RelayTransport,
  type RelayTransportOptions,
} from "../../lib/room/relay_transport.ts";
import { bytes } from "../helpers/bytes.ts";
import { settled } from "../helpers/fake_clock.ts";

const BOB = { address: "127.0.0.1", port: 40_101 };

/** A server that does nothing but write down. */
class FakeServer implements RelayServer, RelayLink {
  readonly local = { address: "127.0.0.1", port: 40_100 };
  readonly sent: string[] = [];
  readonly joins: unknown[] = [];
  events: RelayEvents | undefined;
  leaves = 0;
  /** How many more datagrams there is room for. */
  room = Infinity;
  #drained = Promise.withResolvers<void>();

  get congested(): boolean {
    return this.room <= 0;
  }

  check(): Promise<number> {
    return Promise.resolve(60);
  }

  join(params: unknown, events: RelayEvents): Promise<RelayLink> {
    this.joins.push(params);
    this.events = events;
    return Promise.resolve(this);
  }

  send(data: Uint8Array, control: boolean): void {
    this.room--;
    this.sent.push(`${control ? "control " : ""}${new TextDecoder().decode(data)}`);
  }

  drained(): Promise<void> {
    return this.#drained.promise;
  }

  /** Makes room for some more. */
  async drain(room: number): Promise<void> {
    this.room = room;
    this.#drained.resolve();
    this.#drained = Promise.withResolvers();
    await settled();
  }

  leave(): Promise<void> {
    this.leaves++;
    return Promise.resolve();
  }
}

interface Rig {
  readonly server: FakeServer;
  readonly transport: RelayTransport;
  readonly log: string[];
}

async function enter(changes: Partial<RelayTransportOptions> = {}): Promise<Rig> {
  const server = new FakeServer();
  const log: string[] = [];
  const text = (data: Uint8Array): string => new TextDecoder().decode(data);
  const transport = await RelayTransport.open({
    server,
    room: "l\u001bb",
    interfaceAddress: "127.0.0.1",
    onData: (data, { port }) => log.push(`data ${text(data)} ${port}`),
    onControl: (data, { port }) => log.push(`control ${text(data)} ${port}`),
    onProblem: (error) => log.push(`problem ${error}`),
    onEnded: (why) => log.push(`ended ${why}`),
    ...changes,
  });
  return { server, transport, log };
}

Deno.test("RelayTransport is a room's two ports through a server", async () => {
  const { server, transport, log } = await enter();
  assertEquals(server.joins, [{ room: "l\u001bb", interface: "127.0.0.1" }]);
  assertEquals([transport.kind, transport.local], ["relay", server.local]);
  await transport.sendData(bytes("Mel: hi"));
  transport.sendControl(bytes("report"));
  server.events?.onHeard(bytes("Bob: hi"), BOB, false);
  server.events?.onHeard(bytes("nack"), BOB, true);
  assertEquals(server.sent, ["Mel: hi", "control report"]);
  assertEquals(log, ["data Bob: hi 40101", "control nack 40101"]);
  await transport[Symbol.asyncDispose]();
  await transport[Symbol.asyncDispose]();
  assertEquals(server.leaves, 1);
  await assertRejects(
    () => transport.sendData(bytes("x")),
    UserError,
    'Cannot send to room "l\ufffdb": it was left.',
  );
  transport.sendControl(bytes("x"));
  assertEquals([server.sent.length, log.length], [2, 2]);
});

Deno.test("RelayTransport keeps lines back, in order, and drops control datagrams when much waits", async () => {
  const { server, transport } = await enter();
  server.room = 2;
  const sending = [1, 2, 3, 4, 5].map((at) => transport.sendData(bytes(`${at}`)));
  transport.sendControl(bytes("lost"));
  await settled();
  assertEquals(server.sent, ["1", "2"]);
  await server.drain(2);
  const last = transport.sendData(bytes("6"));
  assertEquals(server.sent, ["1", "2", "3", "4"]);
  await server.drain(Infinity);
  await Promise.all([...sending, last]);
  assertEquals(server.sent, ["1", "2", "3", "4", "5", "6"]);
  await transport.sendData(bytes("7"));
  assertEquals(server.sent.length, 7);
});

Deno.test("RelayTransport sends what waits before it leaves", async () => {
  const { server, transport } = await enter();
  server.room = 0;
  const sending = transport.sendData(bytes("last words"));
  const leaving = transport[Symbol.asyncDispose]();
  await settled();
  assertEquals([server.sent, server.leaves], [[], 0]);
  await server.drain(1);
  await sending;
  await leaving;
  assertEquals([server.sent, server.leaves], [["last words"], 1]);
});

Deno.test("RelayTransport refuses more than can wait", async () => {
  const { server, transport } = await enter();
  server.room = 0;
  const sending = Array.from(
    { length: MAX_UNSENT_DATAGRAMS },
    () => transport.sendData(bytes("x")),
  );
  await assertRejects(() => transport.sendData(bytes("y")), UserError, "Send fewer at a time");
  await server.drain(Infinity);
  await Promise.all(sending);
  assertEquals(server.sent.length, MAX_UNSENT_DATAGRAMS);
});

Deno.test("RelayTransport tells once that it ended; what waits fails", async () => {
  const { server, transport, log } = await enter();
  server.room = 0;
  const sending = assertRejects(
    () => transport.sendData(bytes("x")),
    UserError,
    "gone \ufffd[2J.",
  );
  server.events?.onEnded("gone \u001b[2J");
  server.events?.onEnded("again");
  await server.drain(Infinity);
  await sending;
  assertEquals(log, ["ended gone \u001b[2J"]);
  await assertRejects(() => transport.sendData(bytes("x")), UserError, "gone");
  await transport[Symbol.asyncDispose]();
  assertEquals([server.leaves, server.sent], [0, []]);
});

Deno.test("RelayTransport that is being left does not tell that it ended", async () => {
  const { server, transport, log } = await enter();
  server.room = 0;
  const sending = assertRejects(() => transport.sendData(bytes("x")), UserError, "gone");
  const leaving = transport[Symbol.asyncDispose]();
  server.events?.onEnded("gone");
  await server.drain(Infinity);
  await sending;
  await leaving;
  assertEquals(log, []);
});

Deno.test("RelayTransport leaves at once when aborted", async () => {
  const abort = new AbortController();
  const { server, transport, log } = await enter({ signal: abort.signal });
  server.room = 0;
  const sending = assertRejects(() => transport.sendData(bytes("x")), UserError, "it was left");
  abort.abort();
  await sending;
  await server.drain(Infinity);
  await transport[Symbol.asyncDispose]();
  assertEquals([server.leaves, server.sent, log], [1, [], []]);
  await assertRejects(() => enter({ signal: abort.signal }), DOMException);
});

Deno.test("RelayTransport.open() leaves again when it was aborted meanwhile", async () => {
  const abort = new AbortController();
  const server = new FakeServer();
  const entering = enter({ signal: abort.signal, server });
  abort.abort();
  await assertRejects(() => entering, DOMException);
  assertEquals(server.leaves, 1);
});

Deno.test("RelayTransport that ended before it was known says so", async () => {
  const server = new FakeServer();
  const ends: string[] = [];
  const entering = enter({ server, onEnded: (why) => ends.push(why) });
  server.events?.onEnded("gone");
  const { transport } = await entering;
  assertEquals(ends, ["gone"]);
  await transport[Symbol.asyncDispose]();
  assertEquals(server.leaves, 0);
});

Deno.test("relayFor() narrows a server down to one room", async () => {
  const server = new FakeServer();
  const relay = relayFor(server, "lobby", true);
  const log: string[] = [];
  assertEquals([relay.here, await relay.check("127.0.0.1")], [true, 60]);
  await using transport = await relay.open("127.0.0.1", {
    onData: (data) => log.push(new TextDecoder().decode(data)),
    onControl: () => log.push("control"),
    onProblem: () => {},
    onEnded: (why) => log.push(why),
  });
  server.events?.onHeard(bytes("Bob: hi"), BOB, false);
  server.events?.onHeard(bytes("x"), BOB, true);
  server.events?.onEnded("gone");
  assertEquals(server.joins, [{ room: "lobby", interface: "127.0.0.1" }]);
  assertEquals([transport.kind, log], ["relay", ["Bob: hi", "control", "gone"]]);
});
