import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { MAX_MEMBERS, MAX_MEMBERS_PER_ADDRESS } from "../../lib/room/member_table.ts";
import { REPAIR_PART_BYTES } from "../../lib/framing/control.ts";
import { MAX_HELD_BYTES } from "../../lib/room/holdings.ts";
import { SAY_BURST } from "../../lib/room/say_pace.ts";
import { MAX_SENDERS, MAX_STRANGERS } from "../../lib/room/senders.ts";
import { seededRandom } from "../helpers/seeded_random.ts";
import { line, listener, MEL, nack, pass, repair, report, sent, shown } from "./room_core_rig.ts";

const EVE = { address: "10.0.0.66", port: 6666 };

Deno.test("RoomCore refuses a report that names a socket of another host", () => {
  const bob = listener();
  const [warning, ...rest] = bob.heardControl(report(9, []), EVE, 10);
  assertEquals([warning?.kind, rest.length, bob.members().length], ["warning", 0, 0]);
  assertEquals(bob.heardControl(report(9, []), EVE, 11), [], "told once a minute");
});

Deno.test("RoomCore refuses a second owner of an id or a socket while the first speaks", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 10);
  const twin = report(7, [], { source: { ...MEL.source, port: 4444 } });
  assertEquals(bob.heardControl(twin, MEL.control, 20), [], "she may be moving");
  bob.heardControl(report(7, [], { member: "00000000000000ee" }), MEL.control, 30);
  assertEquals(bob.members().map(({ id, source }) => [id, source.port]), [[MEL.id, 4000]]);
  for (let now = 1000; now <= 5000; now += 1000) {
    bob.heardControl(report(0, []), MEL.control, now);
    assertEquals(bob.heardControl(twin, MEL.control, now + 10), [], String(now));
  }
  bob.heardControl(report(0, []), MEL.control, 6000);
  assertEquals(bob.heardControl(twin, MEL.control, 6010)[0]?.kind, "warning", "two claim it");
  // When the first was silent, the id may have moved with its owner.
  bob.heardControl(twin, MEL.control, 16_000);
  assertEquals(bob.members().map(({ source }) => source.port), [4444]);
});

Deno.test("RoomCore bounds what a jump of 2^31 numbers costs", () => {
  const bob = listener();
  bob.heardControl(report(5, []), MEL.control, 10);
  bob.heardControl(report(2 ** 31, ["Mel: x"]), MEL.control, 20);
  const nacks = sent(pass(bob, 20, 60_000), "nack");
  const asked = nacks.flatMap(({ wanted }) => wanted).flatMap(({ ranges }) => ranges);
  assertLessOrEqual(asked.reduce((sum, { count }) => sum + count, 0), 5 * 1024);
  assertLessOrEqual(nacks.length, 10);
});

Deno.test("RoomCore bounds what hearsay costs", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  const heard = [{ member: MEL.id, highest: 2 ** 31, has: 1, age: 0 }];
  const eve = { member: "00000000000000ee", source: EVE, heard };
  bob.heardControl(report(0, [], eve), EVE, 10);
  assertEquals(sent(pass(bob, 10, 4000), "nack"), [], "too far to be believed");
  assertEquals(shown(bob.heardData(line("Mel: a"), MEL.source, 4000)), ["Mel: a"]);
  bob.heardControl(report(1, ["Mel: a"]), MEL.control, 4100);
  assertEquals(sent(pass(bob, 4100, 8000), "nack"), []);
});

Deno.test("RoomCore takes no repair that is not the line whose hash was reported", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  bob.heardControl(report(1, ["Mel: a"]), MEL.control, 10);
  const forged = repair(1, "Mel: I owe you", { member: "00000000000000ee" });
  assertEquals(shown(bob.heardControl(forged, EVE, 20)), []);
  assertEquals(shown(bob.heardControl(repair(1, "Mel: a"), MEL.control, 30)), ["Mel: a*"]);
});

Deno.test("RoomCore shows the true line though a forged one came first", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  const texts = Array.from({ length: 16 }, (_, i) => `Mel: ${i}`);
  bob.heardControl(report(20, texts), MEL.control, 10);
  const forged = repair(2, "Mel: I owe you", { member: "00000000000000ee" });
  bob.heardControl(forged, EVE, 20);
  bob.heardControl(report(2, ["Mel: a", "Mel: b"]), MEL.control, 30);
  const [true_] = shown(bob.heardControl(repair(2, "Mel: b"), MEL.control, 40));
  assert(true_?.startsWith("Mel: b*"));
});

Deno.test("RoomCore stops asking a member whose repairs are never what it reported", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  for (let i = 0; i < 8; i++) {
    bob.heardControl(report(1, ["Mel: a"]), MEL.control, 10 + i);
    bob.heardControl(repair(1, "Mel: not a"), MEL.control, 10 + i);
  }
  assertEquals(sent(pass(bob, 20, 3000), "nack"), []);
});

Deno.test("RoomCore stays bounded under a flood of members, strangers and lines", () => {
  const bob = listener();
  const random = seededRandom(9);
  const bytes = new Uint8Array(1200);
  for (let i = 0; i < 6000; i++) {
    const address = `10.${i % 40}.0.9`;
    const id = (i + 1000).toString(16).padStart(16, "0");
    const source = { address, port: 1 + i };
    bob.heardControl(report(i, [], { member: id, source }), { address, port: 9 }, i);
    bytes[0] = Math.floor(random() * 128);
    bob.heardData(bytes.slice(), { address, port: 30_000 + i }, i);
  }
  const { members, senders, strangers, heldBytes } = bob.size;
  assertLessOrEqual(members, MAX_MEMBERS);
  assertLessOrEqual(senders, MAX_SENDERS);
  assertLessOrEqual(strangers, MAX_STRANGERS);
  assertLessOrEqual(heldBytes, MAX_HELD_BYTES);
});

Deno.test("RoomCore lets one host have so many members and no more", () => {
  const bob = listener();
  for (let i = 0; i < MAX_MEMBERS_PER_ADDRESS + 50; i++) {
    const id = (i + 1000).toString(16).padStart(16, "0");
    const source = { address: "10.9.9.9", port: 1000 + i };
    bob.heardControl(report(0, [], { member: id, source }), { ...source, port: 9 }, i);
  }
  assertEquals(bob.size.members, MAX_MEMBERS_PER_ADDRESS);
});

Deno.test("RoomCore keeps its repairs below their rate whatever is asked", () => {
  const bob = listener();
  for (let i = 0; i < 1000; i++) bob.said(line(`Bob: ${i} ${"x".repeat(500)}`), 10);
  let bytes = 0;
  for (let now = 3000; now < 13_000; now += 50) {
    const wanted = [{ of: bob.id, ranges: [{ first: 1, count: 1000 }] }];
    bob.heardControl(nack(0, 0, { wanted }), EVE, now);
    for (const effect of bob.due(now)) {
      if (effect.kind === "sendControl" && effect.bytes[5] === 3) bytes += effect.bytes.length;
    }
  }
  assertLessOrEqual(bytes, 8000 + 10 * 16_000);
  assert(bytes > 100_000, `${bytes}`);
});

Deno.test("RoomCore repairs at once what it said a moment ago", () => {
  const bob = listener();
  for (let i = 0; i < 300; i++) bob.said(line(`Bob: ${i} ${"x".repeat(50)}`), 10);
  const wanted = [{ of: bob.id, ranges: [{ first: 1, count: 300 }] }];
  bob.heardControl(nack(0, 0, { wanted }), EVE, 150);
  const repaired = sent(pass(bob, 150, 400), "repair").flatMap(({ parts }) => parts);
  assertEquals(new Set(repaired.map(({ seq }) => seq)).size, 300);
});

Deno.test("RoomCore slows down whoever makes it repair a moment ago without end", () => {
  const bob = listener();
  for (let i = 0; i < 1000; i++) bob.said(line(`Bob: ${i}`), 10);
  let lines = 0;
  for (let now = 100; now < 2000; now += 50) {
    const wanted = [{ of: bob.id, ranges: [{ first: 1, count: 1000 }] }];
    bob.heardControl(nack(0, 0, { wanted }), EVE, now);
    lines += sent(bob.due(now), "repair").flatMap(({ parts }) => parts).length;
  }
  // 8 kB at once, 32 kB in two seconds, and the pace: half of it after each half second.
  const bucket = 40_000 / (REPAIR_PART_BYTES + 7);
  assertLessOrEqual(lines, bucket + SAY_BURST + 0.5 * (2500 + 1250 + 625 + 312));
});

Deno.test("RoomCore asks in the end though somebody always asks first", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  bob.heardControl(report(1, ["Mel: a"]), MEL.control, 10);
  let asked = 0;
  for (let now = 20; now < 5000; now += 20) {
    bob.heardControl(nack(1, 1, { member: "00000000000000ee" }), EVE, now);
    asked += sent(bob.due(now), "nack").length;
  }
  assert(asked > 0);
});

Deno.test("RoomCore survives random bytes and mutated datagrams", () => {
  const bob = listener();
  const random = seededRandom(3);
  const seeds = [report(3, ["Mel: a", "Mel: b"]), nack(1, 3), repair(2, "Mel: b")];
  for (let i = 0; i < 10_000; i++) {
    const bytes = seeds[i % 3]!.slice();
    for (let k = 0; k < 3; k++) {
      bytes[6 + Math.floor(random() * (bytes.length - 6))] = Math.floor(random() * 256);
    }
    bob.heardControl(bytes, MEL.control, i);
    if (i % 10 === 0) bob.due(i);
  }
  assertLessOrEqual(bob.size.members, MAX_MEMBERS_PER_ADDRESS);
});
