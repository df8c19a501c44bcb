import { assert, assertEquals } from "@std/assert";
import { encodeBase64 } from "../../lib/framing/base64.ts";
import { isControl } from "../../lib/framing/control.ts";
import type { RpcContext } from "../../lib/rpc/methods.ts";
import { RpcError } from "../../lib/rpc/rpc_error.ts";
import { guardHandlers } from "../../lib/server/session_handlers.ts";
import { MAX_SESSION_RELAYS } from "../../lib/server/session_rooms.ts";
import { bytes } from "../helpers/bytes.ts";
import { RecordingLog } from "../helpers/fakes.ts";
import { refusalOf, ServiceRig } from "../helpers/service_rig.ts";
import { seededRandom } from "../helpers/seeded_random.ts";

const ROUNDS = 10_000;
const LINE = encodeBase64(bytes("Mel: hi"));

const VALUES: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  1,
  2,
  -1,
  1.5,
  1e300,
  2 ** 53,
  NaN,
  "",
  "lobby",
  "annex",
  "__proto__",
  "127.0.0.1",
  "127.0.0.2",
  "::1",
  "8.8.8.8",
  "\ud800",
  LINE,
  `${LINE}\n`,
  LINE.slice(1),
  encodeBase64(new Uint8Array(1_200)),
  encodeBase64(new Uint8Array(1_201)),
  "/0NSRAEF",
  "A".repeat(2_048),
  "A".repeat(2_049),
  [],
  [1],
  {},
  { address: "127.0.0.1", port: 1 },
];

const KEYS = ["relay", "control", "data", "room", "interface", "__proto__", "constructor", "why"];
const METHODS = ["room.check", "room.join", "room.leave", "room.send"] as const;

Deno.test("10,000 random calls about rooms do nothing but what is allowed", async () => {
  using rig = await ServiceRig.open();
  await rig.directory.create("lobby", "239.255.7.1", "20100");
  using client = rig.named("Mel", "127.0.0.1");
  const log = new RecordingLog();
  const handlers = guardHandlers(client.service, log, "127.0.0.1:40122");
  const random = seededRandom(4);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const good = { relay: 1, data: LINE, room: "lobby", interface: "127.0.0.1", control: false };
  let done = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const params: Record<string, unknown> = random() < 0.9 ? { ...good } : {};
    for (let changes = Math.floor(random() * 3); changes > 0; changes--) {
      Object.defineProperty(params, pick(KEYS), {
        value: pick(VALUES),
        enumerable: true,
        configurable: true,
      });
    }
    const given = random() < 0.02 ? [params] : params;
    try {
      const answer = await handlers[pick(METHODS)]!(given, {} as RpcContext);
      const { relay } = (answer ?? {}) as { relay?: number };
      if (relay !== undefined) good.relay = relay;
      done++;
    } catch (error) {
      assert(error instanceof RpcError, `${error}`);
    }
    assert((rig.relays?.size ?? 0) <= MAX_SESSION_RELAYS);
  }
  assert(done > ROUNDS / 10, `${done} calls were carried out`);
  assert(rig.network.sent.length > 100, `${rig.network.sent.length} datagrams were sent`);
  for (const { bytes, to } of rig.network.sent) {
    assertEquals(to.address, "239.255.7.1");
    assert(bytes.length > 0 && bytes.length <= 1_200);
    assertEquals(isControl(bytes), to.port === 23900);
  }
  await client.rooms[Symbol.asyncDispose]();
  await rig.relays?.[Symbol.asyncDispose]();
  assertEquals([rig.network.open.size, client.closes.length], [0, 0]);
});

Deno.test("calls about rooms are told to the operator when refused only, and are no sign of life", async () => {
  using rig = await ServiceRig.open();
  await rig.directory.create("lobby", "239.255.7.1", "20100");
  using client = rig.named("Mel");
  const log = new RecordingLog();
  const handlers = guardHandlers(client.service, log, "10.0.0.5:40122");
  const active = rig.presence.people()[0]!.active;
  rig.time += 5_000;
  const call = async (method: string, params: Record<string, unknown>): Promise<unknown> =>
    await handlers[method]!(params, {} as RpcContext);
  await call("room.check", { room: "lobby" });
  await call("room.join", { room: "lobby" });
  await call("room.send", { relay: 1, data: LINE });
  await call("room.send", { relay: 1, data: "%" });
  await call("room.leave", { relay: 1 });
  assertEquals(log.events, []);
  await refusalOf(() => call("room.join", { room: "annex" }));
  assertEquals(log.events.length, 1);
  assertEquals(rig.presence.people()[0]!.active, active);
});
