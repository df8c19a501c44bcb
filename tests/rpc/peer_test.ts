import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { MAX_LINE_BYTES } from "../../lib/framing/json_lines.ts";
import { formatNotification } from "../../lib/rpc/message.ts";
import type { RpcContext } from "../../lib/rpc/methods.ts";
import { RpcPeer } from "../../lib/rpc/peer.ts";
import { refusal, RpcClosed, RpcError, RpcTimeout } from "../../lib/rpc/rpc_error.ts";
import { bytes, everySplit } from "../helpers/bytes.ts";
import { duplex } from "../helpers/duplex.ts";
import { settled } from "../helpers/fake_clock.ts";
import { lines, peers, rawEnd } from "../helpers/rpc_ends.ts";

type Methods = {
  "rooms.find": { params: { name: string }; result: { port: number } };
};
type Notices = { "rooms.changed": { revision: number } };

Deno.test("RpcPeer.request() returns the result, with types", async () => {
  const { peer, ask, raw } = rawEnd<Methods, Notices>();
  const answer = peer.request("rooms.find", { name: "lab" });
  assertEquals(await ask(""), lines({ id: 1, method: "rooms.find", params: { name: "lab" } }));
  await raw.say(lines({ id: 1, result: { port: 50100 } }));
  assertEquals((await answer).port, 50100);
  peer.notify("rooms.changed", { revision: 3 });
  assertEquals(await ask(""), lines({ method: "rooms.changed", params: { revision: 3 } }));
  await peer.finish("the test is over");
});

Deno.test("RpcPeer.request() throws what the other side refused with", async () => {
  const { one } = peers({}, {
    handlers: {
      sync: () => {
        throw refusal("ROOM_EXISTS", 'Cannot create room "lab": the name is taken.', { port: 1 });
      },
      async: () => Promise.reject(new RpcError(-32602, '"name" is missing')),
    },
  });
  const error = await assertRejects(() => one.request("sync", {}), RpcError, "the name is taken");
  assertEquals(error.data, { code: "ROOM_EXISTS", port: 1 });
  const bad = await assertRejects(() => one.request("async", {}), RpcError, "is missing");
  assertEquals(bad.rpcCode, -32602);
  const unknown = await assertRejects(() => one.request("none", {}), RpcError, "Method not found");
  assertEquals(unknown.rpcCode, -32601);
  await one.finish("the test is over");
});

Deno.test("RpcPeer tells a handler's fault to us and not to the other side", async () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const secret = new TypeError("secret");
  const { one, other, faults } = peers({}, {
    handlers: {
      sync: () => {
        throw secret;
      },
      async: () => Promise.reject(secret),
      bigint: () => 1n,
      cycle: () => Promise.resolve(cycle),
      long: () => "x".repeat(MAX_LINE_BYTES),
      data: () => {
        throw refusal("X", "y", { cycle });
      },
    },
  });
  for (const method of ["sync", "async", "bigint", "cycle", "long", "data"]) {
    const error = await assertRejects(() => one.request(method, {}), RpcError);
    assertEquals([error.rpcCode, error.message], [-32603, "Internal error"], method);
  }
  assertEquals(faults.length, 6);
  assertEquals(faults[0], secret);
  one.notify("sync", {});
  await settled();
  assertEquals(faults.length, 7);
  await other.finish("the test is over");
});

Deno.test("RpcPeer calls no method that is not its own", async () => {
  const { peer, ask } = rawEnd({ handlers: { mine: () => 1 } });
  const evil = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];
  for (const method of evil) {
    const reply = JSON.parse(await ask(lines({ id: 1, method, params: { constructor: 1 } })));
    assertEquals(reply.error.code, -32601, method);
  }
  await peer.finish("the test is over");
});

Deno.test("RpcPeer.request() gives up in time and ignores the late answer", async () => {
  const { peer, ask, clock } = rawEnd();
  const slow = assertRejects(() => peer.request("a", {}), RpcTimeout, "none came within 10 s");
  const quick = assertRejects(() => peer.request("b", {}, { timeout: 300 }), RpcTimeout, "0.3 s");
  const patient = peer.request("c", {}, { timeout: Infinity });
  await clock.advance(300);
  await quick;
  await clock.advance(9_700);
  await slow;
  await clock.advance(100_000);
  await ask(lines({ id: 2, result: 1 }, { id: 1, result: 1 }, { id: 3, result: 3 }, { id: 9 }));
  assertEquals(await patient, 3);
  await peer.finish("the test is over");
  assertEquals(clock.timers, 0);
});

Deno.test("RpcPeer.request() ends with its signal", async () => {
  const { peer, ask } = rawEnd();
  const abort = new AbortController();
  const ends = assertRejects(
    () => peer.request("a", {}, { signal: abort.signal }),
    DOMException,
  );
  abort.abort();
  assertEquals((await ends).name, "AbortError");
  await assertRejects(() => peer.request("b", {}, { signal: abort.signal }), DOMException);
  assertEquals(await ask(lines({ id: 1, result: 1 })), lines({ id: 1, method: "a", params: {} }));
  await peer.finish("the test is over");
});

Deno.test("RpcPeer.request() leaves nothing behind at a signal that lives on", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...given: Parameters<typeof addEventListener>): void => {
    listeners++;
    addEventListener.apply(signal, given);
  };
  signal.removeEventListener = (...given: Parameters<typeof removeEventListener>): void => {
    listeners--;
    removeEventListener.apply(signal, given);
  };
  const { peer, ask, clock } = rawEnd();
  const answered = peer.request("a", {}, { signal });
  const late = assertRejects(() => peer.request("b", {}, { signal, timeout: 5 }), RpcTimeout);
  const lost = assertRejects(() => peer.request("c", {}, { signal }), RpcClosed);
  assertEquals(listeners, 3);
  await ask(lines({ id: 1, result: 1 }));
  await answered;
  await clock.advance(5);
  await late;
  peer.close("over");
  await lost;
  assertEquals(listeners, 0);
});

Deno.test("RpcPeer refuses to send what does not fit into a line", async () => {
  const { peer, ask } = rawEnd();
  const long = "x".repeat(MAX_LINE_BYTES);
  await assertRejects(() => peer.request("a", { long }), RangeError, "at most 65536 fit");
  assertThrows(() => peer.notify("a", { long }), RangeError);
  assertThrows(() => peer.post(long + long), RangeError);
  assertEquals(await ask(""), "");
  await peer.finish("the test is over");
});

Deno.test("RpcPeer.close() fails requests, tells handlers, and happens once", async () => {
  const seen: unknown[] = [];
  let context: RpcContext | undefined;
  const { peer, raw, transport, faults, clock } = rawEnd({
    handlers: {
      wait: (_params, given) => {
        context = given;
        return new Promise((_resolve, reject) => {
          given.signal.addEventListener("abort", () => reject(seen.push(given.signal.reason)));
        });
      },
    },
  });
  await raw.say(lines({ id: 1, method: "wait" }));
  await settled();
  const pending = assertRejects(() => peer.request("a", {}), RpcClosed, "we are tired");
  peer.close("we are tired");
  peer.close("again");
  await pending;
  assertEquals(await peer.closed, "we are tired");
  assertEquals(transport.closed, true);
  assertInstanceOf(seen[0], RpcClosed);
  assertEquals(context?.peer, peer);
  await assertRejects(() => peer.request("a", {}), RpcClosed, 'Cannot finish "a"');
  peer.notify("b", {});
  await peer.finish("over");
  assertEquals(faults, []);
  assertEquals(clock.timers, 0);
});

Deno.test("RpcPeer closes when the other side resets", async () => {
  const [transport] = duplex();
  const peer = new RpcPeer({
    handlers: {},
    onFault: () => {},
    transport: {
      read: () => Promise.reject(new Deno.errors.ConnectionReset("reset (os error 104)")),
      write: (bytes) => transport.write(bytes),
      close: () => transport.close(),
    },
  });
  assertEquals(await peer.closed, "the other side reset the connection");
  await peer.finish("over");
});

Deno.test("RpcPeer.finish() answers what is under way, takes nothing new, then closes", async () => {
  const work = Promise.withResolvers<number>();
  const { peer, raw, ask } = rawEnd({ handlers: { work: () => work.promise, more: () => 2 } });
  await ask(lines({ id: 1, method: "work" }));
  peer.notify("last", {});
  const finished = peer.finish("the server stops");
  assertEquals(await ask(lines({ id: 2, method: "more" })), lines({ method: "last", params: {} }));
  work.resolve(1);
  await settled();
  assertEquals(await raw.hear(), lines({ id: 1, result: 1 }));
  await finished;
  assertEquals(await peer.closed, "the server stops");
});

Deno.test("RpcPeer.finish() does not wait for ever", async () => {
  const { peer, ask, clock } = rawEnd({ handlers: { never: () => new Promise(() => {}) } });
  await ask(lines({ id: 1, method: "never" }));
  const finished = peer.finish("the server stops");
  await clock.advance(2_000);
  await finished;
  assertEquals(await peer.closed, "the server stops");
});

Deno.test("RpcPeer answers a side that has ended its own half", async () => {
  const work = Promise.withResolvers<number>();
  const { peer, raw } = rawEnd({ handlers: { work: () => work.promise } });
  const pending = assertRejects(() => peer.request("a", {}), RpcClosed, "closed the connection");
  await raw.say(lines({ id: 1, method: "work" }) + '{"half');
  raw.end();
  await pending;
  work.resolve(1);
  assertEquals(await peer.closed, "the other side closed the connection");
  assertEquals((await raw.hear()).endsWith(lines({ id: 1, result: 1 })), true);
});

Deno.test("RpcPeer serves bytes that were read before, after its constructor returned", async () => {
  const text = lines({ id: 1, method: "who" }, { id: 2, method: "who" });
  for (const [first = bytes(), ...rest] of everySplit(bytes(text))) {
    const asked: unknown[] = [];
    const { peer, raw } = rawEnd({
      initial: first,
      handlers: {
        who: (_params, context) => {
          asked.push(context.peer === peer);
          return null;
        },
      },
    });
    for (const piece of rest) await raw.write(piece);
    await settled();
    assertEquals(asked, [true, true]);
    assertEquals(await raw.hear(), lines({ id: 1, result: null }, { id: 2, result: null }));
    await peer.finish("the test is over");
  }
});

Deno.test("RpcPeer joins the replies to all requests of one read in one write", async () => {
  const { peer, transport, ask } = rawEnd({
    handlers: { now: () => 1, later: () => Promise.resolve(2) },
  });
  const calls = Array.from({ length: 9 }, (_, id) => ({ id, method: id % 2 ? "now" : "ping" }));
  const replies = calls.map(({ id }) => ({ id, result: id % 2 ? 1 : {} }));
  const first = lines(...calls);
  assertEquals(first.length > 512, false);
  assertEquals(await ask(first), lines(...replies));
  assertEquals(transport.writes, 1);
  await ask(lines(...Array.from({ length: 5 }, (_, id) => ({ id, method: "later" }))));
  assert(transport.writes <= 3);
  await peer.finish("the test is over");
});

Deno.test("RpcPeer keeps the order of calls whose handlers do not wait", async () => {
  const seen: unknown[] = [];
  const { one, other } = peers({}, {
    handlers: {
      call: (params) => seen.push(params),
      note: (params) => {
        seen.push(params);
      },
    },
  });
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: 1_000 }, (_, i) => {
      if (i % 3 === 0) one.notify("note", [i]);
      else return one.request("call", [i]).then(() => order.push(i));
    }),
  );
  assertEquals(seen, Array.from({ length: 1_000 }, (_, i) => [i]));
  assertEquals(order, order.toSorted((a, b) => a - b));
  await other.finish("the test is over");
  assertEquals(await one.closed, "the other side closed the connection");
});

Deno.test("RpcPeer asks and answers at once, in both directions", async () => {
  const make = (): {
    handlers: Record<string, (params: unknown, context: RpcContext) => unknown>;
  } => ({
    handlers: {
      // Asks back until nothing is left: requests within requests, ten deep.
      down: async (params, { peer }) => {
        const [left] = params as [number];
        return left === 0 ? 0 : 1 + (await peer.request("down", [left - 1]) as number);
      },
    },
  });
  const { one, other } = peers(make(), make());
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) => (i % 2 ? one : other).request("down", [10])),
  );
  assertEquals(answers, Array(40).fill(10));
  await Promise.all([one.finish("over"), other.finish("over")]);
});

Deno.test("RpcPeer answers a batch in one line, and in several where one is too short", async () => {
  const { peer, ask, raw, clock } = rawEnd({
    capacity: 1024 * 1024,
    handlers: { big: () => Promise.resolve("x".repeat(15_000)), small: () => 1 },
  });
  const small = [1, 2, 3].map((id) => ({ jsonrpc: "2.0", id, method: "small" }));
  const mine = peer.request("a", {});
  await ask("");
  const both = [...small, { jsonrpc: "2.0", id: 1, result: "yours" }];
  assertEquals(JSON.parse(await ask(`${JSON.stringify(both)}\n`)).length, 3);
  assertEquals(await mine, "yours");
  const big = Array.from({ length: 10 }, (_, id) => ({ jsonrpc: "2.0", id, method: "big" }));
  await raw.say(`${JSON.stringify(big)}\n`);
  await settled();
  const replies = (await raw.hear()).trimEnd().split("\n");
  assert(replies.length > 1);
  for (const reply of replies) assert(reply.length <= MAX_LINE_BYTES);
  const ids = replies.flatMap((reply) => JSON.parse(reply).map(({ id }: { id: number }) => id));
  assertEquals(ids, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await peer.finish("the test is over");
  assertEquals(clock.timers, 0);
});

Deno.test("RpcPeer.post() sends a notification that was written once", async () => {
  const line = formatNotification("rooms.changed", { revision: 1 });
  const { peer, ask } = rawEnd();
  peer.post(line);
  assertEquals(await ask(""), `${line}\n`);
  await peer.finish("the test is over");
});
