import { assert, assertEquals, assertRejects } from "@std/assert";
import { SessionRelays } from "../../lib/client/relay_server.ts";
import { UserError } from "../../lib/errors.ts";
import { encodeBase64 } from "../../lib/framing/base64.ts";
import type { SocketAddress } from "../../lib/net/datagram.ts";
import type { RoomLinkMethodMap } from "../../lib/room/relay_methods.ts";
import type { RelayEvents } from "../../lib/room/relay_transport.ts";
import type { RpcHandlers } from "../../lib/rpc/methods.ts";
import { RpcPeer } from "../../lib/rpc/peer.ts";
import { refusal, RpcError } from "../../lib/rpc/rpc_error.ts";
import { bytes } from "../helpers/bytes.ts";
import { duplex } from "../helpers/duplex.ts";
import { settled } from "../helpers/fake_clock.ts";
import { seededRandom } from "../helpers/seeded_random.ts";

const LO = "127.0.0.1";
const LOCAL = { address: LO, port: 40_100 };
const BOB = { address: LO, port: 40_101 };
const HI = encodeBase64(bytes("Bob: hi"));
const WISH = { room: "lobby", interface: LO };

type Told = { readonly [method: string]: unknown };

/** The relays of a client, and its server in the hands of the test. */
class Rig implements AsyncDisposable {
  readonly relays: SessionRelays;
  readonly server: RpcPeer<Record<string, never>, Told>;
  readonly client: RpcPeer<RoomLinkMethodMap>;
  readonly faults: unknown[] = [];
  /** What the client asked and told, by method. */
  readonly calls: [method: string, params: unknown][] = [];
  /** What the server answers to `room.join`, in order; then relays 1, 2, 3... */
  readonly answers: unknown[] = [];
  #last = 0;

  constructor(handlers: RpcHandlers = {}) {
    const [one, other] = duplex();
    const onFault = (error: unknown): void => void this.faults.push(error);
    const take = (method: string, answer: () => unknown) => (params: unknown) => {
      this.calls.push([method, params]);
      return answer();
    };
    this.server = new RpcPeer({
      transport: one,
      onFault,
      handlers: {
        "room.check": take("room.check", () => this.answers.shift() ?? { seconds: 60 }),
        "room.join": take("room.join", () => {
          const answer = this.answers.shift();
          return answer === undefined ? { relay: ++this.#last, local: LOCAL } : answer;
        }),
        "room.leave": take("room.leave", () => ({})),
        "room.send": take("room.send", () => undefined),
        ...handlers,
      },
    });
    this.relays = new SessionRelays(() => this.client);
    this.client = new RpcPeer({ transport: other, onFault, handlers: this.relays.handlers });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close("the test is over");
    this.server.close("the test is over");
    await settled();
    assertEquals(this.faults, []);
  }
}

/** Writes down what a relay tells. */
class Listener implements RelayEvents {
  readonly heard: [text: string, source: SocketAddress, control: boolean][] = [];
  readonly ends: string[] = [];

  onHeard(data: Uint8Array, source: SocketAddress, control: boolean): void {
    this.heard.push([new TextDecoder().decode(data), source, control]);
  }

  onEnded(why: string): void {
    this.ends.push(why);
  }
}

Deno.test("SessionRelays carries datagrams both ways, each relay its own", async () => {
  await using rig = new Rig();
  const [one, other] = [new Listener(), new Listener()];
  const link = await rig.relays.join(WISH, one);
  await rig.relays.join({ room: "annex" }, other);
  assertEquals(link.local, LOCAL);
  link.send(bytes("Mel: hi"), false);
  link.send(bytes("\u0001"), true);
  rig.server.notify("room.heard", { relay: 1, from: BOB, data: HI });
  rig.server.notify("room.heard", { relay: 2, from: BOB, data: HI, control: true });
  await settled();
  assertEquals(rig.calls, [
    ["room.join", WISH],
    ["room.join", { room: "annex" }],
    ["room.send", { relay: 1, data: encodeBase64(bytes("Mel: hi")) }],
    ["room.send", { relay: 1, control: true, data: "AQ==" }],
  ]);
  assertEquals(one.heard, [["Bob: hi", BOB, false]]);
  assertEquals(other.heard, [["Bob: hi", BOB, true]]);
  assertEquals(await rig.relays.check(WISH), 60);
});

Deno.test("SessionRelays loses nothing that comes before the number of the relay is known", async () => {
  const rig: Rig = new Rig({
    "room.join": () => {
      rig.server.notify("room.heard", { relay: 7, from: BOB, data: HI });
      rig.server.notify("room.heard", { relay: 8, from: BOB, data: HI });
      rig.server.notify("room.ended", { relay: 7, why: "gone" });
      rig.server.notify("room.heard", { relay: 7, from: BOB, data: HI });
      return { relay: 7, local: LOCAL };
    },
  });
  await using _rig = rig;
  const listener = new Listener();
  const link = await rig.relays.join(WISH, listener);
  await settled();
  assertEquals([listener.heard.length, listener.ends], [1, ["gone"]]);
  link.send(bytes("x"), false);
  await link.leave();
  await settled();
  assertEquals(rig.calls, [], "to a relay that has ended nothing is said");
});

Deno.test("SessionRelays tells nothing any more once a relay was left", async () => {
  await using rig = new Rig();
  const listener = new Listener();
  const link = await rig.relays.join(WISH, listener);
  link.send(bytes("bye"), false);
  const leaving = link.leave();
  rig.server.notify("room.heard", { relay: 1, from: BOB, data: HI });
  rig.server.notify("room.ended", { relay: 1, why: "gone" });
  await leaving;
  await link.leave();
  await settled();
  assertEquals([listener.heard, listener.ends], [[], []]);
  assertEquals(rig.calls.map(([method]) => method), ["room.join", "room.send", "room.leave"]);
});

Deno.test("SessionRelays tells each relay once that the connection ended", async () => {
  await using rig = new Rig();
  const [one, other] = [new Listener(), new Listener()];
  const link = await rig.relays.join(WISH, one);
  await (await rig.relays.join(WISH, other)).leave();
  rig.client.close("the cable is out");
  await settled();
  assertEquals([one.ends, other.ends], [["the cable is out"], []]);
  link.send(bytes("x"), false);
  await link.drained();
  await link.leave();
  assertEquals(one.ends.length, 1);
  await assertRejects(() => rig.relays.join(WISH, one), UserError, "the connection is closed");
});

Deno.test("SessionRelays hands a refusal on", async () => {
  const no = (): never => {
    throw refusal("RELAY_FULL", 'Cannot relay room "lobby": full.');
  };
  await using rig = new Rig({ "room.join": no, "room.check": no });
  for (
    const asked of [rig.relays.join(WISH, new Listener()), rig.relays.check(WISH)] as Promise<
      unknown
    >[]
  ) {
    const error = await assertRejects(() => asked, RpcError, "full");
    assertEquals(error.data?.code, "RELAY_FULL");
  }
});

Deno.test("SessionRelays.join() can be given up, and leaves what it got nevertheless", async () => {
  const answer = Promise.withResolvers<unknown>();
  await using rig = new Rig({ "room.join": () => answer.promise });
  const giveUp = new AbortController();
  const joining = rig.relays.join(WISH, new Listener(), giveUp.signal);
  const rejected = assertRejects(() => joining, DOMException, "aborted");
  await settled();
  giveUp.abort();
  await rejected;
  answer.resolve({ relay: 5, local: LOCAL });
  await settled();
  assertEquals(rig.calls, [["room.leave", { relay: 5 }]]);
  await assertRejects(
    () => rig.relays.join(WISH, new Listener(), giveUp.signal),
    DOMException,
    "aborted",
  );
});

const NO_RELAY: readonly unknown[] = [
  null,
  7,
  "1",
  [],
  {},
  { relay: 1 },
  { local: LOCAL },
  { relay: "1", local: LOCAL },
  { relay: 0, local: LOCAL },
  { relay: -1, local: LOCAL },
  { relay: 1.5, local: LOCAL },
  { relay: 2 ** 53, local: LOCAL },
  { relay: 1, local: null },
  { relay: 1, local: [LO, 1] },
  { relay: 1, local: { address: LO } },
  { relay: 1, local: { address: LO, port: 0 } },
  { relay: 1, local: { address: LO, port: 65_536 } },
  { relay: 1, local: { address: LO, port: "80" } },
  { relay: 1, local: { address: "localhost", port: 80 } },
  { relay: 1, local: { address: "::1", port: 80 } },
  { relay: 1, local: { address: "1.2.3.4\u001b[2J", port: 80 } },
];

Deno.test("SessionRelays refuses answers that make no sense", async () => {
  await using rig = new Rig();
  rig.answers.push(...NO_RELAY);
  for (const _ of NO_RELAY) {
    const joining = rig.relays.join({ room: "l\u001bb" }, new Listener());
    await assertRejects(() => joining, UserError, 'Cannot enter room "l\ufffdb": the answer of');
  }
  const known = new Listener();
  await rig.relays.join(WISH, known);
  rig.answers.push({ relay: 1, local: LOCAL });
  await assertRejects(() => rig.relays.join(WISH, new Listener()), UserError, "no sense");
  rig.server.notify("room.heard", { relay: 1, from: BOB, data: HI });
  await settled();
  assertEquals(known.heard.length, 1, "the number stays with whom it was given to");
  for (const seconds of [0, -1, 1.5, "60", null, 1e9]) {
    rig.answers.push({ seconds });
    await assertRejects(() => rig.relays.check(WISH), UserError, "no sense");
  }
});

Deno.test("SessionRelays is deaf to notifications that are wrong", async () => {
  await using rig = new Rig();
  const listener = new Listener();
  await rig.relays.join(WISH, listener);
  const good = { relay: 1, from: BOB, data: HI };
  const wrong: unknown[] = [
    { ...good, relay: 2 },
    { ...good, relay: "1" },
    { ...good, relay: undefined },
    { ...good, control: "yes" },
    { ...good, control: null },
    { ...good, from: undefined },
    { ...good, from: LO },
    { ...good, from: { address: "1.2.3", port: 1 } },
    { ...good, from: { address: LO, port: 0 } },
    { ...good, from: { address: LO, port: 1.5 } },
    { ...good, data: "" },
    { ...good, data: "%" },
    { ...good, data: 7 },
    { ...good, data: ["aGk="] },
    { ...good, data: HI.slice(1) },
    { ...good, data: encodeBase64(new Uint8Array(2_049)) },
    [1, false, BOB, HI],
    {},
  ];
  for (const params of wrong) rig.server.notify("room.heard", params);
  for (const params of [{ relay: 1 }, { relay: 1, why: 7 }, { relay: 2, why: "x" }, [1, "x"], {}]) {
    rig.server.notify("room.ended", params);
  }
  await settled();
  assertEquals([listener.heard, listener.ends], [[], []]);
  rig.server.notify("room.heard", { ...good, data: encodeBase64(new Uint8Array(2_048)) });
  rig.server.notify("room.ended", { relay: 1, why: "x".repeat(60_000) });
  await settled();
  assertEquals([listener.heard.length, listener.ends.map(({ length }) => length)], [1, [200]]);
});

Deno.test("SessionRelays outlives 10,000 random notifications", async () => {
  await using rig = new Rig();
  const listener = new Listener();
  await rig.relays.join(WISH, listener);
  const random = seededRandom(44);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const values = [
    null,
    true,
    0,
    1,
    2,
    -1,
    1e300,
    "",
    "x",
    HI,
    LO,
    [],
    {},
    BOB,
    [BOB],
    "A".repeat(9_999),
  ];
  const keys = ["relay", "control", "from", "data", "why", "__proto__"];
  for (let round = 0; round < 10_000; round++) {
    const params: Record<string, unknown> = { relay: 1, from: BOB, data: HI };
    for (let changes = Math.floor(random() * 4); changes > 0; changes--) {
      // An own member, also of the name "__proto__".
      const own = { value: pick(values), enumerable: true, configurable: true };
      Object.defineProperty(params, pick(keys), own);
    }
    rig.server.notify(random() < 0.999 ? "room.heard" : "room.ended", params);
    if (round % 50 === 0) await settled();
  }
  await settled();
  assert(listener.heard.length > 100, `${listener.heard.length}`);
  for (const [, source, control] of listener.heard) {
    assertEquals([source, typeof control], [BOB, "boolean"]);
  }
  assert(listener.ends.length <= 1);
});
