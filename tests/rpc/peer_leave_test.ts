import { assert, assertEquals } from "@std/assert";
import { DEFAULT_RPC_LIMITS } from "../../lib/rpc/limits.ts";
import { RpcPeer } from "../../lib/rpc/peer.ts";
import { settled } from "../helpers/fake_clock.ts";
import { lines, rawEnd } from "../helpers/rpc_ends.ts";

/** A peer whose transport can end its own side, and how often it did. */
function leavingEnd(limits: Partial<typeof DEFAULT_RPC_LIMITS> = {}) {
  const work = Promise.withResolvers<number>();
  const end = rawEnd({ handlers: { work: () => work.promise }, limits });
  const ends: number[] = [];
  Object.assign(end.transport, {
    closeWrite: () => {
      ends.push(end.clock.now());
      end.transport.end();
      return Promise.resolve();
    },
  });
  return { ...end, work, ends };
}

Deno.test("RpcPeer that was busy ends its side, and closes when the other side does", async () => {
  const { peer, ask, raw, transport, work, ends, clock } = leavingEnd();
  await ask(lines({ id: 1, method: "work" }));
  const finished = peer.finish("the server stops");
  await settled();
  assertEquals(ends, [], "the answer is not there yet");
  work.resolve(7);
  assertEquals(await ask(lines({ id: 2, method: "work" })), lines({ id: 1, result: 7 }));
  assertEquals([ends.length, transport.closed], [1, false]);
  assertEquals(await ask("what is sent now is read and not answered\n"), "");
  peer.notify("a", {});
  assertEquals([await raw.hear(), transport.waiting], ["", 0]);
  raw.end();
  await finished;
  assertEquals([await peer.closed, transport.closed], ["the server stops", true]);
  assertEquals(clock.timers, 0);
});

Deno.test("RpcPeer waits for the other side's end so long and no longer", async () => {
  const { peer, ask, transport, clock, ends } = leavingEnd();
  await ask("x\n".repeat(DEFAULT_RPC_LIMITS.maxFaults));
  assertEquals([ends.length, transport.closed], [1, false]);
  await clock.advance(999);
  assertEquals(transport.closed, false);
  await clock.advance(1);
  assertEquals(await peer.closed, "it sent 100 lines in a row that are no messages");
  assertEquals(clock.timers, 0);
});

Deno.test("RpcPeer reads so much of what comes after its end and no more", async () => {
  const { peer, ask, transport, clock } = leavingEnd({ maxFaults: 1, maxDiscarded: 1000 });
  await ask("x\n");
  for (let at = 0; at < 9; at++) {
    await ask("y".repeat(100));
    assertEquals([at, transport.closed], [at, false]);
  }
  await ask("y".repeat(100));
  assertEquals([await peer.closed !== "", clock.timers], [true, 0]);
});

Deno.test("RpcPeer with nothing under way closes at once", async () => {
  const { peer, ask, ends, transport } = leavingEnd();
  assertEquals(await ask(lines({ id: 1, method: "ping" })), lines({ id: 1, result: {} }));
  await peer.finish("the server stops");
  assertEquals([ends, transport.closed], [[], true]);
});

Deno.test("RpcPeer does not wait for a side that has ended already", async () => {
  const { peer, raw, work, ends, transport } = leavingEnd();
  await raw.say(lines({ id: 1, method: "work" }));
  raw.end();
  await settled();
  work.resolve(7);
  assertEquals(await peer.closed, "the other side closed the connection");
  assertEquals([ends, transport.closed], [[], true]);
  assertEquals(await raw.hear(), lines({ id: 1, result: 7 }));
});

Deno.test("RpcPeer: the last answers arrive though more was sent than it read (real sockets)", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  // Each round, the client has sent much more than the peer takes; a reset would cut the answers.
  for (let round = 0; round < 20; round++) {
    const [server, client] = await Promise.all([
      listener.accept(),
      Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
    ]);
    const flood = new TextEncoder().encode("no message\n".repeat(20_000));
    const sending = (async () => {
      for (let sent = 0; sent < flood.length;) sent += await client.write(flood.subarray(sent));
    })();
    const peer = new RpcPeer({
      transport: server,
      handlers: {},
      onFault: (error) => {
        throw error;
      },
    });
    let text = "";
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(64 * 1024);
    for (;;) {
      const count = await client.read(buffer);
      if (count === null) break;
      text += decoder.decode(buffer.subarray(0, count), { stream: true });
    }
    await sending;
    client.close();
    assertEquals(await peer.closed, "it sent 100 lines in a row that are no messages");
    assertEquals(text.split("\n").length, 101);
    assert(text.endsWith("}\n"));
    await peer.finish("over");
  }
  listener.close();
});
