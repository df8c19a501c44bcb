import { assertEquals } from "@std/assert";
import { decodeControl } from "../../lib/framing/control.ts";
import type { Report } from "../../lib/framing/control_messages.ts";
import { hashDatagram } from "../../lib/framing/datagram_hash.ts";
import {
  MAX_UNREAD_REPORTS,
  type UnreadReport,
  UnreadReports,
} from "../../lib/room/unread_reports.ts";
import { line, report } from "./room_core_rig.ts";

const TEXTS = Array.from({ length: 200 }, (_, i) => `Mel: ${i + 1}`);

/** The hash of a line by its number. */
const hashOf = (seq: number): string => hashDatagram(line(TEXTS[seq - 1]!));

/** Each names its own 16 lines, and the 16 before them. */
function waiting(): UnreadReports {
  const unread = new UnreadReports();
  for (const highest of [16, 32, 48, 64]) {
    const texts = TEXTS.slice(Math.max(0, highest - 32), highest);
    unread.add(decodeControl(report(highest, texts)) as Report, highest);
  }
  return unread;
}

/** The highest numbers of reports. */
const named = (reports: readonly UnreadReport[]): number[] =>
  reports.map(({ report }) => report.highest);

Deno.test("UnreadReports.came() ends the waiting of the report that ends so, and of those before", () => {
  const unread = waiting();
  for (const seq of [15, 31, 99]) unread.came(hashOf(seq));
  assertEquals([unread.nextAt(0), unread.due(45, 0)], [46, []]);
  unread.came(hashOf(32));
  unread.came(hashOf(16));
  assertEquals(unread.nextAt(0), -Infinity);
  assertEquals(unread.due(45, 0).map(({ report, at }) => [report.highest, at]), [[16, 16], [
    32,
    32,
  ]]);
  assertEquals([unread.nextAt(0), named(unread.due(77, 0))], [78, []]);
  unread.came(hashOf(64));
  assertEquals([named(unread.due(0, 0)), unread.nextAt(0)], [[48, 64], Infinity]);
});

Deno.test("UnreadReports.came() sees from every eighth line that the last of a report is lost", () => {
  const unread = waiting();
  // 17 and what follows stand behind the first report's last line.
  for (let seq = 17; seq < 24; seq++) unread.came(hashOf(seq));
  assertEquals(named(unread.due(0, 0)), []);
  unread.came(hashOf(24));
  assertEquals(named(unread.due(0, 0)), [16], "what the second names may still come");
  for (let i = 0; i < 7; i++) unread.came(hashOf(60));
  assertEquals(named(unread.due(0, 0)), []);
  unread.came(hashOf(60));
  assertEquals(named(unread.due(0, 0)), [32, 48]);
});

Deno.test("UnreadReports.due() takes all 30 ms behind the first report or the last line", () => {
  const unread = waiting();
  assertEquals([unread.nextAt(0), unread.nextAt(500)], [46, 530]);
  assertEquals([named(unread.due(529, 500)), named(unread.due(530, 500))], [[], [16, 32, 48, 64]]);
  assertEquals(unread.nextAt(500), Infinity);
});

Deno.test("UnreadReports.surplus() leaves so many as may wait, the latest", () => {
  const unread = waiting();
  assertEquals(named(unread.surplus()), []);
  for (let i = 0; i < MAX_UNREAD_REPORTS; i++) {
    unread.add(decodeControl(report(100 + i, [])) as Report, 100);
  }
  unread.came(hashOf(16));
  assertEquals(named(unread.surplus()), [16, 32, 48, 64]);
  assertEquals(unread.nextAt(0), 130, "the one that came is gone");
  assertEquals(unread.all().length, MAX_UNREAD_REPORTS);
});
