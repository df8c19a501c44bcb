import { assert, assertEquals } from "@std/assert";
import type { Report } from "../../lib/framing/control_messages.ts";
import type { SocketAddress } from "../../lib/net/datagram.ts";
import { RoomCore } from "../../lib/room/room_core.ts";
import type { RoomEffect } from "../../lib/room/room_effect.ts";
import { seededRandom } from "../helpers/seeded_random.ts";
import {
  line,
  listener,
  MEL,
  nack,
  pass,
  repair,
  report,
  ROOM_PORT,
  sent,
  shown,
} from "./room_core_rig.ts";

Deno.test("RoomCore shows a line at once and numbers it by the report behind it", () => {
  const bob = listener();
  assertEquals(shown(bob.heardData(line("Mel: a"), MEL.source, 10)), ["Mel: a"]);
  const [joined, ...rest] = bob.heardControl(report(1, ["Mel: a"]), MEL.control, 110);
  assertEquals([joined?.kind, rest.length], ["memberJoined", 0]);
  assertEquals(sent(pass(bob, 110, 4000), "nack"), []);
});

Deno.test("RoomCore asks for a line that a report names, and shows it where it belongs", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  bob.heardData(line("Mel: b"), MEL.source, 20);
  assertEquals(shown(bob.heardControl(report(2, ["Mel: a", "Mel: b"]), MEL.control, 110)), []);
  const [asked] = sent(pass(bob, 110, 500), "nack");
  assertEquals(asked?.wanted, [{ of: MEL.id, ranges: [{ first: 1, count: 1 }] }]);
  assertEquals(shown(bob.heardControl(repair(1, "Mel: a"), MEL.control, 500)), ["Mel: a*@1"]);
  assertEquals(shown(bob.heardControl(repair(1, "Mel: a"), MEL.control, 501)), []);
  assertEquals(shown(bob.heardData(line("Mel: a"), MEL.source, 502)), [], "the line itself, late");
});

Deno.test("RoomCore waits 30 ms before it asks: the line may be on its way", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  bob.heardControl(report(1, ["Mel: a"]), MEL.control, 100);
  assertEquals(sent(pass(bob, 100, 129), "nack"), []);
  assertEquals(shown(bob.heardData(line("Mel: a"), MEL.source, 129)), ["Mel: a"]);
  assertEquals(sent(pass(bob, 129, 4000), "nack"), []);
});

Deno.test("RoomCore asks for numbers whose hash it never saw", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  const texts = Array.from({ length: 16 }, (_, i) => `Mel: ${i + 25}`);
  for (const text of texts) bob.heardData(line(text), MEL.source, 50);
  bob.heardData(line("Mel: 7"), MEL.source, 51);
  bob.heardControl(report(40, texts), MEL.control, 100);
  const asked = sent(pass(bob, 100, 600), "nack").flatMap(({ wanted }) => wanted);
  assertEquals(asked[0]?.ranges, [{ first: 1, count: 24 }]);
  assertEquals(shown(bob.heardControl(repair(7, "Mel: 7"), MEL.control, 300)), [], "shown before");
  const [again] = shown(bob.heardControl(repair(8, "Mel: 8"), MEL.control, 300));
  assert(again?.startsWith("Mel: 8*"));
});

Deno.test("RoomCore shows equal lines as often as they were said, copies not at all", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  assertEquals(shown(bob.heardData(line("Mel: ok"), MEL.source, 10)), ["Mel: ok"]);
  assertEquals(shown(bob.heardData(line("Mel: ok"), MEL.source, 11)), [], "a copy?");
  const two = bob.heardControl(report(2, ["Mel: ok", "Mel: ok"]), MEL.control, 110);
  assertEquals(shown(two), ["Mel: ok"], "no: said twice");
  assertEquals(shown(bob.heardData(line("Mel: ok"), MEL.source, 120)), []);
  const same = bob.heardControl(report(2, ["Mel: ok", "Mel: ok"]), MEL.control, 900);
  assertEquals(shown(same), [], "yes: a copy");
  assertEquals(shown(bob.heardData(line("Mel: ok"), MEL.source, 9000)), ["Mel: ok"], "said again");
});

Deno.test("RoomCore shows lines of a simple client at once and asks for nothing", () => {
  const bob = listener();
  assertEquals(shown(bob.heardData(line("Py: hi"), MEL.source, 10)), ["Py: hi"]);
  assertEquals(shown(bob.heardData(line("Py: yo"), MEL.source, 11)), ["Py: yo"]);
  assertEquals(shown(bob.heardData(line("Py: yo"), MEL.source, 5000)), ["Py: yo"]);
  assertEquals(shown(bob.heardData(line("Py: yo"), MEL.source, 5001)), ["Py: yo"]);
  assertEquals(sent(pass(bob, 5001, 9000), "nack"), []);
});

Deno.test("RoomCore shows a repeat of a new simple client when no report came", () => {
  const bob = listener();
  bob.heardData(line("Py: hi"), MEL.source, 10);
  assertEquals(shown(bob.heardData(line("Py: hi"), MEL.source, 12)), []);
  assertEquals(shown(pass(bob, 12, 3510)), ["Py: hi"]);
});

Deno.test("RoomCore does not want what was said before it joined", () => {
  const bob = listener(10_000);
  const lines: Report["lines"] = [{ age: 500, hash: "0000000000000001" }, {
    age: 1,
    hash: "0000000000000002",
  }];
  bob.heardControl(report(30, [], { lines }), MEL.control, 10_050);
  const asked = sent(pass(bob, 10_050, 10_900), "nack").flatMap(({ wanted }) => wanted);
  assertEquals(asked[0]?.ranges, [{ first: 30, count: 1 }]);
});

Deno.test("RoomCore asks backwards where it cannot tell, and stops at the first too old", () => {
  const bob = listener(10_000);
  const texts = Array.from({ length: 16 }, (_, i) => `Mel: ${i}`);
  for (const text of texts) bob.heardData(line(text), MEL.source, 10_020);
  bob.heardControl(report(500, texts), MEL.control, 10_050);
  const asked = sent(pass(bob, 10_050, 10_400), "nack").flatMap(({ wanted }) => wanted);
  assertEquals(asked[0]?.ranges, [{ first: 469, count: 16 }]);
  const bytes = line("Mel: old");
  const parts = [{ seq: 484, age: 100, total: bytes.length, offset: 0, bytes }];
  const old = repair(484, "", { parts });
  assertEquals(shown(bob.heardControl(old, MEL.control, 10_410)), []);
  assertEquals(sent(pass(bob, 10_410, 20_000), "nack"), []);
});

Deno.test("RoomCore keeps quiet when somebody else asks", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  bob.heardControl(report(1, ["Mel: a"]), MEL.control, 100);
  bob.heardControl(nack(1, 1), { address: "10.0.0.3", port: 1 }, 101);
  assertEquals(sent(pass(bob, 101, 400), "nack"), []);
  assertEquals(sent(pass(bob, 400, 700), "nack").length, 1, "but not for ever");
});

Deno.test("RoomCore asks five times, then waits for somebody who has the line", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  bob.heardControl(report(1, ["Mel: a"]), MEL.control, 100);
  assertEquals(sent(pass(bob, 100, 14_000), "nack").length, 5);
  bob.heardControl(report(1, ["Mel: a"]), MEL.control, 14_000);
  assertEquals(sent(pass(bob, 14_000, 14_400), "nack").length, 1);
});

Deno.test("RoomCore repairs its own lines at once, once per round trip", () => {
  const mel = listener();
  mel.said(line("Bob: a"), 10);
  mel.said(line("Bob: b"), 10);
  const wanted = [{ of: mel.id, ranges: [{ first: 1, count: 3 }] }];
  const from = { address: "10.0.0.3", port: 1 };
  mel.heardControl(nack(0, 0, { wanted }), from, 50);
  const [mended] = sent(mel.due(50), "repair");
  assertEquals(mended?.parts.map(({ seq }) => seq), [1, 2]);
  mel.heardControl(nack(0, 0, { wanted }), from, 51);
  assertEquals(sent(mel.due(51), "repair"), []);
  mel.heardControl(nack(0, 0, { wanted }), from, 150);
  assertEquals(sent(mel.due(150), "repair").length, 1);
});

Deno.test("RoomCore repairs for others if nobody else does", () => {
  for (const isMended of [false, true]) {
    const bob = listener();
    bob.heardData(line("Mel: a"), MEL.source, 10);
    bob.heardControl(report(1, ["Mel: a"]), MEL.control, 100);
    bob.heardControl(nack(1, 1), { address: "10.0.0.3", port: 1 }, 200);
    assertEquals(sent(pass(bob, 200, 299), "repair"), [], "the sender goes first");
    if (isMended) bob.heardControl(repair(1, "Mel: a"), MEL.control, 299);
    assertEquals(sent(pass(bob, 299, 700), "repair").length, isMended ? 0 : 1);
  }
});

Deno.test("RoomCore repairs a line that is longer than a repair", () => {
  const ann = listener();
  const text = "Bob: " + "x".repeat(1195);
  ann.said(line(text), 10);
  const wanted = [{ of: ann.id, ranges: [{ first: 1, count: 1 }] }];
  ann.heardControl(nack(0, 0, { wanted }), { address: "10.0.0.3", port: 1 }, 50);
  const parts = sent(ann.due(50), "repair");
  assertEquals(parts.map(({ parts }) => parts[0]!.bytes.length), [1157, 43]);
});

Deno.test("RoomCore repairs the last lines of a sender that died before it reported", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  bob.heardData(line("Mel: last"), MEL.source, 100);
  const orphans = sent(pass(bob, 100, 20_000), "report").flatMap(({ orphans }) => orphans);
  assert(orphans.length > 0);
  const { source, hash } = orphans[0]!;
  const from = { address: "10.0.0.3", port: 1 };
  bob.heardControl(nack(0, 0, { wanted: [], orphans: [{ source, hash }] }), from, 20_000);
  const [mended] = sent(pass(bob, 20_000, 21_000), "repair");
  assertEquals(new TextDecoder().decode(mended?.parts[0]?.bytes), "Mel: last");
  const ann = listener();
  const other = { member: "00000000000000cc", source: { address: "10.0.0.3", port: 9 } };
  ann.heardControl(report(0, [], { ...other, orphans: [{ source, hash, age: 1 }] }), from, 100);
  const [asked] = sent(pass(ann, 100, 500), "nack");
  assertEquals(asked?.orphans, [{ source, hash }]);
  const { of, parts } = mended!;
  const bytes = repair(0, "", { of, parts, member: "00000000000000cc" });
  assertEquals(shown(ann.heardControl(bytes, from, 500)), ["Mel: last*"]);
  assertEquals(shown(ann.heardControl(bytes, from, 501)), []);
});

Deno.test("RoomCore reports 0.1, 0.3, 1, 3 and 10 s behind a line, and every 32 lines", () => {
  const bob = listener();
  pass(bob, 0, 1500);
  bob.said(line("Bob: a"), 2000);
  const times: number[] = [];
  while (bob.nextDeadline < 13_000) {
    const now = bob.nextDeadline;
    if (sent(bob.due(now), "report").some(({ heard }) => heard.length === 0)) times.push(now);
  }
  for (const time of [2100, 2300, 3000, 5000, 12_000]) assert(times.includes(time), `${times}`);
  const burst = Array.from({ length: 96 }, (_, i) => bob.said(line(`Bob: ${i}`), 20_000)).flat();
  const reports = sent(burst, "report");
  assertEquals(reports.map(({ highest, lines }) => [highest, lines.length]), [[33, 32], [65, 64], [
    97,
    64,
  ]]);
});

Deno.test("RoomCore tells of members that come, change their name, leave and fall silent", () => {
  const bob = listener();
  const kinds = [
    ...bob.heardControl(report(0, []), MEL.control, 10),
    ...bob.heardControl(report(0, [], { name: "Melanie" }), MEL.control, 20),
    ...pass(bob, 20, 60_000),
    ...bob.heardControl(report(0, []), MEL.control, 60_000),
  ].map((effect) => effect.kind).filter((kind) => kind.startsWith("member"));
  assertEquals(kinds, ["memberJoined", "memberRenamed", "memberLeft", "memberJoined"]);
  assertEquals(bob.members().map(({ name }) => name), ["Mel"]);
});

Deno.test("RoomCore.leave() reports what was said and says bye; then it is silent", () => {
  const bob = listener();
  bob.said(line("Bob: a"), 10);
  const effects = bob.leave(20);
  assertEquals(sent(effects, "report").length, 1);
  assertEquals(sent(effects, "bye").map(({ highest }) => highest), [1, 1]);
  assertEquals([bob.leave(21), bob.due(99), bob.nextDeadline], [[], [], Infinity]);
  assertEquals(bob.heardData(line("Mel: a"), MEL.source, 30), []);
});

Deno.test("RoomCore.receipts() tells who has a line", () => {
  const bob = listener();
  bob.said(line("Bob: a"), 10);
  bob.said(line("Bob: b"), 11);
  const heard = [{ member: bob.id, highest: 2, has: 0b01, age: 0 }];
  bob.heardControl(report(0, [], { heard }), MEL.control, 100);
  assertEquals(bob.receipts().map(({ seq, has }) => [seq, has]), [[1, []], [2, [MEL.id]]]);
});

Deno.test("RoomCore ignores its own datagrams and those of other rooms", () => {
  const bob = listener();
  const local = { address: "10.0.0.2", port: 5000 };
  assertEquals(bob.heardData(line("Bob: a"), local, 10), []);
  assertEquals(bob.heardControl(report(0, [], { roomPort: 9 }), MEL.control, 10), []);
  assertEquals(bob.heardControl(report(0, [], { member: bob.id }), MEL.control, 10), []);
});

Deno.test("RoomCore goes over to another socket, and nothing is lost or shown twice", () => {
  const bob = listener();
  const mel = new RoomCore({
    id: MEL.id,
    roomPort: ROOM_PORT,
    local: MEL.source,
    tcpPort: 4711,
    name: "Mel",
    now: 0,
    random: seededRandom(2),
  });
  let place: SocketAddress = MEL.source;
  /** Lets Bob hear what Mel's core sends up to then. */
  const reports = (from: number, until: number): RoomEffect[] => {
    const effects: RoomEffect[] = [];
    for (let now = Math.max(from, mel.nextDeadline); now <= until; now = mel.nextDeadline) {
      for (const effect of mel.due(now)) {
        if (effect.kind === "sendControl") {
          effects.push(...bob.heardControl(effect.bytes, { ...place, port: 4001 }, now));
        }
      }
    }
    return effects;
  };
  const relay = { address: "10.0.0.99", port: 4999 };

  reports(0, 50);
  mel.said(line("Mel: one"), 100);
  assertEquals(shown(bob.heardData(line("Mel: one"), place, 100)), ["Mel: one"]);
  reports(100, 3000);

  mel.moved({ local: relay, relayed: true, tcpPort: 0 }, 3000);
  place = relay;
  mel.said(line("Mel: two"), 3010);
  const two = bob.heardData(line("Mel: two"), place, 3010);
  assertEquals(shown(two), ["Mel: two"], "shown though nobody knows yet whose it is");
  mel.said(line("Mel: three"), 3020);
  const effects = reports(3020, 6000);
  assertEquals(shown(effects), []);
  assertEquals(bob.members().map(({ relayed, source }) => [relayed, source.port]), [[true, 4999]]);
  const [asked] = sent(pass(bob, 6000, 6100), "nack");
  assertEquals(asked?.wanted, [{ of: MEL.id, ranges: [{ first: 3, count: 1 }] }]);

  // A socket that is left before anything could be reported from it.
  place = { address: "10.0.0.1", port: 4002 };
  mel.moved({ local: place, relayed: false, tcpPort: 0 }, 6200);
  mel.said(line("Mel: four"), 6300);
  assertEquals(shown(bob.heardData(line("Mel: four"), place, 6300)), ["Mel: four"]);
  place = relay;
  mel.moved({ local: relay, relayed: true, tcpPort: 0 }, 6400);
  reports(6400, 9000);
  const repaired = bob.heardControl(repair(4, "Mel: four", { source: relay }), relay, 9100);
  assertEquals(shown(repaired), [], "it was shown before anybody knew whose it is");
});

Deno.test("RoomCore keeps apart copies and lines whose report it reads late, on a busy machine", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  const texts = Array.from({ length: 24 }, (_, i) => `Mel: line ${i + 1}`);
  texts.forEach((text, i) => bob.heardData(line(text), MEL.source, 100 + i));
  // Everything was received at once; the reports, on another socket, are read only now.
  const effects = [8, 16, 24].flatMap((highest, i) =>
    bob.heardControl(report(highest, texts.slice(highest - 8, highest)), MEL.control, 900 + i)
  );
  assertEquals(sent(pass(bob, 903, 4000), "nack"), []);
  assertEquals(shown(effects), []);
  for (const [i, text] of texts.entries()) {
    assertEquals(shown(bob.heardControl(repair(i + 1, text), MEL.control, 5000)), [], text);
  }
});
