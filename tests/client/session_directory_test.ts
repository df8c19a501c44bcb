import { assert, assertEquals, assertRejects } from "@std/assert";
import { NoSession } from "../../lib/client/no_session.ts";
import { SessionDirectory } from "../../lib/client/session_directory.ts";
import type { SessionOptions } from "../../lib/client/session_greeting.ts";
import type { RoomChange } from "../../lib/directory/room_methods.ts";
import { UserError } from "../../lib/errors.ts";
import { openConnection } from "../../lib/net/connect.ts";
import type { Endpoint } from "../../lib/net/endpoint.ts";
import { takePage } from "../../lib/rpc/page.ts";
import { RpcPeer } from "../../lib/rpc/peer.ts";
import type { RpcHandler } from "../../lib/rpc/methods.ts";
import { RpcCode, RpcError } from "../../lib/rpc/rpc_error.ts";
import { SessionServer } from "../helpers/session_server.ts";

const RESUME = "a secret of sixteen characters";

async function begin(
  endpoint: Endpoint,
  options: Partial<SessionOptions> = {},
  signal?: AbortSignal,
): Promise<SessionDirectory> {
  const socket = await openConnection(endpoint);
  const all = { name: "Mel", resume: crypto.randomUUID(), ...options };
  return await SessionDirectory.begin(endpoint, { socket }, all, signal);
}

/** A server that answers one connection as the test says. */
class FakeServer implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #peer: Promise<RpcPeer>;

  constructor(handlers: Record<string, RpcHandler>) {
    this.#peer = this.#listener.accept().then((transport) =>
      new RpcPeer({ transport, handlers, onFault: (error) => console.error(error) })
    );
  }

  get endpoint(): Endpoint {
    return { host: "127.0.0.1", port: this.#listener.addr.port };
  }

  async close(): Promise<void> {
    (await this.#peer).close("the test closes it");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await (await this.#peer)[Symbol.asyncDispose]();
  }
}

const greet: RpcHandler = () => ({
  server: "fake",
  protocol: 1,
  you: { address: "127.0.0.1", port: 1, name: "Mel" },
  features: [],
});

Deno.test("SessionDirectory.begin() holds the name, or the suggestion when it is taken", async () => {
  await using server = await SessionServer.start();
  await using one = await begin(server.endpoint);
  await using two = await begin(server.endpoint, { name: "mel" });
  assertEquals([one.people.name, two.people.name], ["Mel", "mel2"]);
  assertEquals((await one.people.list()).map(({ name }) => name), ["Mel", "mel2"]);
  await two.people.rename("Bob");
  assertEquals(two.people.name, "Bob");
  await assertRejects(() => two.people.rename("MEL"), UserError, '"MEL2" is free');
  assertEquals([two.people.name, two.localAddress, two.where], ["Bob", "127.0.0.1", server.where]);
});

Deno.test("SessionDirectory.begin() gives each of many clients of one name a name of its own", async () => {
  await using server = await SessionServer.start();
  const sessions = await Promise.all(Array.from({ length: 40 }, () => begin(server.endpoint)));
  const names = new Set(sessions.map(({ people }) => people.name));
  assertEquals([names.size, names.has("Mel"), names.has("Mel40")], [40, true, true]);
  await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()));
});

Deno.test("SessionDirectory.begin() with the same secret takes the name over", async () => {
  await using server = await SessionServer.start();
  await using lost = await begin(server.endpoint, { resume: RESUME });
  await using again = await begin(server.endpoint, { resume: RESUME });
  assertEquals(again.people.name, "Mel");
  await lost.closed;
  assertEquals((await again.people.list()).map(({ name }) => name), ["Mel"]);
});

Deno.test("SessionDirectory creates, finds and deletes, and passes on what the server says", async () => {
  await using server = await SessionServer.start();
  await using directory = await begin(server.endpoint);
  const made = await directory.create({
    name: "ห้อง",
    address: "239.1.2.3",
    port: "7",
    topic: "Tea",
  });
  const { createdAt: _, ...rest } = made;
  assertEquals(rest, {
    name: "ห้อง",
    address: "239.1.2.3",
    port: 7,
    topic: "Tea",
    createdBy: "Mel",
    members: 0,
  });
  const error = await assertRejects(() => directory.create({ name: "ห้อง" }), RpcError, "is taken");
  assertEquals((error as RpcError).data?.code, "ROOM_EXISTS");
  await assertRejects(() => directory.create({ name: "b", port: "abc" }), UserError, "is no port");
  await directory.people.move("ห้อง");
  assertEquals((await directory.find("ห้อง"))?.members, 1);
  assertEquals(await directory.find("nowhere"), undefined);
  assertEquals((await directory.delete("ห้อง")).name, "ห้อง");
  await assertRejects(() => directory.delete("ห้อง"), RpcError, "there is no room of that name");
  assertEquals(await directory.list(), { rooms: [], unreadable: 0 });
});

Deno.test("SessionDirectory.list() puts the pages of many rooms together", async () => {
  await using server = await SessionServer.start();
  const names = Array.from({ length: 700 }, (_, i) => `room-${1000 + i}`);
  for (const [i, name] of names.entries()) {
    await server.directory.create(name, "239.1.2.3", `${i + 1}`, { topic: "x".repeat(120) });
  }
  await using directory = await begin(server.endpoint);
  const { rooms } = await directory.list();
  assertEquals(rooms.map(({ name }) => name), names);
  const pages = server.log.events.filter((event) => JSON.stringify(event).includes("rooms.list"));
  assert(JSON.stringify(rooms).length > 64 * 1024 && pages.length > 1, `${pages.length} pages`);
});

Deno.test("SessionDirectory puts the pages of many people together", async () => {
  const everybody = Array.from({ length: 1_500 }, (_, i) => ({
    name: `person-${i}`,
    address: "192.168.100.100",
    since: 1_793_240_000_000,
    idle: i,
  }));
  let pages = 0;
  await using server = new FakeServer({
    hello: greet,
    "people.list": (params) => {
      const { after = 0 } = params as { after?: number };
      pages++;
      const { page, more } = takePage(everybody.slice(after));
      return { people: page, ...(more ? { next: after + page.length } : {}) };
    },
  });
  await using directory = await begin(server.endpoint);
  assertEquals(await directory.people.list(), everybody);
  assert(pages > 2, `${pages} pages`);
});

Deno.test("SessionDirectory tells of changes, also of those it missed", async () => {
  await using server = await SessionServer.start();
  const seen: string[] = [];
  let arrived = Promise.withResolvers<void>();
  const onChange = ({ kind, room }: RoomChange): void => {
    seen.push(`${kind} ${room.name}`);
    arrived.resolve();
    arrived = Promise.withResolvers();
  };
  const until = async (count: number) => {
    while (seen.length < count) await arrived.promise;
  };
  let since: number | undefined;
  {
    await using directory = await begin(server.endpoint, { onChange });
    assertEquals(directory.revision, 1_000);
    await server.directory.create("a", "239.1.2.3", "1");
    await until(1);
    assertEquals(directory.revision, 1_001);
    since = directory.revision;
  }
  await server.directory.create("b", "239.1.2.3", "2");
  await server.directory.delete("a");
  await using again = await begin(server.endpoint, { onChange, since });
  assertEquals([seen, again.revision], [["created a", "created b", "deleted a"], 1_003]);
  await server.directory.delete("b");
  await until(4);
  assertEquals([seen.at(-1), again.revision], ["deleted b", 1_004]);
  // What the server does not know any more is not made up.
  await using stranger = await begin(server.endpoint, { name: "Bob", onChange, since: 7 });
  assertEquals([seen.length, stranger.revision], [4, 1_004]);
});

Deno.test("SessionDirectory.begin() takes an answer without a code of ours for another protocol", async () => {
  for (const code of [RpcCode.methodNotFound, RpcCode.internalError]) {
    await using server = new FakeServer({
      hello: () => {
        throw new RpcError(code, "what?");
      },
    });
    const socket = await openConnection(server.endpoint);
    const begun = () => SessionDirectory.begin(server.endpoint, { socket }, { resume: RESUME });
    await assertRejects(begun, NoSession, "in no protocol of a CRDS");
  }
});

Deno.test("SessionDirectory.begin() fails when the server refuses, and can be interrupted", async () => {
  await using server = await SessionServer.start();
  await assertRejects(() => begin(server.endpoint, { resume: "short" }), UserError, "16 to 64");
  const stop = new AbortController();
  await using silent = new FakeServer({
    hello: () => {
      stop.abort(new Error("enough"));
      return new Promise((resolve) => setTimeout(() => resolve(greet({}, undefined as never)), 0));
    },
  });
  await assertRejects(() => begin(silent.endpoint, {}, stop.signal), Error, "enough");
});

Deno.test("SessionDirectory says that the connection ended before the answer", async () => {
  await using server: FakeServer = new FakeServer({
    hello: greet,
    "rooms.create": () => server.close().then(() => ({})),
  });
  await using directory = await begin(server.endpoint);
  await assertRejects(
    () => directory.create({ name: "lab" }),
    UserError,
    `Cannot hear the answer of the CRDS at ${directory.where}: `,
  );
  assertEquals(typeof await directory.closed, "string");
});

Deno.test("SessionDirectory knows both ends of its connection, and where it is seen", async () => {
  const seenAs = async (address: unknown): Promise<string | undefined> => {
    await using server = new FakeServer({
      "hello": () => ({
        server: "fake",
        protocol: 1,
        you: { address, port: 1, name: "Mel" },
        features: ["relay"],
      }),
      "room.check": (params) => ({
        seconds: (params as { room: string }).room === "lab" ? 60 : "many",
      }),
    });
    await using directory = await begin(server.endpoint);
    assertEquals([directory.localAddress, directory.serverAddress], ["127.0.0.1", "127.0.0.1"]);
    assertEquals(await directory.relays?.server.check({ room: "lab" }), 60);
    const tea = directory.relays?.server.check({ room: "tea" });
    await assertRejects(async () => await tea, UserError, "no sense");
    return directory.seenAs;
  };
  assertEquals(await seenAs("203.0.113.7"), "203.0.113.7");
  assertEquals(await seenAs("::ffff:192.168.1.5"), "192.168.1.5");
  assertEquals(await seenAs("\x1b[2J"), undefined);
  assertEquals(await seenAs(7), undefined);
});
