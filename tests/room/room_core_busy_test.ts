import { assert, assertEquals } from "@std/assert";
import type { RoomCore } from "../../lib/room/room_core.ts";
import { SAY_BURST } from "../../lib/room/say_pace.ts";
import { line, listener, MEL, nack, pass, repair, report, sent, shown } from "./room_core_rig.ts";

/** Mel's lines, the first one first. */
const TEXTS = Array.from({ length: 3000 }, (_, i) => `Mel: ${i + 1}`);

/** A report of Mel's up to a number. */
function reportUpTo(highest: number): Uint8Array {
  return report(highest, TEXTS.slice(Math.max(0, highest - 16), highest));
}

Deno.test("RoomCore asks for nothing that waits to be read in its own socket", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  bob.heardControl(reportUpTo(16), MEL.control, 100);
  const asked = [];
  for (const [i, text] of TEXTS.slice(0, 16).entries()) {
    const now = 110 + i * 20;
    asked.push(...sent(pass(bob, now - 20, now), "nack"));
    assertEquals(shown(bob.heardData(line(text), MEL.source, now)), [text]);
  }
  bob.heardControl(reportUpTo(16), MEL.control, 1000);
  assertEquals([asked, sent(pass(bob, 1000, 5000), "nack")], [[], []]);
});

Deno.test("RoomCore asks for what did not come when no more lines come", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  bob.heardControl(reportUpTo(8), MEL.control, 100);
  for (const text of TEXTS.slice(0, 4)) bob.heardData(line(text), MEL.source, 120);
  const [asked] = sent(pass(bob, 120, 500), "nack");
  assertEquals(asked?.wanted, [{ of: MEL.id, ranges: [{ first: 5, count: 4 }] }]);
});

Deno.test("RoomCore asks at once for what stands before a line that came", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  bob.heardControl(reportUpTo(8), MEL.control, 100);
  const asked = [];
  for (let now = 110; now < 500; now += 20) {
    bob.heardData(line(now === 110 ? TEXTS[7]! : `Mel: more ${now}`), MEL.source, now);
    asked.push(...sent(pass(bob, now, now + 20), "nack"));
  }
  assertEquals(asked[0]?.wanted, [{ of: MEL.id, ranges: [{ first: 1, count: 7 }] }]);
});

Deno.test("RoomCore that is late itself reads before it asks, once", () => {
  const bob = listener();
  bob.due(1000);
  bob.heardControl(report(0, []), MEL.control, 1005);
  bob.heardControl(reportUpTo(2), MEL.control, 1100);
  assertEquals(sent(bob.due(2000), "nack"), []);
  bob.heardData(line(TEXTS[0]!), MEL.source, 2001);
  const [asked] = sent(pass(bob, 2001, 2500), "nack");
  assertEquals(asked?.wanted, [{ of: MEL.id, ranges: [{ first: 2, count: 1 }] }]);
  const late = listener();
  late.due(1000);
  late.heardControl(reportUpTo(2), MEL.control, 1100);
  assertEquals(sent(late.due(2000), "nack"), []);
  assertEquals(sent(late.due(3000), "nack").length, 1, "late again");
});

Deno.test("RoomCore misses lines behind its window, and shows them where they belong", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  const isLost = (seq: number) => seq === 7 || seq === 8 || seq === 9;
  for (let seq = 1; seq <= 3000; seq++) {
    if (!isLost(seq)) bob.heardData(line(TEXTS[seq - 1]!), MEL.source, 10 + seq);
    if (seq % 8 === 0) bob.heardControl(reportUpTo(seq), MEL.control, 10 + seq);
  }
  assertEquals(shown(bob.heardControl(repair(8, "Mel: 8"), MEL.control, 3020)), ["Mel: 8*@2991"]);
  assertEquals(shown(bob.heardControl(repair(8, "Mel: 8"), MEL.control, 3021)), []);
  assertEquals(shown(bob.heardControl(repair(10, "Mel: 10"), MEL.control, 3022)), []);
  assertEquals(shown(bob.heardData(line("Mel: 7"), MEL.source, 3023)), ["Mel: 7@2992"]);
  const asked = sent(pass(bob, 3023, 4000), "nack").flatMap(({ wanted }) => wanted);
  assertEquals(asked[0]?.ranges, [{ first: 9, count: 1 }]);
  assertEquals(shown(bob.heardControl(repair(9, "Mel: 9"), MEL.control, 4000)), ["Mel: 9*@2991"]);
});

/** Says lines as fast as the core permits; returns how many until then. */
function speak(core: RoomCore, from: number, until: number): number {
  let count = 0;
  for (let now = from; now < until; now = Math.max(now, core.readyAt(now))) {
    if (core.readyAt(now) <= now) {
      core.said(line(`Bob: ${now} ${count}`), now);
      count++;
    }
  }
  return count;
}

Deno.test("RoomCore.readyAt() lets a burst go, and slows down when others ask", () => {
  const bob = listener();
  let said = speak(bob, 1000, 1001);
  assert(said >= SAY_BURST);
  said += speak(bob, 1001, 2000);
  assert(said > 5000);
  const free = speak(bob, 2000, 2200);
  said += free;
  const wanted = [{ of: bob.id, ranges: [{ first: said - 999, count: 1000 }] }];
  bob.heardControl(nack(0, 0, { wanted }), MEL.control, 2200);
  assertEquals(speak(bob, 2200, 2201), 0, "what is owed is repaired first");
  const repaired = sent(pass(bob, 2200, 9000), "repair").flatMap(({ parts }) => parts);
  assertEquals(repaired.length, 1000);
  assert(speak(bob, 9000, 9200) < free / 2, "and not so fast any more");
});

/** Hears Mel's lines from one number to another, all at one time; tells what was asked for. */
function hear(bob: RoomCore, first: number, last: number, now: number): void {
  for (let seq = first; seq <= last; seq++) {
    bob.heardData(line(TEXTS[seq - 1]!), MEL.source, now);
    bob.due(now);
  }
}

Deno.test("RoomCore has reports wait that overtook their lines, and misses none of these", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  hear(bob, 1, 8, 100);
  for (const highest of [32, 64, 96]) {
    bob.heardControl(report(highest, TEXTS.slice(highest - 32, highest)), MEL.control, 101);
  }
  const asked = [];
  for (let seq = 9; seq <= 96; seq += 8) {
    hear(bob, seq, seq + 7, 100 + seq);
    asked.push(...sent(pass(bob, 100 + seq, 108 + seq), "nack"));
  }
  asked.push(...sent(pass(bob, 200, 2000), "nack"));
  assertEquals(asked, []);
  assertEquals(bob.members().map(({ direct, recovered }) => [direct, recovered]), [[96, 0]]);
});

Deno.test("RoomCore asks for the last line of a report that waits once lines behind it are read", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  hear(bob, 1, 8, 100);
  for (const highest of [16, 32, 48]) bob.heardControl(reportUpTo(highest), MEL.control, 101);
  hear(bob, 9, 15, 102);
  hear(bob, 17, 31, 110);
  hear(bob, 33, 47, 120);
  // What comes afterwards does not put it off, but the last line read tells nothing of 32 and 48.
  const asked = [];
  for (let now = 125; now < 400; now += 10) {
    bob.heardData(line(`Mel: more ${now}`), MEL.source, now);
    asked.push(...sent(pass(bob, now, now + 10), "nack"));
  }
  assertEquals(asked[0]?.wanted, [{ of: MEL.id, ranges: [{ first: 16, count: 1 }] }]);
});

Deno.test("RoomCore takes reports that wait when nothing comes for 30 ms, or others talk of a line", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  hear(bob, 1, 8, 100);
  bob.heardControl(reportUpTo(16), MEL.control, 101);
  const [asked] = sent(pass(bob, 101, 1000), "nack");
  assertEquals(asked?.wanted, [{ of: MEL.id, ranges: [{ first: 9, count: 8 }] }]);
  hear(bob, 17, 20, 1100);
  bob.heardControl(reportUpTo(32), MEL.control, 1101);
  const repaired = bob.heardControl(repair(30, TEXTS[29]!), MEL.control, 1102);
  assertEquals(shown(repaired), [TEXTS[29]!.concat("*")]);
  assertEquals(shown(bob.heardControl(repair(30, TEXTS[29]!), MEL.control, 1103)), []);
});

Deno.test("RoomCore holds back no more reports than name what a receive buffer keeps", () => {
  const bob = listener();
  bob.heardControl(report(0, []), MEL.control, 5);
  hear(bob, 1, 8, 100);
  for (let highest = 16; highest <= 8 + 16 * 8; highest += 8) {
    bob.heardControl(reportUpTo(highest), MEL.control, 101);
  }
  // A repair of what the first of them named is wanted: it was taken, and its lines are missing.
  assertEquals(shown(bob.heardControl(repair(9, TEXTS[8]!), MEL.control, 102)), ["Mel: 9*"]);
});
