import { assertEquals } from "@std/assert";
import { Probing } from "../../../lib/client/doctor/probing.ts";
import { RoomEar } from "../../../lib/client/doctor/room_ear.ts";
import { decodeControl, encodeControl } from "../../../lib/framing/control.ts";
import type { Probe, Report } from "../../../lib/framing/control_messages.ts";
import { hashDatagram } from "../../../lib/framing/datagram_hash.ts";

const OWN = "192.168.1.5";
const BOB = { address: "192.168.1.9", port: 40_000 };
const SERVER = { address: "192.168.1.17", port: 41_000 };
const LINE = new TextEncoder().encode("Bob: hi");
const OTHER = new TextEncoder().encode("Bob: you there?");

function ear(): RoomEar {
  return new RoomEar({ roomPort: 20100, own: OWN, now: 1000 });
}

function report(changes: Partial<Report> = {}): Uint8Array {
  return encodeControl({
    kind: "report",
    roomPort: 20100,
    member: "0000000000000b0b",
    source: BOB,
    tcpPort: 0,
    relayed: false,
    name: "Bob",
    interval: 50,
    present: 100,
    oldest: 0,
    highest: 0,
    lines: [],
    heard: [],
    orphans: [],
    ...changes,
  });
}

function echo(token: string, member: string): Uint8Array {
  return encodeControl({ kind: "echo", roomPort: 20100, member, token });
}

Deno.test("RoomEar knows members from reports and echoes, and the server by its address", () => {
  const room = ear();
  room.control(report(), BOB, 1100);
  const token = "00000000000000aa";
  assertEquals(room.control(echo(token, "0000000000005555"), SERVER, 1100), {
    token,
    member: "0000000000005555",
    here: false,
  });
  room.control(echo(token, "00000000000000ee"), { address: OWN, port: 5 }, 1100);
  assertEquals(room.summary(2000, SERVER.address), {
    ms: 1000,
    members: [
      { name: "Bob", address: BOB.address, here: false, relayed: false },
      { name: undefined, address: OWN, here: true, relayed: false },
    ],
    control: 2,
    lines: 0,
    reported: 0,
    reportedHeard: 0,
  });
  // Somebody else on the server's machine answered, too: only one of the two is the server.
  room.control(echo(token, "0000000000006666"), SERVER, 1150);
  assertEquals(room.summary(2000, SERVER.address).members.length, 3);
  assertEquals(room.summary(2000, "fe80::17").members.length, 3);
  // An echo that follows takes the name from nobody; a bye ends it.
  room.control(echo(token, "0000000000000b0b"), BOB, 1200);
  assertEquals(room.summary(2000, undefined).members[0]?.name, "Bob");
  const bye = { kind: "bye", roomPort: 20100, member: "0000000000000b0b", highest: 0 } as const;
  room.control(encodeControl(bye), BOB, 1300);
  assertEquals(room.summary(2000, SERVER.address).members.length, 2);
});

Deno.test("RoomEar counts the lines that were said since it listens, and those it heard", () => {
  const room = ear();
  room.data(LINE, BOB);
  const lines = [
    { age: 500, hash: "0123456789abcdef" },
    { age: 20, hash: hashDatagram(LINE) },
    { age: 10, hash: hashDatagram(OTHER) },
  ];
  for (const now of [3000, 3100]) room.control(report({ highest: 3, oldest: 1, lines }), BOB, now);
  const { reported, reportedHeard, lines: heard } = room.summary(4000, undefined);
  // The first was said five seconds ago, before anybody listened.
  assertEquals([reported, reportedHeard, heard], [2, 1, 1]);
});

Deno.test("RoomEar hears nothing of other rooms, and no nonsense", () => {
  const room = ear();
  room.control(report({ roomPort: 20101 }), BOB, 1100);
  room.control(Uint8Array.of(0xff, 0x43, 0x52, 0x44, 1, 1), BOB, 1100);
  assertEquals(room.summary(1100, undefined).control, 0);
});

Deno.test("Probing counts what the most diligent answered, on other machines only", () => {
  const probing = new Probing(20100);
  const tokens = Array.from({ length: 4 }, () => (decodeControl(probing.next()) as Probe).token);
  const [first = "", second = "", third = ""] = tokens;
  for (const token of [first, first, second, third]) {
    probing.echoed({ token, member: "a".repeat(16), here: false });
  }
  probing.echoed({ token: second, member: "b".repeat(16), here: false });
  probing.echoed({ token: "c".repeat(16), member: "a".repeat(16), here: false });
  assertEquals([probing.count, probing.answered, probing.answeredHere], [4, 3, false]);
  probing.echoed({ token: first, member: "d".repeat(16), here: true });
  assertEquals([probing.answered, probing.answeredHere], [3, true]);
  const room = ear();
  room.control(probing.next(), SERVER, 1100);
  room.control(new Probing(20100).next(), SERVER, 1100);
  assertEquals(room.heardOf(probing), 1);
});

Deno.test("RoomEar knows of a sealed room only where its datagrams come from", () => {
  const room = ear();
  room.sealed(BOB);
  room.sealed(BOB);
  room.sealed({ address: OWN, port: 7 });
  const bob = { name: undefined, address: BOB.address, here: false, relayed: false };
  const { members, control, lines } = room.summary(2000, SERVER.address);
  assertEquals(members, [bob, { ...bob, address: OWN, here: true }]);
  assertEquals([control, lines], [2, 0]);
  // Who answers a probe as well is one.
  room.control(echo("00000000000000aa", "0000000000000b0b"), BOB, 1100);
  assertEquals(room.summary(2000, SERVER.address).members.length, 2);
});
