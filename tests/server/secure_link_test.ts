import { assert, assertEquals, assertMatch } from "@std/assert";
import type { SecureSocket } from "../../lib/net/secure_socket.ts";
import { beginTls } from "../../lib/net/tls.ts";
import { prepareTls } from "../../lib/server/server_tls.ts";
import type { StatusEvent } from "../../lib/server/status_event.ts";
import { bytes, GETDIR } from "../helpers/bytes.ts";
import { isDisconnect } from "../helpers/lab_connection.ts";
import { SessionClient } from "../helpers/session_client.ts";
import { SessionServer } from "../helpers/session_server.ts";

const TLS = await prepareTls({ kind: "ephemeral" });

/** A server whose clients have to begin at once; looked at once a second. */
const HASTE = { requestTimeout: 1 };

async function until(server: SessionServer, count: number, event: StatusEvent["event"]) {
  for (;;) {
    const found = server.log.events.filter((each) => each.event === event);
    if (found.length >= count) return found;
    await server.log.changed;
  }
}

async function whyClosed(server: SessionServer): Promise<string | undefined> {
  const [event] = await until(server, 1, "closed");
  assert(event?.event === "closed");
  return event.why;
}

const connect = (server: SessionServer): Promise<Deno.TcpConn> =>
  Deno.connect({ hostname: "127.0.0.1", port: server.tlsPort });

const secure = async (server: SessionServer): Promise<SecureSocket> =>
  await beginTls(await connect(server), TLS.anchor);

/** Reads until the server ends the connection. */
async function drain(socket: Pick<SecureSocket, "read" | "close">): Promise<void> {
  try {
    while (await socket.read(new Uint8Array(1024)) !== null);
  } catch (error) {
    if (!isDisconnect(error)) throw error;
  }
  socket.close();
}

Deno.test("over TLS, a session is served and knows where it is", async () => {
  await using server = await SessionServer.start({ tls: TLS });
  using plain = await SessionClient.greet(server.endpoint.port);
  const { result } = await plain.ask("hello", { client: "test", protocol: 1 });
  const { certificate, name } = TLS.anchor;
  assertEquals(result.tls, { port: server.tlsPort, name, certificate, ephemeral: true });
  const socket = await secure(server);
  await socket.write(bytes('{"jsonrpc":"2.0","id":1,"method":"hello","params":'));
  await socket.write(bytes('{"client":"test","protocol":1,"name":"Mel"}}\n'));
  const buffer = new Uint8Array(4096);
  const answer = new TextDecoder().decode(buffer.subarray(0, await socket.read(buffer) ?? 0));
  assertEquals(JSON.parse(answer).result.you.name, "Mel");
  const { result: people } = await plain.ask("people.list", {});
  assertEquals(people.people.length, 2);
  socket.close();
  await until(server, 1, "closed");
  const opened = await until(server, 2, "opened");
  assertEquals(opened.map((each) => each.event === "opened" && each.secure), [undefined, true]);
});

Deno.test("over TLS, nothing but sessions is served", async () => {
  await using server = await SessionServer.start({ tls: TLS });
  const socket = await secure(server);
  await socket.write(GETDIR);
  await drain(socket);
  assertEquals(await whyClosed(server), "only sessions are served over TLS");
});

Deno.test("who speaks no TLS on its port is closed, with a reason", async () => {
  for (
    const text of ['{"jsonrpc":"2.0","id":1,"method":"hello"}\n', "GET / HTTP/1.1\r\n\r\n", "\x01"]
  ) {
    await using server = await SessionServer.start({ tls: TLS, limits: HASTE });
    const socket = await connect(server);
    await socket.write(bytes(text));
    await drain(socket);
    assertMatch(await whyClosed(server) ?? "", /^no (TLS|session)/);
  }
});

Deno.test("who says nothing, or nothing after the handshake, is closed in time", async () => {
  await using server = await SessionServer.start({ tls: TLS, limits: HASTE });
  const silent = await connect(server);
  await drain(silent);
  assertMatch(await whyClosed(server) ?? "", /^no (TLS: there was no answer|session)/);
  const shaken = await secure(server).catch(() => undefined);
  if (shaken !== undefined) await drain(shaken);
  await until(server, 2, "closed");
});

Deno.test("who leaves before or after the handshake is no problem", async () => {
  await using server = await SessionServer.start({ tls: TLS });
  (await connect(server)).close();
  const halfway = await connect(server);
  await halfway.write(Uint8Array.of(22, 3, 1, 2, 0, 1));
  halfway.close();
  (await secure(server)).close();
  await until(server, 3, "closed");
  assertEquals(server.log.events.filter(({ event }) => event === "problem"), []);
});

Deno.test("fifty half handshakes hold up nobody", async () => {
  await using server = await SessionServer.start({ tls: TLS });
  const halves = await Promise.all(Array.from({ length: 50 }, async (_, at) => {
    const socket = await connect(server);
    // The first bytes of a hello, of different lengths; some say nothing at all.
    await socket.write(Uint8Array.of(22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3).subarray(0, at % 11));
    return socket;
  }));
  await until(server, 50, "opened");
  using plain = await SessionClient.greet(server.endpoint.port);
  assertEquals((await plain.ask("rooms.list", {})).result.rooms, []);
  const socket = await secure(server);
  await socket.write(bytes('{"jsonrpc":"2.0","id":1,"method":"rooms.list"}\n'));
  assert((await socket.read(new Uint8Array(1024)) ?? 0) > 0);
  socket.close();
  for (const half of halves) half.close();
});

Deno.test("connections over TLS count for the limit, and a server that stops ends them", async () => {
  const server = await SessionServer.start({ tls: TLS, limits: { maxConnections: 2 } });
  const shaking = await connect(server);
  const socket = await secure(server);
  await socket.write(bytes("{"));
  const third = await connect(server);
  await drain(third);
  const [away] = await until(server, 1, "turned-away");
  assertMatch(away?.event === "turned-away" ? away.why : "", /^2 connections are open/);
  await server[Symbol.asyncDispose]();
  await drain(shaking);
  await drain(socket);
  assertEquals((await until(server, 2, "closed")).length, 2);
});
