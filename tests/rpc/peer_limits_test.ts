import { assert, assertEquals, assertRejects } from "@std/assert";
import { MAX_LINE_BYTES } from "../../lib/framing/json_lines.ts";
import { DEFAULT_RPC_LIMITS } from "../../lib/rpc/limits.ts";
import type { RpcContext } from "../../lib/rpc/methods.ts";
import { RpcClosed } from "../../lib/rpc/rpc_error.ts";
import { settled } from "../helpers/fake_clock.ts";
import { gate, lines, peers, rawEnd } from "../helpers/rpc_ends.ts";

Deno.test("RpcPeer disconnects a side that does not read, with bounded memory", async () => {
  const { peer, transport } = rawEnd({ capacity: 1024 });
  const text = "x".repeat(1_000);
  let sent = 0;
  let open = true;
  void peer.closed.then(() => open = false);
  while (open && sent < 10_000) {
    peer.notify("news", { text });
    sent++;
    if (sent % 100 === 0) await settled();
  }
  assertEquals(await peer.closed, "it does not read: 1048576 bytes wait to be sent");
  assert(sent >= 1_000 && sent <= 1_100, `${sent} were sent`);
  assertEquals(transport.closed, true);
});

Deno.test("RpcPeer disconnects a side that takes nothing for 10 s", async () => {
  const { peer, raw, clock } = rawEnd({ capacity: 16 });
  peer.notify("news", {});
  await clock.advance(9_000);
  await raw.hear();
  await clock.advance(9_999);
  assertEquals(clock.timers, 1);
  await clock.advance(1);
  assertEquals(await peer.closed, "it took nothing for 10 s");
});

Deno.test("RpcPeer takes no further request of a side that does not read its replies", async () => {
  let calls = 0;
  const reply = "x".repeat(10_000);
  const { peer, raw, clock } = rawEnd({
    capacity: 4096,
    handlers: { big: () => (calls++, reply) },
  });
  const request = lines({ id: 1, method: "big" });
  // More than fits on the way: the sender has to wait, too.
  const saying = raw.say(request.repeat(2_000));
  await settled();
  const most = DEFAULT_RPC_LIMITS.highWater / reply.length;
  assert(calls > most && calls < 1.2 * most, `${calls} calls`);
  for (let turn = 0; calls < 2_000 || raw.waiting > 0; turn++) {
    assert(turn < 100_000);
    await raw.hear();
    await settled();
  }
  await saying;
  assertEquals(calls, 2_000);
  await peer.finish("the test is over");
  assertEquals(clock.timers, 0);
});

Deno.test("RpcPeer reads no further while enough calls are under way", async () => {
  const { handler, open, calls } = gate();
  const { peer, raw, transport } = rawEnd({
    handlers: { work: handler },
    limits: { maxCalls: 4 },
  });
  const saying = raw.say(lines({ id: 1, method: "work" }).repeat(3_000));
  await settled();
  assertEquals(calls.length, 4);
  // One read is taken from the connection, the rest stays there.
  assert(transport.waiting >= 63 * 1024);
  await open(3);
  assertEquals(calls.length, 7);
  for (let turn = 0; calls.length < 3_000; turn++) {
    assert(turn < 3_000);
    await open(4);
    await raw.hear();
  }
  await open(4);
  await raw.hear();
  await saying;
  await peer.finish("the test is over");
});

Deno.test("RpcPeer lets answers to itself through when calls are under way on both sides", async () => {
  const busy = (): {
    handlers: Record<string, (params: unknown, context: RpcContext) => unknown>;
  } => ({
    handlers: {
      ask: (_params, { peer }) => peer.request("ask back", {}),
      "ask back": () => 1,
    },
  });
  // Far more calls than may be under way, each of which needs an answer behind all the others.
  const limits = { maxCalls: 2, maxNestedCalls: 1_500 };
  const { one, other, clock } = peers({ ...busy(), limits }, { ...busy(), limits });
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, (_, i) => (i % 2 ? one : other).request("ask", {})),
  );
  assertEquals(answers, Array(1_000).fill(1));
  assertEquals(clock.now(), 0);
  await Promise.all([one.finish("over"), other.finish("over")]);
});

Deno.test("RpcPeer goes on reading when a handler that fills it asks the other side", async () => {
  const go = Promise.withResolvers<void>();
  const { peer, raw, ask } = rawEnd({
    limits: { maxCalls: 1 },
    handlers: {
      ask: async (_params, { peer }) => {
        await go.promise;
        return await peer.request("name", {});
      },
      after: () => "after",
    },
  });
  const calls = lines({ id: 1, method: "ask" }, { id: 2, method: "after" });
  assertEquals(await ask(calls + lines({ id: 1, result: "Mel" })), "");
  go.resolve();
  await settled();
  const said = (await raw.hear()).trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(said, [
    { jsonrpc: "2.0", id: 1, method: "name", params: {} },
    { jsonrpc: "2.0", id: 2, result: "after" },
    { jsonrpc: "2.0", id: 1, result: "Mel" },
  ]);
  await peer.finish("the test is over");
});

Deno.test("RpcPeer answers BUSY when too many calls are under way and it waits itself", async () => {
  const { handler, open, calls } = gate();
  const { peer, ask } = rawEnd({
    handlers: { work: handler },
    limits: { maxCalls: 1, maxNestedCalls: 3 },
  });
  const mine = peer.request("name", {});
  await ask("");
  const request = lines({ id: 7, method: "work" });
  const batch = `[${request.trim()},${request.trim()}]\n`;
  const replies = (await ask(request.repeat(5) + batch + lines({ id: 1, result: "Mel" })))
    .trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(await mine, "Mel");
  assertEquals(replies.map((reply) => Array.isArray(reply)), [false, false, true]);
  const codes = replies.flat().map(({ error }) => error.data.code);
  assertEquals(codes, ["BUSY", "BUSY", "BUSY", "BUSY"]);
  assertEquals(calls.length, 3);
  // Now it waits for nothing, and further calls are simply not read yet.
  assertEquals(await ask(request.repeat(2)), "");
  await open(3);
  assertEquals(await ask(""), lines({ id: 7, result: 1 }).repeat(3));
  assertEquals(calls.length, 4);
  await open();
  await open();
  assertEquals(await ask(""), lines({ id: 7, result: 1 }).repeat(2));
  await peer.finish("the test is over");
});

Deno.test("RpcPeer answers BUSY rather than pile up replies while it waits itself", async () => {
  let calls = 0;
  const reply = "x".repeat(60_000);
  const { peer, raw, ask } = rawEnd({ handlers: { big: () => (calls++, reply) } });
  const mine = peer.request("name", {});
  await ask("");
  const saying = raw.say(
    lines({ id: 2, method: "big" }).repeat(1_000) + lines({ id: 1, result: 3 }),
  );
  assertEquals(await mine, 3);
  await saying;
  let text = "";
  for (let part = await ask(""); part !== ""; part = await ask("")) text += part;
  const replies = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(replies.length, 1_000);
  assert(calls >= 5 && calls < 1_000, `${calls} calls`);
  assertEquals(replies.filter(({ error }) => error?.data.code === "BUSY").length, 1_000 - calls);
  await peer.finish("the test is over");
});

Deno.test("RpcPeer answers a batch whose replies are too many with some of them", async () => {
  const { peer, raw, ask } = rawEnd({ handlers: { big: () => "x".repeat(60_000) } });
  const calls = Array.from({ length: 100 }, (_, id) => ({ jsonrpc: "2.0", id, method: "big" }));
  await raw.say(`${JSON.stringify(calls)}\n`);
  let text = "";
  for (let part = await ask(""); part !== ""; part = await ask("")) text += part;
  const replies = text.trimEnd().split("\n").flatMap((line) => JSON.parse(line));
  assertEquals(replies.map(({ id }) => id), calls.map(({ id }) => id));
  const good = replies.filter(({ error }) => error === undefined).length;
  assert(good >= 5 && good < 10, `${good} are good`);
  await peer.finish("the test is over");
});

Deno.test("RpcPeer and its like never wait for each other's reading", async () => {
  let heard = 0;
  const handlers = {
    note: () => {
      heard++;
    },
    echo: (params: unknown) => params,
  };
  const { one, other, clock } = peers({ capacity: 1024, handlers }, { handlers });
  const text = "x".repeat(1_000);
  for (let i = 0; i < 900; i++) {
    one.notify("note", { text });
    other.notify("note", { text });
  }
  for (let turn = 0; heard < 1_800; turn++) {
    assert(turn < 10_000);
    await settled();
  }
  // Each side's requests fill the way, and so would the replies.
  const both = Array.from(
    { length: 1_000 },
    (_, i) => (i % 2 ? one : other).request("echo", [text]),
  );
  const outcomes = await Promise.allSettled(both);
  for (const outcome of outcomes) {
    assert(outcome.status === "fulfilled" || outcome.reason.data.code === "BUSY");
  }
  assertEquals(clock.now(), 0);
  await Promise.all([one.finish("over"), other.finish("over")]);
});

Deno.test("RpcPeer closes when notifications pile up that it may not lose", async () => {
  const { handler, calls } = gate();
  const { peer, ask } = rawEnd({
    handlers: { work: handler },
    limits: { maxCalls: 1, maxNestedCalls: 3 },
  });
  const mine = assertRejects(() => peer.request("name", {}), RpcClosed);
  await ask(lines({ method: "work" }).repeat(10));
  assertEquals(await peer.closed, "it sends more than can be served");
  assertEquals(calls.length, 3);
  await mine;
});

Deno.test("RpcPeer goes on after malformed lines, but not for ever", async () => {
  const { peer, ask, raw } = rawEnd();
  const ping = lines({ id: 1, method: "ping" });
  const pong = lines({ id: 1, result: {} });
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 99; i++) {
      const [garbage, code] = [["{", -32700], ["{}", -32600], ["[1]", -32600]][i % 3]!;
      const reply = JSON.parse(await ask(`${garbage}\n`));
      assertEquals((Array.isArray(reply) ? reply[0] : reply).error.code, code);
    }
    assertEquals(await ask(ping), pong);
  }
  assertEquals((await ask("{\n".repeat(100))).trimEnd().split("\n").length, 100);
  assertEquals(await peer.closed, "it sent 100 lines in a row that are no messages");
  await raw.hear();
});

Deno.test("RpcPeer names a line that is too long or no UTF-8, and goes on", async () => {
  const { peer, raw, ask } = rawEnd();
  const saying = raw.say(`${"x".repeat(MAX_LINE_BYTES + 1)}\n`);
  await settled();
  await saying;
  assertEquals(JSON.parse(await ask("")).error.data, { code: "LINE_TOO_LONG", maxBytes: 65536 });
  await raw.write(Uint8Array.of(0xff, 10));
  assertEquals(JSON.parse(await ask("")).error.data, { code: "INVALID_UTF8" });
  assertEquals(await ask(lines({ id: 1, method: "ping" })), lines({ id: 1, result: {} }));
  await peer.finish("the test is over");
});
