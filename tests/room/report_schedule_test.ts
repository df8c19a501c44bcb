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
  const isDue = Array.from({ length: 8 }, () => schedule.said(30_000));
  assertEquals(isDue.lastIndexOf(true), 7);
  assertEquals(isDue.indexOf(true), 7);
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
