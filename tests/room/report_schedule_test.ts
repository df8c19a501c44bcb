import { assertEquals } from "@std/assert";
import { reportInterval, ReportSchedule } from "../../lib/room/report_schedule.ts";

const half = () => 0.5;

/** Follows a schedule: the times of its reports up to a time. */
function times(schedule: ReportSchedule, until: number, interval = 5000): number[] {
  const list: number[] = [];
  for (let at = schedule.next(interval); at <= until; at = schedule.next(interval)) {
    schedule.sent(at, schedule.regular(interval) <= at);
    list.push(at);
  }
  return list;
}

Deno.test("ReportSchedule starts with two reports, then reports regularly", () => {
  assertEquals(times(new ReportSchedule(0, half), 16_000), [0, 1000, 5000, 10_000, 15_000]);
});

Deno.test("ReportSchedule.said() reports 0.1 s behind the first line that is in no report", () => {
  const schedule = new ReportSchedule(0, half);
  times(schedule, 1000, Infinity);
  schedule.said(2000);
  schedule.said(2090);
  assertEquals(times(schedule, 20_000, 1e9), [2100, 2390, 3090, 5090, 12_090]);
});

Deno.test("ReportSchedule.said() reports every 32 lines that come fast, and lists each twice", () => {
  const schedule = new ReportSchedule(0, half);
  times(schedule, 1000, Infinity);
  for (let i = 0; i < 3; i++) {
    const isDue = Array.from({ length: 32 }, (_, k) => schedule.said(30_000 + 20 * i + k / 2));
    assertEquals([isDue.indexOf(true), isDue.lastIndexOf(true)], [31, 31]);
    assertEquals(schedule.lines, i === 0 ? 32 : 64);
    schedule.sent(30_016 + 20 * i, false);
  }
  schedule.said(30_100);
  assertEquals(schedule.lines, 33);
  schedule.sent(30_200, false);
  assertEquals(schedule.lines, 16, "as ever");
});

Deno.test("ReportSchedule.said() reports after 40 ms if fewer come fast", () => {
  const schedule = new ReportSchedule(0, half);
  times(schedule, 1000, Infinity);
  for (let i = 0; i < 20; i++) assertEquals(schedule.said(2000 + i), false);
  assertEquals(schedule.next(1e9), 2040);
});

Deno.test("ReportSchedule.said() reports a moment behind the eighth line if lines come slowly", () => {
  const schedule = new ReportSchedule(0, half);
  times(schedule, 1000, Infinity);
  for (let i = 0; i < 8; i++) assertEquals(schedule.said(2000 + 10 * i), false);
  assertEquals(schedule.next(1e9), 2074);
  assertEquals(schedule.said(2072), true, "one more: not later than that");
});

Deno.test("ReportSchedule follows the number of members, and answers a newcomer once a round", () => {
  const schedule = new ReportSchedule(0, half);
  times(schedule, 1000, 5000);
  assertEquals(schedule.regular(100_000), 100_000);
  schedule.welcome(2000, 4000);
  assertEquals(schedule.regular(100_000), 4000);
  assertEquals(times(schedule, 5000, 100_000), [4000]);
  schedule.welcome(5000, 4000);
  assertEquals(schedule.regular(100_000), 104_000);
});

Deno.test("reportInterval() keeps the rate of all members together", () => {
  assertEquals(reportInterval(1, 300), 5000);
  assertEquals(reportInterval(400, 300), 150_000);
});
