import { assert, assertEquals } from "@std/assert";
import type { RpcHandlers } from "../../lib/rpc/methods.ts";
import { RpcError } from "../../lib/rpc/rpc_error.ts";
import { settled } from "../helpers/fake_clock.ts";
import { mutated } from "../helpers/mutated_messages.ts";
import { seededRandom, withSeed } from "../helpers/seeded_random.ts";
import { lines, rawEnd } from "../helpers/rpc_ends.ts";

/** How many inputs one run tries. */
const INPUTS = 10_000;

/** Small whole numbers that can be had again. */
function generator(seed: number): (below: number) => number {
  const random = seededRandom(seed);
  return (below) => Math.floor(random() * below);
}

const GOOD = [
  '{"jsonrpc":"2.0","id":1,"method":"echo","params":{"a":[1,"é",null]}}',
  '{"jsonrpc":"2.0","id":"x","method":"later","params":[1,2,3]}',
  '{"jsonrpc":"2.0","id":2,"method":"fail"}',
  '{"jsonrpc":"2.0","method":"echo","params":{}}',
  '{"jsonrpc":"2.0","id":1,"result":{"ok":true}}',
  '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no","data":{"code":"NO"}}}',
  '[{"jsonrpc":"2.0","id":1,"method":"echo"},{"jsonrpc":"2.0","method":"later"},5]',
  '{"jsonrpc":"2.0","id":null,"method":"__proto__","params":{"__proto__":{"evil":1}}}',
];
const LONG = [" ".repeat(70_000), "[".repeat(9_000)];

const HANDLERS: RpcHandlers = {
  echo: (params) => params,
  later: (params) => Promise.resolve(params),
  fail: () => {
    throw new RpcError(-32000, "no", { code: "NO" });
  },
};

Deno.test("RpcPeer stands 10,000 malformed inputs", () =>
  withSeed(async (seed) => {
    const random = generator(seed);
    // No end to malformed lines, so that one connection lives through all of them.
    const { peer, raw, clock, faults } = rawEnd({
      handlers: HANDLERS,
      capacity: 1024 * 1024,
      limits: { maxFaults: Infinity },
    });
    let ended = "";
    void peer.closed.then((reason) => ended = reason);
    for (let i = 0; i < INPUTS; i++) {
      const bytes = mutated({ good: GOOD, long: LONG, below: random });
      const cut = random(bytes.length);
      await raw.write(bytes.subarray(0, cut));
      if (random(2) === 0) await settled();
      await raw.write(bytes.subarray(cut));
      if (i % 16 > 0) continue;
      await settled();
      for (const line of (await raw.hear()).split("\n")) {
        if (line === "") continue;
        const replies = [JSON.parse(line)].flat();
        for (const reply of replies) {
          assertEquals(reply.jsonrpc, "2.0");
          assert("id" in reply && ("result" in reply) !== ("error" in reply));
        }
      }
      assertEquals(ended, "");
    }
    // The connection works as on the first day.
    await raw.say("\n");
    await settled();
    await raw.hear();
    await raw.say(lines({ id: "end", method: "echo", params: ["it works"] }));
    await settled();
    assertEquals(await raw.hear(), lines({ id: "end", result: ["it works"] }));
    assertEquals(({} as { evil?: unknown }).evil, undefined);
    assertEquals(faults.filter((fault) => !(fault instanceof RangeError)), []);
    await peer.finish("the test is over");
    assertEquals(clock.timers, 0);
  }));
