import { assert, assertEquals } from "@std/assert";
import { RoundTrip } from "../../lib/room/back_off.ts";
import { HolderRepairs, MAX_PLANS } from "../../lib/room/holder_repairs.ts";
import { Holdings } from "../../lib/room/holdings.ts";
import { OwnRepairs, type RepairTurns } from "../../lib/room/own_repairs.ts";
import { MAX_OWN_LINES, SenderLog } from "../../lib/room/sender_log.ts";
import { type Sender, Senders } from "../../lib/room/senders.ts";
import { decodeControl } from "../../lib/framing/control.ts";
import type { Report } from "../../lib/framing/control_messages.ts";
import { hashDatagram } from "../../lib/framing/datagram_hash.ts";
import { line, MEL, report } from "./room_core_rig.ts";

const MAX_BYTES = 1200;
const MEMBERS = { count: 3, has: () => true };

/** A sender of whom so many lines are here. */
function mel(lines: number): Sender {
  const senders = new Senders(new Holdings(), 0);
  const sender = senders.identify(MEL.id, MEL.source, 0, () => true)!;
  const texts = Array.from({ length: lines }, (_, i) => `Mel: ${i + 1}`);
  sender.lines.reported(decodeControl(report(0, [])) as Report, 0, 0);
  for (let first = 0; first < lines; first += 16) {
    const some = texts.slice(first, first + 16);
    for (const text of some) sender.lines.heard(line(text), 1, 0);
    sender.lines.reported(decodeControl(report(first + some.length, some)) as Report, 1, 0);
  }
  return sender;
}

/** What a holder repairs until then: numbers, and when. */
function repairs(holder: HolderRepairs, until: number): { seqs: number[]; at: number }[] {
  const all = [];
  for (let now = holder.next; now <= until; now = holder.next) {
    for (;;) {
      const repair = holder.due(now);
      if (repair === undefined) break;
      all.push({ seqs: repair.parts.map(({ seq }) => seq), at: now });
    }
  }
  return all;
}

function holder(): HolderRepairs {
  return new HolderRepairs(new RoundTrip(), () => 0.5, MAX_BYTES);
}

Deno.test("HolderRepairs repairs what the sender does not, and only what is here", () => {
  const one = holder();
  const sender = mel(20);
  one.plan(sender, [{ first: 3, count: 4 }, { first: 19, count: 9 }], MEMBERS, 1000);
  assertEquals(one.due(1001), undefined, "the sender first");
  one.repaired(sender, 4, 1010);
  const [repair, ...more] = repairs(one, 9000);
  assertEquals([repair?.seqs, more], [[3, 5, 6, 19, 20], []]);
  assert(repair!.at >= 1000 + 2 * new RoundTrip().ms);
  assertEquals(one.next, Infinity);
});

Deno.test("HolderRepairs does not wait for a sender that is gone, nor plan what nobody kept", () => {
  const [patient, quick] = [holder(), holder()];
  const sender = mel(5);
  patient.plan(sender, [{ first: 1, count: 5 }], MEMBERS, 0);
  quick.plan(sender, [{ first: 1, count: 5 }], { count: 3, has: () => false }, 0);
  assert(quick.next < patient.next);
  const nothing = holder();
  nothing.plan(sender, [{ first: 6, count: 100 }], MEMBERS, 0);
  assertEquals(nothing.next, Infinity);
});

Deno.test("HolderRepairs stays below 16 kB/s, also for what others repair, and forgets nothing", () => {
  const one = holder();
  const sender = mel(1000);
  one.plan(sender, [{ first: 1, count: 1000 }], MEMBERS, 0);
  one.heard(8000, 0);
  const all = repairs(one, 60_000);
  assertEquals(all.flatMap(({ seqs }) => seqs), Array.from({ length: 1000 }, (_, i) => i + 1));
  // About 20 bytes each, and a burst of 8 kB.
  assert(all.at(-1)!.at > 700, `${all.at(-1)!.at}`);
  one.plan(sender, [{ first: 1, count: 1000 }], MEMBERS, all.at(-1)!.at + 1);
  const again = repairs(one, 60_000).flatMap(({ seqs }) => seqs);
  assert(again.length < 1000, "what was repaired a moment ago is on its way");
});

Deno.test("HolderRepairs answers two nacks for the same lines once", () => {
  const one = holder();
  const sender = mel(10);
  one.plan(sender, [{ first: 1, count: 4 }], MEMBERS, 0);
  one.plan(sender, [{ first: 3, count: 4 }], MEMBERS, 5);
  assertEquals(repairs(one, 9000).flatMap(({ seqs }) => seqs), [1, 2, 3, 4, 5, 6]);
});

Deno.test("HolderRepairs plans no more than it can remember", () => {
  const one = holder();
  const sender = mel(4);
  for (let i = 0; i < 3 * MAX_PLANS; i++) one.plan(sender, [{ first: 1, count: 1 }], MEMBERS, i);
  assertEquals(repairs(one, 1e6).map(({ seqs }) => seqs), [[1]]);
  assertEquals(one.next, Infinity);
});

Deno.test("HolderRepairs repairs a line without a number, once, unless somebody did", () => {
  const sender = mel(0);
  const hash = hashDatagram(line("Mel: loose"));
  sender.lines.heard(line("Mel: loose"), 10, 0);
  const [one, other] = [holder(), holder()];
  for (const it of [one, other]) it.planOrphan(sender, hash, MEMBERS, 100);
  other.repairedOrphan(MEL.source, hash, 101);
  assertEquals(repairs(one, 9000).map(({ seqs }) => seqs), [[0]]);
  assertEquals([repairs(other, 9000), other.next], [[], Infinity]);
  one.planOrphan(sender, "00000000000000ff", MEMBERS, 20_000);
  assertEquals(repairs(one, 30_000), [], "it never came");
});

/** Turns that are never there, and those that always are. */
const NEVER: RepairTurns = { repair: () => false, repairAt: (now) => now + 100 };
const ALWAYS: RepairTurns = { repair: () => true, repairAt: (now) => now };

/** Somebody who said so many lines, the last one now. */
function own(lines: number, turns: RepairTurns): OwnRepairs {
  const log = new SenderLog();
  for (let i = 1; i <= lines; i++) log.add(line(`Mel: ${i}`.padEnd(100)), 0);
  return new OwnRepairs(log, turns, new RoundTrip(), MAX_BYTES);
}

Deno.test("OwnRepairs repairs at once, in the order asked for, nothing twice within a round trip", () => {
  const repair = own(100, ALWAYS);
  for (const seq of [7, 3, 3, 101, 0]) repair.plan(seq, 10);
  assertEquals([repair.owed, repair.next], [2, 10]);
  assertEquals(repair.due(10)?.map(({ seq }) => seq), [7, 3]);
  repair.plan(7, 11);
  assertEquals([repair.owed, repair.next, repair.due(11)], [0, Infinity, undefined]);
  repair.plan(7, 10 + new RoundTrip().ms);
  assertEquals(repair.owed, 1);
  repair.repaired(7, 1000);
  assertEquals(repair.owed, 0, "somebody else did it");
});

Deno.test("OwnRepairs waits for a turn or for its 16 kB/s, whichever comes first", () => {
  const repair = own(200, NEVER);
  for (let seq = 1; seq <= 200; seq++) repair.plan(seq, 10);
  let bytes = 0;
  for (let parts = repair.due(10); parts !== undefined; parts = repair.due(10)) {
    assert(parts.length <= 11);
    bytes += parts.length * 112;
  }
  assert(bytes > 6000 && bytes <= 8000, `the burst: ${bytes}`);
  assert(repair.next > 10 && repair.next <= 110);
  assertEquals(repair.due(repair.next - 1), undefined);
  assertEquals(own(1, NEVER).next, Infinity);
});

Deno.test("SenderLog keeps the last lines, each as it was said", () => {
  const log = new SenderLog();
  const bytes = line("Mel: 0");
  for (let i = 1; i <= MAX_OWN_LINES + 10; i++) {
    bytes[5] = i & 127;
    log.add(bytes, i);
  }
  assertEquals([log.oldest, log.highest], [11, MAX_OWN_LINES + 10]);
  assertEquals([log.has(10), log.get(10), log.saidAt(10)], [false, undefined, undefined]);
  for (const seq of [11, 5000, log.highest]) {
    assertEquals([log.get(seq)?.bytes[5], log.saidAt(seq)], [seq & 127, seq]);
  }
  const [last] = log.recent(1, 0);
  assertEquals(last?.hash, hashDatagram(log.get(log.highest)!.bytes));
});
