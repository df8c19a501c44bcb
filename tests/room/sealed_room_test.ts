import { assert, assertEquals, assertMatch } from "@std/assert";
import { isSealed } from "../../lib/framing/sealed_magic.ts";
import { MulticastLink } from "../../lib/net/multicast.ts";
import { CONTROL_PORT } from "../../lib/framing/control.ts";
import { askHistory } from "../../lib/room/ask_history.ts";
import { PeerListener } from "../../lib/room/peer_listener.ts";
import type { RoomAddress } from "../../lib/room/room_address.ts";
import { RoomHistory } from "../../lib/room/room_history.ts";
import type { RoomLine } from "../../lib/room/room_event.ts";
import { joinRoom, type JoinRoomOptions, type RoomLink } from "../../lib/room/room_link.ts";
import { RoomSeal } from "../../lib/room/room_seal.ts";
import { bytes as bytesOf } from "../helpers/bytes.ts";
import { freeGroup, Inbox, LOOPBACK } from "../net/loopback.ts";

const KEY = new Uint8Array(32).fill(3);

async function join(
  room: RoomAddress,
  chatName: string,
  changes: Partial<JoinRoomOptions> = {},
): Promise<{ link: RoomLink; lines: Inbox<string>; problems: Inbox<string> }> {
  const [lines, problems] = [new Inbox<string>(), new Inbox<string>()];
  const link = await joinRoom({
    room,
    interface: { name: "lo", address: LOOPBACK },
    chatName,
    sealKey: KEY,
    onLine: ({ text, place }) => lines.insert(text, place === "late" ? 0 : place),
    linger: 0,
    onProblem: problems.add,
    ...changes,
  });
  return { link, lines, problems };
}

/** Hears everything of a room, as a neighbour does, and sends what it likes. */
async function spy(room: RoomAddress) {
  const [lines, control] = [new Inbox<Uint8Array>(), new Inbox<Uint8Array>()];
  const open = (port: number, inbox: Inbox<Uint8Array>) =>
    MulticastLink.open({
      group: { address: room.address, port },
      interfaceAddress: LOOPBACK,
      label: "spy",
      onDatagram: (bytes) => inbox.add(bytes.slice()),
      onError: reportError,
    });
  const stack = new AsyncDisposableStack();
  const data = stack.use(await open(room.port, lines));
  const other = stack.use(await open(CONTROL_PORT, control));
  return {
    lines,
    control,
    say: (bytes: Uint8Array) => data.send(bytes),
    sayControl: (bytes: Uint8Array) => other.send(bytes),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function freeRoom(): Promise<RoomAddress> {
  return { name: "vault", ...await freeGroup() };
}

Deno.test("two members of a sealed room talk, and a neighbour reads neither texts nor names", async () => {
  const room = await freeRoom();
  await using neighbour = await spy(room);
  const { link: mel, lines: melHears } = await join(room, "Melanie");
  await using _mel = mel;
  const { link: bob, lines: bobHears } = await join(room, "Bobby");
  await using _bob = bob;
  await mel.say("the cake is a lie");
  assertEquals(await bobHears.waitFor(1), ["Melanie: the cake is a lie"]);
  await bob.say("I knew it");
  assertEquals(await melHears.waitFor(1), ["Bobby: I knew it"]);
  const seen = [...await neighbour.lines.waitFor(2), ...await neighbour.control.waitFor(4)];
  for (const bytes of seen) {
    assert(isSealed(bytes) && bytes.length <= 1200);
    const text = new TextDecoder("latin1").decode(bytes);
    assert(!/Melanie|Bobby|cake|knew/.test(text), text);
  }
  assertEquals(mel.members().map(({ name }) => name), ["Bobby"]);
});

Deno.test("a long line in a sealed room is divided so that each datagram has 1200 bytes at most", async () => {
  const room = await freeRoom();
  await using neighbour = await spy(room);
  const { link: mel } = await join(room, "Mel");
  await using _mel = mel;
  const { link: bob, lines } = await join(room, "Bob");
  await using _bob = bob;
  // 1155 bytes with the name in front, and one more.
  assertEquals(await mel.say("x".repeat(1150)), 1);
  assertEquals(await mel.say("y".repeat(1151)), 2);
  assertEquals((await lines.waitFor(3)).map((line) => line.length), [1155, 1155, 6]);
  const sizes = (await neighbour.lines.waitFor(3)).map((bytes) => bytes.length);
  assertEquals([sizes[0], sizes[1]], [1200, 1200]);
});

Deno.test("who has another passphrase, or none, is not heard and hears nothing", async () => {
  const room = await freeRoom();
  const { link: mel, lines: melHears } = await join(room, "Mel");
  await using _mel = mel;
  const { link: bob, lines: bobHears } = await join(room, "Bob");
  await using _bob = bob;
  const wrong = new Uint8Array(32).fill(4);
  const { link: eve, lines: eveHears } = await join(room, "Eve", { sealKey: wrong });
  await using _eve = eve;
  const { link: open, lines: openHears } = await join(room, "Open", { sealKey: undefined });
  await using _open = open;
  await eve.say("let me in");
  await open.say("hello?");
  await mel.say("nobody else here");
  assertEquals(await bobHears.waitFor(1), ["Mel: nobody else here"]);
  // What is said afterwards comes afterwards, so what was to be heard would have been.
  await bob.say("good");
  assertEquals(await melHears.waitFor(1), ["Bob: good"]);
  // Eve's line is sealed: who is in the room openly does not hear that either.
  assertEquals([openHears.items, eveHears.items], [[], []]);
  assertEquals(mel.members().map(({ name }) => name), ["Bob"]);
  assertEquals(open.members(), []);
});

Deno.test("what a neighbour recorded and sends again is heard by nobody, old or new", async () => {
  const room = await freeRoom();
  await using neighbour = await spy(room);
  const { link: mel } = await join(room, "Mel");
  await using _mel = mel;
  const { link: bob, lines: bobHears } = await join(room, "Bob");
  await using _bob = bob;
  await mel.say("pay 100");
  await bobHears.waitFor(1);
  const [line] = await neighbour.lines.waitFor(1);
  const control = [...await neighbour.control.waitFor(3)];
  const lateHears = new Inbox<RoomLine>();
  const { link: late } = await join(room, "Late", { onLine: lateHears.add });
  await using _late = late;
  for (const bytes of [line!, ...control]) {
    await neighbour.say(bytes);
    await neighbour.sayControl(bytes);
  }
  await mel.say("done");
  assertEquals(await bobHears.waitFor(2), ["Mel: pay 100", "Mel: done"]);
  while (lateHears.items.at(-1)?.text !== "Mel: done") {
    await lateHears.waitFor(lateHears.items.length + 1);
  }
  // Of what was said just before somebody came, they are told by members: once, as Mel's.
  const texts = lateHears.items.map(({ text }) => text);
  assertEquals(texts.length, new Set(texts).size);
  assertEquals(lateHears.items.filter(({ source }) => source.port !== mel.local.port), []);
  assertEquals(bob.members().filter(({ via }) => via === "simple"), []);
});

/** A member that answers, and what it answers with. */
function answering(room: RoomAddress, seal: RoomSeal | undefined): PeerListener {
  const history = new RoomHistory();
  history.said(bytesOf("Mel: before"), { address: "127.0.0.1", port: 4000 }, 0);
  return new PeerListener({
    interfaceAddress: LOOPBACK,
    room,
    seal,
    answer: () => history.answer(100),
    onProblem: reportError,
  });
}

Deno.test("room.history in a sealed room is answered sealed, for the one who asks", async () => {
  const room = await freeRoom();
  const seal = (key: Uint8Array) => new RoomSeal({ key, room, now: () => Date.now() });
  await using listener = answering(room, seal(KEY));
  const member = { address: LOOPBACK, port: listener.port };
  const lines = await askHistory({ member, room, seal: seal(KEY) });
  assertEquals(lines?.map(({ text, age }) => [text, age]), [["Mel: before", 100]]);
  const wrong = new Uint8Array(32);
  assertEquals(await askHistory({ member, room, seal: seal(wrong) }), undefined);
  assertEquals(await askHistory({ member, room }), undefined, "without a challenge");
  await using open = answering(room, undefined);
  const plain = { address: LOOPBACK, port: open.port };
  assertEquals(await askHistory({ member: plain, room, seal: seal(KEY) }), undefined, "in clear");

  await using connection = await Deno.connect({ hostname: LOOPBACK, port: listener.port });
  const request = { jsonrpc: "2.0", id: 1, method: "room.history", params: { room } };
  await connection.write(new TextEncoder().encode(JSON.stringify(request) + "\n"));
  const buffer = new Uint8Array(4096);
  const text = new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
  assertMatch(text, /"code":"SEALED"/);
  assert(!text.includes("before"));
});
