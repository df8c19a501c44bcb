/**
 * Rooms through the server, with real sockets on loopback.
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { encodeBase64 } from "../../lib/framing/base64.ts";
import { CONTROL_PORT, decodeControl, encodeControl } from "../../lib/framing/control.ts";
import { MulticastLink } from "../../lib/net/multicast.ts";
import { RpcError } from "../../lib/rpc/rpc_error.ts";
import { formatStatusText } from "../../lib/server/status_event.ts";
import { bytes } from "../helpers/bytes.ts";
import { makeRoom, Member, Session } from "../helpers/relay_rig.ts";
import { SessionClient } from "../helpers/session_client.ts";
import { SessionServer } from "../helpers/session_server.ts";
import { Inbox, LOOPBACK } from "../net/loopback.ts";

const ID = "0123456789abcdef";

/**
 * Lines said at once where nothing repairs them: a socket that a busy machine does not read keeps about
 * 256 datagrams, so more would prove how busy it is.
 */
const BURST = 200;

/** Waits until the server told its operator something. */
async function told(server: SessionServer, pattern: RegExp, count = 1): Promise<string[]> {
  for (;;) {
    const found = server.log.events.map(formatStatusText).filter((line) => pattern.test(line));
    if (found.length >= count) return found;
    await server.log.changed;
  }
}

Deno.test("a relayed member and a direct one hear each other, and neither itself", async () => {
  await using server = await SessionServer.start();
  const room = await makeRoom(server);
  await using session = await Session.begin(server);
  await using mel = await Member.relayed(room, session);
  await using bob = await Member.direct(room);

  await mel.say("Mel: สวัสดี 👩‍👩‍👧");
  assertEquals(await bob.lines.waitFor(1), ["Mel: สวัสดี 👩‍👩‍👧"]);
  await bob.say("Bob: hi");
  assertEquals(await mel.lines.waitFor(1), ["Bob: hi"]);
  const bye = encodeControl({ kind: "bye", roomPort: room.port, member: ID, highest: 7 });
  mel.transport.sendControl(bye);
  assertEquals(await bob.control.waitFor(1), [bye]);
  bob.transport.sendControl(bye);
  assertEquals(await mel.control.waitFor(1), [bye]);
  // Its own lines would have come before these.
  await bob.say("Bob: bye");
  assertEquals(await mel.lines.waitFor(2), ["Bob: hi", "Bob: bye"]);
  assertEquals(mel.control.items.length, 1);
  assertEquals([mel.transport.local.address, mel.transport.kind], [LOOPBACK, "relay"]);
});

Deno.test("two relayed members of one server, and of one session, hear each other", async () => {
  await using server = await SessionServer.start();
  const room = await makeRoom(server);
  await using session = await Session.begin(server);
  await using other = await Session.begin(server);
  await using mel = await Member.relayed(room, session);
  await using eve = await Member.relayed(room, session);
  await using bob = await Member.relayed(room, other);
  await mel.say("Mel: hi");
  assertEquals(await eve.lines.waitFor(1), ["Mel: hi"]);
  assertEquals(await bob.lines.waitFor(1), ["Mel: hi"]);
  await bob.say("Bob: hi");
  assertEquals(await mel.lines.waitFor(1), ["Bob: hi"]);
  assertEquals(await eve.lines.waitFor(2), ["Mel: hi", "Bob: hi"]);
  const places = [mel, eve, bob].map(({ transport }) => transport.local.port);
  assertEquals(new Set(places).size, 3);
});

Deno.test("1,000 lines of a relayed member arrive complete and in order", async () => {
  await using server = await SessionServer.start();
  const room = await makeRoom(server);
  await using session = await Session.begin(server);
  await using bob = await Member.direct(room);
  const lines = Array.from({ length: 1_000 }, (_, at) => `Mel: ${at}`);
  {
    await using mel = await Member.relayed(room, session);
    for (let at = 0; at < lines.length; at += BURST) {
      await bob.lines.waitFor(at);
      await Promise.all(lines.slice(at, at + BURST).map((line) => mel.say(line)));
    }
  }
  assertEquals(await bob.lines.waitFor(1_000), lines);
});

Deno.test("the server answers probes in a room once it was asked to", async () => {
  await using server = await SessionServer.start();
  const room = await makeRoom(server);
  await using session = await Session.begin(server);
  const heard = new Inbox<Uint8Array>();
  await using prober = await MulticastLink.open({
    group: { address: room.address, port: CONTROL_PORT },
    interfaceAddress: LOOPBACK,
    onDatagram: heard.add,
    onError: (error) => reportError(error),
  });
  const wish = { room: room.name, interface: LOOPBACK };
  assertEquals(await session.relays.check(wish), 60);
  assertEquals(await session.relays.check(wish), 60);
  const token = "00000000000000aa";
  await prober.send(encodeControl({ kind: "probe", roomPort: room.port, member: ID, token }));
  const [echo] = await heard.waitFor(1);
  const control = decodeControl(echo!);
  assert(control?.kind === "echo");
  assertEquals([control.token, control.roomPort], [token, room.port]);
});

Deno.test("relays end with the connection: what was said leaves, their sockets are closed", async () => {
  await using server = await SessionServer.start();
  const room = await makeRoom(server);
  const session = await Session.begin(server);
  await using bob = await Member.direct(room);
  const mel = await Member.relayed(room, session);
  const eve = await Member.relayed(room, session);
  await mel.say("Mel: last words");
  await session[Symbol.asyncDispose]();
  assertEquals(await bob.lines.waitFor(1), ["Mel: last words"]);
  for (const { ends } of [mel, eve]) {
    assertEquals(await ends.waitFor(1), ["we closed the connection"]);
  }
  const closed = await told(server, /^Relay closed/, 2);
  assert(closed.every((line) => line.endsWith("room lobby (its connection ended).")), closed[0]);
  await assertRejects(() => mel.say("Mel: still here?"), Error, "Cannot send to room");
});

Deno.test("relays end when the server stops, and can be had again from its successor", async () => {
  await using server = await SessionServer.start();
  const room = await makeRoom(server);
  const session = await Session.begin(server);
  await using mel = await Member.relayed(room, session);
  await server.stop();
  assertEquals((await mel.ends.waitFor(1)).length, 1);
  await session[Symbol.asyncDispose]();
  await server.startAgain();
  await using again = await Session.begin(server);
  await using _mel = await Member.relayed(room, again);
});

Deno.test("room.join needs hello and a room of the directory", async () => {
  await using server = await SessionServer.start();
  await makeRoom(server);
  using stranger = await SessionClient.open(server.endpoint.port);
  const params = { room: "lobby", interface: LOOPBACK };
  assertEquals((await stranger.ask("room.join", params)).error?.data?.code, "HELLO_FIRST");
  await using session = await Session.begin(server);
  const error = await assertRejects(
    () => session.peer.request("room.join", { ...params, room: "annex" }),
    RpcError,
    'Cannot relay room "annex": there is no room of that name.',
  );
  assertEquals(error.data?.code, "NO_SUCH_ROOM");
});

Deno.test("a client that does not read loses datagrams, not its session, and costs nobody anything", async () => {
  await using server = await SessionServer.start();
  const room = await makeRoom(server);
  using deaf = await SessionClient.greet(server.endpoint.port);
  const { relay } = (await deaf.ask("room.join", { room: "lobby", interface: LOOPBACK })).result;
  await using session = await Session.begin(server);
  await using eve = await Member.relayed(room, session);
  await using bob = await Member.direct(room);
  // 10 MB as lines, when the kernel keeps a few and the server may let 1 MiB pile up.
  const count = 6_000;
  const line = "x".repeat(1_195);
  for (let at = 0; at < count; at += 20) {
    const round = Array.from({ length: 20 }, (_, step) => bob.say(`${10_000 + at + step}${line}`));
    await Promise.all(round);
    // Paced by who listens: 20 fit into every receive buffer.
    await eve.lines.waitFor(at + 20);
  }
  // It is still there, and hears what is said when it reads again.
  let heard = 0;
  const seen = new Promise<void>((resolve, reject) => {
    (async () => {
      for (let text = await deaf.line(); text !== undefined; text = await deaf.line()) {
        const { method, params } = JSON.parse(text);
        if (method !== "room.heard") continue;
        assertEquals(params.relay, relay);
        heard++;
        if (params.data === encodeBase64(bytes("Bob: again"))) return resolve();
      }
      reject(new Error("the session was ended"));
    })().catch(reject);
  });
  let isSeen = false;
  void seen.then(() => isSeen = true, () => isSeen = true);
  for (let again = 1; !isSeen; again++) {
    await bob.say("Bob: again");
    await eve.lines.waitFor(count + again);
  }
  await seen;
  assert(heard < count, `${heard} of ${count} datagrams came: nothing was dropped`);
  assertEquals(eve.ends.items, []);
});
