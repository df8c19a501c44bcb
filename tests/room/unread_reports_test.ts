import { assertEquals } from "@std/assert";
import { decodeControl } from "../../lib/framing/control.ts";
import type { Report } from "../../lib/framing/control_messages.ts";
import { hashDatagram } from "../../lib/framing/datagram_hash.ts";
import { UnreadReports } from "../../lib/room/unread_reports.ts";
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

Deno.test("UnreadReports.upTo() finds the report whose last line was read, and those before it", () => {
  const unread = waiting();
  assertEquals([16, 32, 64, 63, 99].map((seq) => unread.upTo(hashOf(seq))), [1, 2, 4, 0, 0]);
  assertEquals(unread.take(2).map(({ report, at }) => [report.highest, at]), [[16, 16], [32, 32]]);
  assertEquals(unread.upTo(hashOf(16)), 0);
  assertEquals(unread.upTo(hashOf(48)), 1);
  assertEquals([unread.take(9).length, unread.size, unread.upTo(hashOf(64))], [2, 0, 0]);
});

Deno.test("UnreadReports.upTo() sees from every eighth line that the last of a report is lost", () => {
  const unread = waiting();
  // 17 and what follows stand behind the first report's last line.
  const found = Array.from({ length: 15 }, (_, i) => unread.upTo(hashOf(17 + i)));
  assertEquals(found.map((count) => count > 0), [...Array(15)].map((_, i) => i % 8 === 7));
  assertEquals(Math.max(...found), 1, "what the second names may still come");
  for (let i = 0; i < 7; i++) unread.upTo(hashOf(100));
  assertEquals(unread.upTo(hashOf(40)), 0, "not the eighth");
  const last = Array.from({ length: 8 }, () => unread.upTo(hashOf(40)));
  assertEquals(last.filter((count) => count > 0), [2]);
});

Deno.test("UnreadReports.nextAt(): 30 ms behind the first report or the last line", () => {
  const unread = waiting();
  assertEquals([unread.nextAt(0), unread.nextAt(500)], [46, 530]);
  unread.take(4);
  assertEquals(unread.nextAt(500), Infinity);
});
