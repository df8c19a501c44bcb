import { assert, assertEquals, assertThrows } from "@std/assert";
import { Directory } from "../../lib/directory/directory.ts";
import { MemoryStore } from "../../lib/directory/memory_store.ts";
import { UserError } from "../../lib/errors.ts";
import { DirectoryServer } from "../../lib/server/directory_server.ts";
import type { Limits } from "../../lib/server/limits.ts";
import type { StatusEvent, StatusLog } from "../../lib/server/status_event.ts";
import { chat, field, GETDIR, listing, makeroom } from "../helpers/bytes.ts";
import { getdirOnce, RawConnection } from "../helpers/lab_connection.ts";

/** A log on which a test can wait for an event. */
class WaitingLog implements StatusLog {
  readonly verbose = true;
  readonly events: StatusEvent[] = [];
  #wake = Promise.withResolvers<void>();

  report(event: StatusEvent): void {
    this.events.push(event);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  async untilEvent<K extends StatusEvent["event"]>(
    kind: K,
  ): Promise<Extract<StatusEvent, { event: K }>> {
    for (;;) {
      const found = this.events.find((event) => event.event === kind);
      if (found !== undefined) return found as Extract<StatusEvent, { event: K }>;
      await this.#wake.promise;
    }
  }
}

interface Rig extends AsyncDisposable {
  server: DirectoryServer;
  directory: Directory;
  log: WaitingLog;
}

async function rig(limits: Partial<Limits> = {}): Promise<Rig> {
  const store = new MemoryStore();
  const directory = await Directory.open(store);
  const log = new WaitingLog();
  const server = new DirectoryServer({ host: "127.0.0.1", port: 0, directory, log, limits });
  return {
    server,
    directory,
    log,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      directory[Symbol.dispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** Fills the directory, so that its listing is large. */
async function fill(directory: Directory, rooms: number): Promise<number> {
  for (let at = 0; at < rooms; at++) await directory.create(`room-${at}`, "239.1.2.3", `${at + 1}`);
  let size = 8;
  for (const room of directory.rooms()) size += `${room.name}: 239.1.2.3:${room.port}\n`.length;
  return size;
}

Deno.test("DirectoryServer answers, and reports the life of a connection", async () => {
  await using it = await rig();
  const { server, log } = it;
  let peer: string;
  {
    using conn = await RawConnection.open(server.port);
    peer = conn.peer;
    await conn.send(makeroom("lab", "239.1.2.3", "50100"));
    assertEquals(await conn.getdir(), "lab: 239.1.2.3:50100\n");
    assertEquals(server.connections, 1);
  }
  assertEquals(await log.untilEvent("closed"), { event: "closed", peer });
  assertEquals(server.connections, 0);
  assertEquals(log.events.map((event) => event.event), [
    "listening",
    "opened",
    "request",
    "request",
    "closed",
  ]);
});

Deno.test("DirectoryServer turns away whoever is too much, until somebody leaves", async () => {
  await using it = await rig({ maxConnections: 1 });
  const { server, log } = it;
  {
    using first = await RawConnection.open(server.port);
    await first.getdir();
    using second = await RawConnection.open(server.port);
    await second.untilClosed();
    const { peer, why } = await log.untilEvent("turned-away");
    assertEquals([peer, why], [second.peer, "1 connections are open, and that is the most"]);
    assertEquals(await first.getdir(), "");
  }
  await log.untilEvent("closed");
  assertEquals(await getdirOnce(server.port), "");
});

Deno.test("DirectoryServer closes a request that was begun and not finished", async () => {
  await using it = await rig({ requestTimeout: 1 });
  using conn = await RawConnection.open(it.server.port);
  await conn.send(makeroom("lab", "239.1.2.3", "1").subarray(0, 9));
  await conn.untilClosed();
  const { why } = await it.log.untilEvent("closed");
  assertEquals(why, "a request was begun and not finished within 0.001 s");
});

Deno.test("DirectoryServer closes a client that asks and never reads", async () => {
  await using it = await rig({ sendTimeout: 1 });
  await fill(it.directory, 10_000);
  using conn = await RawConnection.open(it.server.port);
  await conn.send(new Uint8Array(200).fill(1)); // 50 MB of replies: no socket buffer holds that
  const { why } = await it.log.untilEvent("closed");
  assertEquals(why, "it took no reply for 0.001 s");
});

Deno.test("DirectoryServer finishes a reply under way when disposed", async () => {
  const it = await rig({ stopTimeout: 60_000 });
  const size = await fill(it.directory, 10_000);
  using conn = await RawConnection.open(it.server.port);
  const times = 100;
  await conn.send(new Uint8Array(times).fill(1));
  await it.log.untilEvent("request");
  const ended = it[Symbol.asyncDispose]();
  assertEquals((await conn.readToEnd()).length, times * size);
  conn[Symbol.dispose]();
  await ended;
});

Deno.test("DirectoryServer does not wait for ever for a client that does not read when disposed", async () => {
  const it = await rig({ stopTimeout: 1 });
  await fill(it.directory, 10_000);
  using conn = await RawConnection.open(it.server.port);
  await conn.send(new Uint8Array(200).fill(1));
  await it.log.untilEvent("request");
  await Promise.all([it[Symbol.asyncDispose](), it[Symbol.asyncDispose]()]);
  assertEquals((await it.log.untilEvent("closed")).why, "the server stops");
});

Deno.test("DirectoryServer accepts nobody after it is disposed, also with clients in full swing", async () => {
  for (let round = 0; round < 5; round++) {
    const it = await rig();
    const { port } = it.server;
    const connections = await Promise.all(
      Array.from({ length: 30 }, () => RawConnection.open(port)),
    );
    const asked = Promise.withResolvers<void>();
    const clients = connections.map(async (conn) => {
      try {
        for (;;) {
          await conn.getdir();
          asked.resolve();
        }
      } catch {
        conn[Symbol.dispose](); // closed by the server, in order or with a reset
      }
    });
    await asked.promise;
    await it[Symbol.asyncDispose]();
    await Promise.all(clients);
    assertEquals(it.server.connections, 0);
    const told = it.log.events.length;
    // Refused, or taken by somebody else who was given the port meanwhile: not by this server.
    await RawConnection.open(port).then(
      (conn) => conn[Symbol.dispose](),
      (error) => assert(error instanceof Deno.errors.ConnectionRefused),
    );
    assertEquals(it.log.events.length, told);
  }
});

Deno.test("DirectoryServer says in one sentence that the port is taken", async () => {
  await using it = await rig();
  const { directory, log, server } = it;
  assertThrows(
    () => new DirectoryServer({ host: "127.0.0.1", port: server.port, directory, log }),
    UserError,
    `Cannot listen on "127.0.0.1:${server.port}": the port is taken`,
  );
});

Deno.test("DirectoryServer closes after chat, with the whole reply", async () => {
  await using it = await rig();
  await it.directory.create("lab", "239.1.2.3", "50100");
  using conn = await RawConnection.open(it.server.port);
  await conn.send(GETDIR);
  await conn.send(chat("lab"));
  const all = await conn.readToEnd();
  const expected = [listing("lab: 239.1.2.3:50100\n"), field("239.1.2.3"), field("50100")];
  assertEquals([...all], expected.flatMap((part) => [...part]));
});
