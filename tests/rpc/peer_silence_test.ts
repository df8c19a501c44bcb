import { assertEquals, assertRejects } from "@std/assert";
import { MAX_LINE_BYTES } from "../../lib/framing/json_lines.ts";
import { RpcClosed } from "../../lib/rpc/rpc_error.ts";
import { settled } from "../helpers/fake_clock.ts";
import { gate, lines, peers, rawEnd } from "../helpers/rpc_ends.ts";

Deno.test("RpcPeer.keepAlive asks after 10 s of silence and gives up after 25 s", async () => {
  const { peer, ask, clock } = rawEnd({ keepAlive: true });
  await clock.advance(9_999);
  assertEquals(await ask(""), "");
  await clock.advance(1);
  assertEquals(await ask(""), lines({ id: "ping", method: "ping", params: {} }));
  await clock.advance(14_999);
  assertEquals(peer.keepAlive, true);
  const pending = assertRejects(
    () => peer.request("a", {}, { timeout: Infinity }),
    RpcClosed,
    "no answer for 25 s",
  );
  await clock.advance(1);
  assertEquals(await peer.closed, "no answer for 25 s");
  await pending;
  assertEquals(clock.timers, 0);
});

Deno.test("RpcPeer.keepAlive takes any byte for a sign of life", async () => {
  const { peer, ask, clock } = rawEnd({ keepAlive: true });
  for (let i = 0; i < 5; i++) {
    await clock.advance(24_000);
    assertEquals(await ask("\n"), lines({ id: "ping", method: "ping", params: {} }));
  }
  await peer.finish("the test is over");
});

Deno.test("RpcPeer.keepAlive keeps two silent peers together, and can be switched", async () => {
  const { one, other, clock } = peers({ keepAlive: true }, {});
  await clock.advance(3_600_000);
  one.keepAlive = false;
  one.keepAlive = false;
  await clock.advance(60_000);
  assertEquals(clock.timers, 0);
  other.keepAlive = true;
  await clock.advance(3_600_000);
  await one.finish("the test is over");
  await other.closed;
  assertEquals(clock.timers, 0);
});

Deno.test("RpcPeer.keepAlive holds no silence against a side that is not read", async () => {
  const { handler, open } = gate();
  const { peer, ask, clock } = rawEnd({
    keepAlive: true,
    handlers: { work: handler },
    limits: { maxCalls: 1 },
  });
  assertEquals(await ask(lines({ id: 1, method: "work" }, { id: 2, method: "work" })), "");
  await clock.advance(60_000);
  assertEquals(await ask(""), "");
  await open();
  await open();
  assertEquals(await ask(""), lines({ id: 1, result: 1 }, { id: 2, result: 1 }));
  await clock.advance(30_000);
  assertEquals(await peer.closed, "no answer for 25 s");
});

Deno.test("RpcPeer without keepAlive sets no timer and leaves a silent person alone", async () => {
  const { peer, ask, clock } = rawEnd();
  await clock.advance(3_600_000);
  assertEquals(clock.timers, 0);
  assertEquals(await ask(lines({ id: 1, method: "ping" })), lines({ id: 1, result: {} }));
  await peer.finish("the test is over");
});

Deno.test("RpcPeer closes on a line that is begun and not finished", async () => {
  for (const begun of ['{"jsonrpc"', "x".repeat(MAX_LINE_BYTES + 1)]) {
    const { peer, raw, clock } = rawEnd();
    await raw.say(begun);
    await settled();
    for (let second = 0; second < 9; second++) {
      await clock.advance(1_000);
      await raw.say(" ");
    }
    await clock.advance(999);
    assertEquals(clock.timers, 1);
    await clock.advance(1);
    assertEquals(await peer.closed, "a line was begun and not finished within 10 s");
  }
});

Deno.test("RpcPeer measures each line's time from its own first byte", async () => {
  const { peer, ask, clock } = rawEnd();
  for (let i = 0; i < 5; i++) {
    await ask(`${i === 0 ? "" : '":1}\n'}{"a`);
    await clock.advance(9_000);
  }
  await ask('":1}\n');
  await clock.advance(60_000);
  await peer.finish("the test is over");
  assertEquals(await peer.closed, "the test is over");
});
