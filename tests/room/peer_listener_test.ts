/**
 * The TCP port of a member, with real sockets and the time in the test's hands.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { askHistory } from "../../lib/room/ask_history.ts";
import type { HistoryAnswer } from "../../lib/room/peer_methods.ts";
import {
  MAX_PEERS,
  MAX_PEERS_PER_ADDRESS,
  PEER_TIMEOUT_MS,
  PeerListener,
} from "../../lib/room/peer_listener.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { pythonTest } from "../helpers/python.ts";

const ROOM = { address: "239.255.7.3", port: 20103 };
const FROM = { address: "10.0.0.1", port: 4000 };
const ANSWER: HistoryAnswer = { lines: [{ age: 7, from: FROM, text: "Mel: hi" }] };
const LARGE: HistoryAnswer = {
  lines: Array.from({ length: 50 }, () => ({ age: 7, from: FROM, text: "x".repeat(1200) })),
};
const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}\n';
const PONG = '{"jsonrpc":"2.0","id":1,"result":{}}\n';

interface Rig extends AsyncDisposable {
  readonly listener: PeerListener;
  readonly clock: FakeClock;
  readonly problems: unknown[];
  connect(from?: string): Promise<Deno.TcpConn>;
}

function listen(answer: () => HistoryAnswer | undefined = () => ANSWER): Rig {
  const clock = new FakeClock();
  const problems: unknown[] = [];
  const listener = new PeerListener({
    interfaceAddress: "127.0.0.1",
    room: ROOM,
    answer,
    onProblem: (error) => problems.push(error),
    clock,
  });
  return {
    listener,
    clock,
    problems,
    connect: () => Deno.connect({ hostname: "127.0.0.1", port: listener.port }),
    async [Symbol.asyncDispose]() {
      await listener[Symbol.asyncDispose]();
      assertEquals(listener.connections, 0);
      assertEquals(clock.timers, 0);
    },
  };
}

async function say(socket: Deno.TcpConn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += await socket.write(bytes.subarray(sent));
}

/** Reads until as much arrived as is expected, or the end. */
async function hear(socket: Deno.TcpConn, length = Infinity): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(65536);
  const decoder = new TextDecoder();
  while (text.length < length) {
    const count = await socket.read(buffer).catch(() => null);
    if (count === null) break;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return text;
}

function request(params: unknown = { room: ROOM }, id: unknown = 1): string {
  return `${JSON.stringify({ jsonrpc: "2.0", id, method: "room.history", params })}\n`;
}

Deno.test("PeerListener tells the history, then closes", async () => {
  await using rig = listen();
  using socket = await rig.connect();
  await say(socket, request());
  assertEquals(JSON.parse(await hear(socket)), { jsonrpc: "2.0", id: 1, result: ANSWER });
});

const REFUSALS: [what: string, params: unknown, error: RegExp][] = [
  ["another room", { room: { ...ROOM, port: 1 } }, /"code":"NOT_IN_ROOM"/],
  ["another group", { room: { ...ROOM, address: "239.0.0.1" } }, /"code":"NOT_IN_ROOM"/],
  ["no room", {}, /-32602.*\\"room\\" is missing/],
  ["a room by name", { room: "lobby" }, /-32602.*must be an object/],
  ["a room without a port", { room: { address: "239.0.0.1" } }, /-32602.*room.port/],
  ["a room with an odd address", { room: { address: {}, port: 1 } }, /-32602.*room.address/],
  ["parameters by position", [ROOM], /-32602/],
];

for (const [what, params, error] of REFUSALS) {
  Deno.test(`PeerListener refuses ${what}, then closes`, async () => {
    await using rig = listen();
    using socket = await rig.connect();
    await say(socket, request(params));
    assertMatch(await hear(socket), error);
    assertEquals(rig.problems, []);
  });
}

Deno.test("PeerListener says that it is busy while the member is new itself", async () => {
  await using rig = listen(() => undefined);
  using socket = await rig.connect();
  await say(socket, request());
  assertMatch(await hear(socket), /-32000.*"code":"BUSY"/);
});

Deno.test("PeerListener tells a fault of ours, and answers so", async () => {
  const fault = new Error("broken");
  await using rig = listen(() => {
    throw fault;
  });
  using socket = await rig.connect();
  await say(socket, request());
  assertMatch(await hear(socket), /-32603/);
  assertEquals(rig.problems, [fault]);
});

Deno.test("PeerListener answers one request of a batch, so that no reply is huge", async () => {
  await using rig = listen(() => LARGE);
  using socket = await rig.connect();
  const one = JSON.parse(request());
  await say(socket, `${JSON.stringify(Array(20).fill(one))}\n${request()}`);
  const heard = await hear(socket);
  assertEquals(heard.split('"result"').length - 1, 1);
  assertEquals(heard.split("BUSY").length - 1, 19);
});

Deno.test("PeerListener closes what it cannot take, at once, and serves on", async () => {
  await using rig = listen();
  const kept = await Promise.all([rig.connect(), rig.connect()]);
  for (const socket of kept) {
    await say(socket, PING);
    assertEquals(await hear(socket, PONG.length), PONG);
  }
  const others = await Promise.all(Array.from({ length: 100 }, () => rig.connect()));
  for (const socket of others) {
    assertEquals(await hear(socket), "");
    socket.close();
  }
  assertEquals(rig.listener.connections, MAX_PEERS_PER_ADDRESS);
  await say(kept[0]!, request());
  assertMatch(await hear(kept[0]!), /"result"/);
  for (const socket of kept) socket.close();
});

pythonTest("PeerListener takes 8 connections from all hosts together", async () => {
  await using rig = listen();
  // Two from each of five loopback addresses, one after the other.
  const script = `
import socket
sockets = []
for host in range(2, 7):
    for _ in range(2):
        there = ("127.0.0.1", ${rig.listener.port})
        s = socket.create_connection(there, source_address=("127.0.0.%d" % host, 0))
        sockets.append(s)
        try:
            s.sendall(${JSON.stringify(PING)}.encode())
            print("taken" if s.recv(100) else "refused")
        except ConnectionError:
            print("refused")
`;
  const { stdout } = await new Deno.Command("python3", { args: ["-c", script] }).output();
  const heard = new TextDecoder().decode(stdout).trim().split("\n");
  assertEquals(heard, [...Array(MAX_PEERS).fill("taken"), "refused", "refused"]);
});

const SILENT: [what: string, text: string][] = [
  ["says nothing more", ""],
  ["stops in the middle of a line", '{"jsonrpc":"2.0","id":2,"meth'],
  ["sends blank lines", "\n\n\n"],
];

for (const [what, text] of SILENT) {
  Deno.test(`PeerListener closes after 5 s whoever ${what}`, async () => {
    await using rig = listen();
    using socket = await rig.connect();
    await say(socket, PING);
    assertEquals(await hear(socket, PONG.length), PONG);
    await say(socket, text);
    await rig.clock.advance(PEER_TIMEOUT_MS - 1);
    assertEquals(rig.listener.connections, 1);
    await rig.clock.advance(1);
    assertEquals(await hear(socket), "");
  });
}

Deno.test("PeerListener serves others while one does not read, and closes that one in time", async () => {
  await using rig = listen(() => LARGE);
  using socket = await rig.connect();
  // Not read: what is sent waits in the buffers of the system, or here.
  await say(socket, request());
  using other = await rig.connect();
  await say(other, request());
  assertEquals(JSON.parse(await hear(other)).result, LARGE);
  await rig.clock.advance(PEER_TIMEOUT_MS);
});

const NOISE: [what: string, text: string, answer: RegExp][] = [
  ["an endless line", "x".repeat(1_000_000), /^$/],
  ["garbage", "\x00\x01garbage\n".repeat(100_000), /^({"jsonrpc".*-32700.*\n){3}$/],
  ["another protocol", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", /-32700/],
  ["deep nesting", `${"[".repeat(4000)}\n`, /-32700/],
  ["other methods", '{"jsonrpc":"2.0","id":1,"method":"hello"}\n'.repeat(10_000), /-32601/],
];

for (const [what, text, answer] of NOISE) {
  Deno.test(`PeerListener survives ${what} and serves on`, async () => {
    await using rig = listen();
    using socket = await rig.connect();
    // It may be closed in the middle.
    const saying = say(socket, text).then(() => socket.closeWrite()).catch(() => {});
    const heard = await hear(socket);
    await saying;
    // With a reset, what was answered before may be lost.
    if (heard !== "") assertMatch(heard, answer);
    assert(heard.length < 20_000);
    assertEquals(rig.problems, []);
    using other = await rig.connect();
    await say(other, request());
    assertMatch(await hear(other), /"result"/);
  });
}

Deno.test("PeerListener survives clients that leave at once", async () => {
  await using rig = listen();
  for (let i = 0; i < 50; i++) (await rig.connect()).close();
  // The system may not have told of all of them yet.
  for (;;) {
    using socket = await rig.connect();
    const said = await say(socket, request()).then(() => true, () => false);
    if (said && (await hear(socket)).includes('"result"')) break;
  }
});

Deno.test("PeerListener that cannot listen has port 0, and says why", async () => {
  await using listener = new PeerListener({
    // TEST-NET-1 (RFC 5737): no machine has it.
    interfaceAddress: "192.0.2.1",
    room: ROOM,
    answer: () => ANSWER,
    onProblem: (error) => {
      throw error;
    },
  });
  assertEquals([listener.port, listener.connections], [0, 0]);
  assertEquals(listener.failure, "this machine does not have that address");
});

Deno.test("PeerListener closes everything when it is disposed, which may be repeated", async () => {
  const rig = listen();
  using socket = await rig.connect();
  await say(socket, PING);
  assertEquals(await hear(socket, PONG.length), PONG);
  await Promise.all([rig.listener[Symbol.asyncDispose](), rig.listener[Symbol.asyncDispose]()]);
  assertEquals(await hear(socket), "");
  await rig[Symbol.asyncDispose]();
  const member = { address: "127.0.0.1", port: rig.listener.port };
  assertEquals(await askHistory({ member, room: ROOM }), undefined);
});
