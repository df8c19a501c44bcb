import { assertEquals, assertRejects } from "@std/assert";
import { LabConnection, REPLY_TIMEOUT } from "../../lib/client/lab_connection.ts";
import { UserError } from "../../lib/errors.ts";
import { MAX_LISTING_BYTES } from "../../lib/framing/lab_reply.ts";
import type { LabRequest } from "../../lib/framing/lab.ts";
import { CONNECT_TIMEOUT } from "../../lib/net/connect.ts";
import { bytes, field, listing } from "../helpers/bytes.ts";
import { hurryTimers } from "../helpers/hurried_timers.ts";
import { type Reaction, ScriptedLabServer } from "../helpers/scripted_lab_server.ts";

const GETDIR: LabRequest = { op: "getdir", times: 1 };
const LISTING = "lab: 239.1.2.3:50100\n";

async function withConnection(
  react: (request: LabRequest) => Reaction,
  test: (connection: LabConnection, server: ScriptedLabServer) => Promise<void>,
): Promise<void> {
  await using server = new ScriptedLabServer(react);
  await using connection = await LabConnection.connect(server.endpoint);
  await test(connection, server);
}

Deno.test("LabConnection.ask() gets the replies in the order of the requests", async () => {
  let count = 0;
  // Requests that arrive together are one with a count.
  const listings = (times: number) =>
    Array.from({ length: times }, () => listing(`n${count++}: 239.1.2.3:1\n`));
  await withConnection((request) => {
    if (request.op === "getdir") return bytes(...listings(request.times));
    return bytes(field("239.1.2.3"), field("7"));
  }, async (connection) => {
    const replies = await Promise.all([
      connection.ask(GETDIR),
      connection.ask(GETDIR),
      connection.ask({ op: "chat", name: "lab" }),
    ]);
    assertEquals(replies, [
      { kind: "listing", text: "n0: 239.1.2.3:1\n" },
      { kind: "listing", text: "n1: 239.1.2.3:1\n" },
      { kind: "room", address: "239.1.2.3", port: "7" },
    ]);
    assertEquals(connection.localAddress, "127.0.0.1");
  });
});

Deno.test("LabConnection.send() keeps the order, awaited or not", async () => {
  await withConnection(({ op }) => op === "getdir" ? listing("") : undefined, async (
    connection,
    server,
  ) => {
    const sent = ["a", "b", "c"].map((name) => connection.send({ op: "deleteroom", name }));
    await connection.ask(GETDIR);
    await Promise.all(sent);
    assertEquals(server.requests.map((request) => request.op === "deleteroom" && request.name), [
      "a",
      "b",
      "c",
      false,
    ]);
  });
});

Deno.test("LabConnection.connect() says that nobody listens", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await assertRejects(
    () => LabConnection.connect({ host: "127.0.0.1", port }),
    UserError,
    `Cannot connect to "127.0.0.1:${port}": nobody listens there. Is the server running there`,
  );
});

Deno.test("LabConnection.connect() gives up when there is no answer in time", async () => {
  await using server = new ScriptedLabServer(() => undefined);
  // Due before the attempt begins: no address of the loopback network is silent.
  using _hurry = hurryTimers(CONNECT_TIMEOUT, "now");
  await assertRejects(
    () => LabConnection.connect(server.endpoint),
    UserError,
    "there was no answer in time",
  );
});

Deno.test("LabConnection.connect() can be interrupted", async () => {
  await using server = new ScriptedLabServer(() => undefined);
  const reason = new Error("enough");
  await assertRejects(
    () => LabConnection.connect(server.endpoint, AbortSignal.abort(reason)),
    Error,
    "enough",
  );
});

Deno.test("LabConnection.ask() fails when the server closes instead of answering", async () => {
  await withConnection(() => "close", async (connection) => {
    await assertRejects(() => connection.ask(GETDIR), UserError, "the server closed it");
    assertEquals(await connection.closed, "the server closed it");
    // Later requests fail at once, with the same reason.
    await assertRejects(() => connection.ask(GETDIR), UserError, "the server closed it");
    await assertRejects(() => connection.send(GETDIR), UserError, "the server closed it");
  });
});

Deno.test("LabConnection.ask() fails when the server dies in the middle of an answer", async () => {
  const whole = listing(LISTING);
  for (const at of [1, 8, 9, whole.length - 1]) {
    let half = true;
    await withConnection(() => {
      if (half) return whole.subarray(0, at);
      return "close";
    }, async (connection) => {
      const answer = connection.ask(GETDIR);
      half = false;
      await connection.send({ op: "deleteroom", name: "x" });
      await assertRejects(() => answer, UserError, "the server closed it");
    });
  }
});

Deno.test("LabConnection.ask() fails all that wait when the connection ends", async () => {
  await withConnection((request) => request.op === "deleteroom" ? "close" : undefined, async (
    connection,
  ) => {
    const asked = [connection.ask(GETDIR), connection.ask(GETDIR)];
    await connection.send({ op: "deleteroom", name: "x" });
    for (const each of asked) await assertRejects(() => each, UserError, "the server closed it");
  });
});

Deno.test("LabConnection.ask() takes no listing that is too long", async () => {
  const header = new Uint8Array(8);
  new DataView(header.buffer).setBigUint64(0, BigInt(MAX_LISTING_BYTES) + 1n);
  await withConnection(() => header, async (connection) => {
    await assertRejects(
      () => connection.ask(GETDIR),
      UserError,
      `announces a listing of ${MAX_LISTING_BYTES + 1} bytes`,
    );
  });
});

Deno.test("LabConnection ends when the server sends what nobody asked for", async () => {
  await withConnection(() => bytes("hello"), async (connection) => {
    await connection.send({ op: "deleteroom", name: "x" });
    assertEquals(await connection.closed, "the server sent bytes nobody asked for");
  });
});

Deno.test("LabConnection.ask() gives up when no reply comes in time", async () => {
  await withConnection(() => undefined, async (connection) => {
    using _hurry = hurryTimers(REPLY_TIMEOUT);
    await assertRejects(() => connection.ask(GETDIR), UserError, "there was no answer in time");
    assertEquals(await connection.closed, "there was no answer in time");
  });
});

Deno.test("LabConnection.ask() can be interrupted, which ends the connection", async () => {
  await withConnection(() => undefined, async (connection) => {
    const stop = new AbortController();
    const answer = connection.ask(GETDIR, stop.signal);
    stop.abort();
    await assertRejects(() => answer, UserError, "it was interrupted");
    assertEquals(await connection.closed, "it was interrupted");
  });
});

Deno.test("LabConnection sends what was said before it is disposed, also twice", async () => {
  await using server = new ScriptedLabServer(() => undefined);
  const connection = await LabConnection.connect(server.endpoint);
  const sent = connection.send({ op: "deleteroom", name: "last" });
  await connection[Symbol.asyncDispose]();
  await connection[Symbol.asyncDispose]();
  await sent;
  assertEquals(await connection.closed, "it was closed here");
  assertEquals(await server.first(), { op: "deleteroom", name: "last" });
});
