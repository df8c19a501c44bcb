import { assert, assertEquals } from "@std/assert";
import { encodeBase64 } from "../../lib/framing/base64.ts";
import { CONTROL_PORT, encodeControl } from "../../lib/framing/control.ts";
import { CONTROL_RATE } from "../../lib/server/relay.ts";
import { formatStatusText } from "../../lib/server/status_event.ts";
import { MAX_SESSION_RELAYS } from "../../lib/server/session_rooms.ts";
import { bytes } from "../helpers/bytes.ts";
import { settled } from "../helpers/fake_clock.ts";
import { refusalOf, type ServiceClient, ServiceRig } from "../helpers/service_rig.ts";

const LOBBY = { name: "lobby", address: "239.255.7.1", port: 20100 };
const CONTROL = { address: LOBBY.address, port: CONTROL_PORT };
/** A member of the room that is not relayed. */
const BOB = { address: "127.0.0.1", port: 39_999 };
const BYE = encodeControl({ kind: "bye", roomPort: 20100, member: "0123456789abcdef", highest: 7 });

async function lobby(): Promise<ServiceRig> {
  const rig = await ServiceRig.open();
  await rig.directory.create("lobby", LOBBY.address, String(LOBBY.port));
  return rig;
}

async function join(client: ServiceClient, room = "lobby"): Promise<number> {
  return (await client.call["room.join"]({ room })).relay;
}

function base64(text: string): string {
  return encodeBase64(bytes(text));
}

/** What was sent to the room, as text, and where. */
function sent(rig: ServiceRig): [text: string, port: number][] {
  return rig.network.sent.map(({ bytes, to }) => [new TextDecoder().decode(bytes), to.port]);
}

Deno.test("room.join and room.send make a member whose datagrams come from its own socket", async () => {
  using rig = await lobby();
  using mel = rig.named("Mel");
  using eve = rig.named("Eve");
  const one = await mel.call["room.join"]({ room: "lobby" });
  const other = await eve.call["room.join"]({ room: "lobby" });
  assertEquals([one.relay, other.relay], [1, 1]);
  assert(one.local.port !== other.local.port);
  await mel.call["room.send"]({ relay: 1, data: base64("Mel: hi") });
  await mel.call["room.send"]({ relay: 1, control: true, data: encodeBase64(BYE) });
  await settled();
  assertEquals(rig.network.sent.map(({ to }) => to.port), [20100, CONTROL_PORT]);
  assertEquals(mel.notes, [], "nobody hears what it said itself");
  const [line, control] = eve.notes;
  assertEquals(line, {
    method: "room.heard",
    params: { relay: 1, from: one.local, data: base64("Mel: hi") },
  });
  assertEquals((control?.params as { control?: boolean }).control, true);
});

Deno.test("room.heard tells the longest datagrams whole, and no empty ones", async () => {
  using rig = await lobby();
  using mel = rig.named("Mel");
  await join(mel);
  for (const length of [0, 1, 1_200, 1_201, 2_048]) {
    rig.network.deliver(new Uint8Array(length).fill(0x41), BOB, LOBBY);
  }
  rig.network.deliver(BYE, BOB, CONTROL);
  const heard = mel.notes.map(({ params }) => params as { data: string; control?: true });
  assertEquals(
    heard.map(({ data, control }) => [Uint8Array.fromBase64(data).length, control]),
    [[1, undefined], [1_200, undefined], [1_201, undefined], [2_048, undefined], [
      BYE.length,
      true,
    ]],
  );
});

Deno.test("room.heard is dropped while its client does not read, and goes on when it does", async () => {
  using rig = await lobby();
  using mel = rig.named("Mel");
  await join(mel);
  rig.congested = true;
  for (let at = 0; at < 10_000; at++) rig.network.deliver(bytes(`Bob: ${at}`), BOB, LOBBY);
  assertEquals([mel.notes.length, mel.closes.length], [0, 0]);
  rig.congested = false;
  rig.network.deliver(bytes("Bob: still here"), BOB, LOBBY);
  assertEquals(mel.notes.length, 1);
});

Deno.test("room.send drops without a word what is no datagram of ours", async () => {
  using rig = await lobby();
  using mel = rig.named("Mel");
  const relay = await join(mel);
  const line = base64("Mel: hi");
  const control = encodeBase64(BYE);
  const table: [params: { relay: number; control?: boolean; data: string }, why: string][] = [
    [{ relay, data: "" }, "empty"],
    [{ relay, data: "TWVsOiBoaQ=" }, "cut short"],
    [{ relay, data: " TWVsOiBoaQ==" }, "white space"],
    [{ relay, data: "TWVsOiBoaQ==\n" }, "a line end"],
    [{ relay, data: "%%%%" }, "no base64"],
    [{ relay, data: encodeBase64(new Uint8Array(1_201)) }, "1201 bytes"],
    [{ relay, control: true, data: encodeBase64(new Uint8Array(1_201)) }, "1201 bytes"],
    [{ relay: relay + 1, data: line }, "a relay there is not"],
    [{ relay: 0, data: line }, "a relay there is not"],
    [{ relay: -1, data: line }, "a relay there is not"],
    [{ relay, control: true, data: line }, "a line to the control port"],
    [{ relay, data: control }, "a control datagram among the lines"],
    [{ relay, control: false, data: control }, "a control datagram among the lines"],
  ];
  for (const [params, why] of table) {
    await mel.call["room.send"](params);
    assertEquals(sent(rig), [], why);
  }
  await mel.call["room.send"]({ relay, data: encodeBase64(new Uint8Array(1_200).fill(0x41)) });
  assertEquals(sent(rig).length, 1);
});

Deno.test("room.send does not reach what another session joined", async () => {
  using rig = await lobby();
  using mel = rig.named("Mel");
  using eve = rig.named("Eve");
  const relay = await join(mel);
  await eve.call["room.send"]({ relay, data: base64("Mel: not me") });
  await eve.call["room.leave"]({ relay });
  assertEquals(sent(rig), []);
  await mel.call["room.send"]({ relay, data: base64("Mel: me") });
  assertEquals(sent(rig), [["Mel: me", 20100]]);
});

Deno.test("room.send keeps the order of lines, and its client waiting until they left", async () => {
  using rig = await lobby();
  using mel = rig.named("Mel");
  const relay = await join(mel);
  const lines = Array.from({ length: 500 }, (_, at) => `Mel: ${at}`);
  await Promise.all(lines.map((line) => mel.call["room.send"]({ relay, data: base64(line) })));
  assertEquals(sent(rig).map(([text]) => text), lines);
});

Deno.test("room.send bounds control datagrams, of which a client need not wait for any", async () => {
  using rig = await lobby();
  using mel = rig.named("Mel");
  const relay = await join(mel);
  const data = encodeBase64(BYE);
  const most = Math.floor(CONTROL_RATE.burst / BYE.length);
  for (let at = 0; at < 2 * most; at++) {
    assertEquals(mel.call["room.send"]({ relay, control: true, data }), undefined);
  }
  await mel.call["room.leave"]({ relay });
  assertEquals(rig.network.sent.length, most);
});

Deno.test("room.leave ends a relay after what was sent, and may be repeated", async () => {
  using rig = await lobby();
  using mel = rig.named("Mel");
  const relay = await join(mel);
  const sending = mel.call["room.send"]({ relay, data: base64("Mel: bye") });
  assertEquals(await mel.call["room.leave"]({ relay }), {});
  await sending;
  assertEquals(sent(rig), [["Mel: bye", 20100]]);
  assertEquals([rig.network.open.size, rig.relays?.size], [0, 0]);
  assertEquals(await mel.call["room.leave"]({ relay }), {});
  await mel.call["room.send"]({ relay, data: base64("Mel: hello?") });
  assertEquals(sent(rig).length, 1);
  assertEquals(await join(mel), relay + 1, "numbers are not used twice");
  assertEquals(rig.log.events.map(formatStatusText), [
    "Relay opened: 10.0.0.5:40122 is in room lobby through the server.",
    "Relay closed: 10.0.0.5:40122, room lobby (its client left).",
    "Relay opened: 10.0.0.5:40122 is in room lobby through the server.",
  ]);
});

Deno.test("a session's relays end with it: what was sent leaves, all sockets are closed", async () => {
  using rig = await lobby();
  const mel = rig.named("Mel");
  const [one = 0] = [await join(mel), await join(mel)];
  void mel.call["room.send"]({ relay: one, data: base64("Mel: last words") });
  const late = mel.call["room.join"]({ room: "lobby" });
  const refused = refusalOf(() => late);
  await mel.rooms[Symbol.asyncDispose]();
  assertEquals(sent(rig), [["Mel: last words", 20100]]);
  assertEquals([rig.network.open.size, rig.relays?.size], [0, 0]);
  assertEquals((await refused).data, { code: "RELAY_FAILED" });
  const closed = rig.log.events.filter(({ event }) => event === "relay-closed");
  assertEquals(closed.length, 2);
});

Deno.test("a relay goes on when its room is deleted, and only then", async () => {
  using rig = await lobby();
  using mel = rig.named("Mel");
  const relay = await join(mel);
  await rig.directory.delete("lobby");
  await mel.call["room.send"]({ relay, data: base64("Mel: still here") });
  assertEquals(sent(rig), [["Mel: still here", 20100]]);
  for (const method of ["room.join", "room.check"] as const) {
    const { data, message } = await refusalOf(() => mel.call[method]({ room: "lobby" }));
    assertEquals(data, { code: "NO_SUCH_ROOM" });
    assert(/^Cannot .* room "lobby": there is no room of that name\.$/.test(message), message);
  }
});

Deno.test("room.join is refused beyond the relays of a session and of the server", async () => {
  using rig = await lobby();
  using mel = rig.named("Mel");
  const joins = Array.from({ length: MAX_SESSION_RELAYS + 3 }, async () => {
    try {
      return await mel.call["room.join"]({ room: "lobby" });
    } catch (error) {
      return (error as Error).message;
    }
  });
  const refused = (await Promise.all(joins)).filter((answer) => typeof answer === "string");
  const why = "you have 4 relays, and that is the most. Leave one first";
  assertEquals(refused, Array(3).fill(`Cannot relay room "lobby": ${why}.`));
  await mel.call["room.leave"]({ relay: 1 });
  await join(mel);
  using eve = rig.named("Eve");
  for (let at = 0; at < MAX_SESSION_RELAYS; at++) await join(eve);
  using bob = rig.named("Bob");
  const { data, message } = await refusalOf(() => join(bob));
  assertEquals(data, { code: "RELAY_FULL" });
  assert(message.includes("this server relays 8 members, and that is the most"), message);
  await eve.rooms[Symbol.asyncDispose]();
  await join(bob);
});

Deno.test("a server with --max-relays 0 has no place, one with --no-relay does nothing of it", async () => {
  using rig = await lobby();
  rig.relays = rig.relaysOf(0);
  using mel = rig.named("Mel");
  assertEquals((await refusalOf(() => join(mel))).data, { code: "RELAY_FULL" });
  assertEquals(await mel.call["room.check"]({ room: "lobby" }), { seconds: 60 });
  rig.relays = undefined;
  using eve = rig.client();
  const { features } = await eve.call.hello({ client: "test", protocol: 1 });
  assertEquals(features, ["rooms", "people"]);
  for (const method of ["room.join", "room.check"] as const) {
    assertEquals((await refusalOf(() => eve.call[method]({ room: "lobby" }))).data, {
      code: "RELAY_OFF",
    });
  }
  assertEquals(await eve.call["room.leave"]({ relay: 1 }), {});
  assertEquals(eve.call["room.send"]({ relay: 1, data: base64("x") }), undefined);
});

Deno.test("a room that cannot be joined: the client is told so, the operator once why", async () => {
  using rig = await lobby();
  using mel = rig.named("Mel");
  rig.network.failure = Object.assign(new Error("addMembership"), { code: "EINVAL" });
  for (let at = 0; at < 3; at++) {
    const { data, message } = await refusalOf(() => join(mel));
    assertEquals(data, { code: "RELAY_FAILED" });
    assertEquals(
      message,
      'Cannot relay room "lobby": the server cannot join it. Tell the server\'s operator, then try again.',
    );
  }
  const told = rig.log.events.map(formatStatusText);
  assertEquals(told.length, 1);
  assert(/^Relay: Cannot join room "lobby": .* takes no multicast/.test(told[0]!), told[0]);
  assertEquals([rig.network.open.size, rig.relays?.size], [0, 0]);
  rig.network.failure = undefined;
  await join(mel);
});

Deno.test("a relay that cannot send ends, its client is told, and its place is free", async () => {
  using rig = await lobby();
  using mel = rig.named("Mel");
  const relay = await join(mel);
  rig.network.failure = Object.assign(new Error("send"), { code: "ENETUNREACH" });
  await mel.call["room.send"]({ relay, data: base64("Mel: hi") });
  await settled();
  assertEquals(mel.notes, [{
    method: "room.ended",
    params: { relay, why: "the server cannot reach the room any more" },
  }]);
  assertEquals([rig.network.open.size, rig.relays?.size], [0, 0]);
  const last = rig.log.events.map(formatStatusText).at(-1) ?? "";
  assert(/^Relay closed: \S+, room lobby \(Cannot send to room "lobby"/.test(last), last);
});

Deno.test("a relay ends when its interface is gone, and not for less", async () => {
  using rig = await lobby();
  using mel = rig.named("Mel");
  await join(mel);
  const fail = (): void => {
    for (const socket of [...rig.network.open]) socket.options.onError(new Error("recv"));
  };
  fail();
  assertEquals(mel.notes, []);
  rig.network.addresses = [];
  fail();
  await settled();
  assertEquals(mel.notes.map(({ method }) => method), ["room.ended"]);
  assertEquals(rig.network.open.size, 0);
});
