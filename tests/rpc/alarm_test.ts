import { assertEquals } from "@std/assert";
import { Alarm } from "../../lib/rpc/alarm.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

/** An alarm, when it rang, and how many timers it started. */
function rig() {
  const clock = new FakeClock();
  const rang: number[] = [];
  const counted = { started: 0 };
  const schedule = clock.schedule.bind(clock);
  clock.schedule = (fn, ms) => (counted.started++, schedule(fn, ms));
  const alarm = new Alarm(clock, (now) => (rang.push(now), Infinity));
  return { clock, alarm, rang, counted };
}

Deno.test("Alarm rings once, at its time", async () => {
  const { clock, alarm, rang } = rig();
  alarm.by(100);
  await clock.advance(1000);
  assertEquals(rang, [100]);
});

Deno.test("Alarm rings earlier when the deadline comes nearer", async () => {
  const { clock, alarm, rang } = rig();
  alarm.by(100);
  alarm.by(50);
  await clock.advance(1000);
  assertEquals(rang, [50]);
});

Deno.test("Alarm starts no timer for deadlines that move to later times", async () => {
  const { clock, alarm, rang, counted } = rig();
  alarm.by(100);
  for (let at = 101; at < 1000; at++) alarm.by(at);
  alarm.by(Infinity);
  assertEquals(counted.started, 1);
  await clock.advance(1000);
  assertEquals(rang, [100]);
});

Deno.test("Alarm is set anew by what it calls, and at once for what is overdue", async () => {
  const { clock, rang } = rig();
  const alarm: Alarm = new Alarm(clock, () => {
    rang.push(clock.now());
    return rang.length < 3 ? (rang.length === 1 ? 70 : 0) : Infinity;
  });
  alarm.by(50);
  await clock.advance(1000);
  assertEquals(rang, [50, 70, 70]);
});

Deno.test("Alarm that was stopped never rings again", async () => {
  const { clock, alarm, rang } = rig();
  alarm.by(100);
  alarm.stop();
  assertEquals(clock.timers, 0);
  await clock.advance(200);
  alarm.by(500);
  await clock.advance(1000);
  assertEquals(rang, []);
});

Deno.test("Alarm that is never to ring starts no timer", () => {
  const { clock, alarm } = rig();
  alarm.by(Infinity);
  assertEquals(clock.timers, 0);
});
