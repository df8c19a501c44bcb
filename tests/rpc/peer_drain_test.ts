import { assert, assertEquals } from "@std/assert";
import { settled } from "../helpers/fake_clock.ts";
import { rawEnd } from "../helpers/rpc_ends.ts";

Deno.test("RpcPeer.congested tells that much waits, and drained() waits for the end of it", async () => {
  const { peer, raw } = rawEnd({ capacity: 1024, limits: { highWater: 8_192 } });
  assertEquals(peer.congested, false);
  await peer.drained();
  let sent = 0;
  while (!peer.congested) {
    peer.notify("tick", "x".repeat(100));
    sent++;
  }
  // Half of the mark at which requests are held back: what may be lost leaves room for answers.
  assert(sent * 100 > 2_000 && sent * 100 < 4_200, `${sent}`);
  let isDrained = false;
  const drained = peer.drained().then(() => isDrained = true);
  await settled();
  assertEquals(isDrained, false);
  while (!isDrained) {
    await raw.hear();
    await settled();
  }
  await drained;
  assertEquals(peer.congested, false);
  peer.close("enough");
});

Deno.test("RpcPeer.drained() resolves when the connection ends, whatever waits", async () => {
  const { peer } = rawEnd({ capacity: 16 });
  peer.notify("tick", "x".repeat(100));
  await settled();
  let isDrained = false;
  const drained = peer.drained().then(() => isDrained = true);
  await settled();
  assertEquals(isDrained, false);
  peer.close("enough");
  await drained;
  await peer.drained();
});

Deno.test("RpcPeer answers requests although something is sent all the time it is not congested", async () => {
  const { peer, raw } = rawEnd({
    capacity: 512,
    limits: { highWater: 2_048 },
    handlers: { big: () => "x".repeat(1_500) },
  });
  const flood = (): void => {
    while (!peer.congested) peer.notify("tick", "y".repeat(50));
  };
  flood();
  for (let id = 0; id < 5; id++) await raw.say(`{"jsonrpc":"2.0","id":${id},"method":"big"}\n`);
  let heard = "";
  for (let turn = 0; turn < 2_000 && !heard.includes('"id":4'); turn++) {
    flood();
    await settled();
    heard += await raw.hear();
  }
  assert(heard.includes('"id":4'));
  peer.close("enough");
});

Deno.test("RpcPeer.finish() comes to an end although something is sent all the time", async () => {
  const { peer, raw, clock } = rawEnd({ capacity: 512 });
  const flood = (): void => {
    for (let at = 0; at < 3 && !peer.congested; at++) peer.notify("tick", "y".repeat(400));
  };
  flood();
  let isClosed = false;
  void peer.finish("enough").then(() => isClosed = true);
  for (let turn = 0; turn < 100 && !isClosed; turn++) {
    flood();
    await raw.hear();
    await settled();
  }
  assertEquals([isClosed, clock.now()], [true, 0]);
});
