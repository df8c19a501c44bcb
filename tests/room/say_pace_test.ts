import { assert, assertEquals, assertLess } from "@std/assert";
import {
  FIRST_RATE,
  HOLD_MS,
  MAX_BEHIND,
  MAX_OWED,
  MIN_RATE,
  SAY_BURST,
  SayPace,
} from "../../lib/room/say_pace.ts";

/** Says lines as fast as permitted; returns how many until then. */
function speak(pace: SayPace, from: number, until: number, others = 1): number {
  let count = 0;
  for (let now = from; now < until;) {
    const at = pace.readyAt(0, now);
    if (at > now) now = at;
    else {
      pace.said(others, now);
      count++;
    }
  }
  return count;
}

Deno.test("SayPace lets a burst go at once, then waits", () => {
  const pace = new SayPace();
  for (let i = 0; i < SAY_BURST; i++) {
    assertEquals(pace.readyAt(0, 10), 10);
    pace.said(1, 10);
  }
  assert(pace.readyAt(0, 10) > 10);
});

Deno.test("SayPace gets faster while nobody asks, and only while it is needed", () => {
  const pace = new SayPace();
  const second = speak(pace, 0, 1000);
  assert(second > 2 * FIRST_RATE, `${second}`);
  const slow = new SayPace();
  for (let now = 0; now < 5000; now += 10) slow.said(1, now);
  assertEquals(slow.rate, FIRST_RATE);
});

Deno.test("SayPace begins slowly where many hear", () => {
  const pace = new SayPace();
  pace.said(50, 0);
  assertEquals(pace.rate, 1200);
  const second = speak(new SayPace(), 0, 1000, 50);
  assert(second > 1200 && second < 2 * 1200, `a quarter faster after each 0.2 s: ${second}`);
  const crowd = new SayPace();
  crowd.said(1000, 0);
  assertEquals(crowd.rate, MIN_RATE);
});

Deno.test("SayPace.asked() leaves of the rate what was heard, at least half", () => {
  const rateAfter = (count: number) => {
    const pace = new SayPace();
    speak(pace, 0, 1000);
    const { rate } = pace;
    pace.asked(count, 10, 990, 1000);
    return pace.rate / rate;
  };
  assert(rateAfter(1) > 0.6, "hardly anything lost");
  assertLess(rateAfter(1000), rateAfter(1));
  assertEquals(rateAfter(10_000), rateAfter(5000), "never less than half at once");
});

Deno.test("SayPace.asked() slows down once for what was said before, then if it goes on", () => {
  const pace = new SayPace();
  speak(pace, 0, 1000);
  pace.asked(500, 10, 990, 1000);
  const { rate } = pace;
  pace.asked(500, 10, 995, 1010);
  assertEquals(pace.rate, rate, "said before");
  speak(pace, 1010, 1100);
  pace.asked(100, 10, 1050, 1100);
  assertLess(pace.rate, rate, "said since");
  for (let now = 2000; now < 10_000; now += 250) {
    speak(pace, now, now + 250);
    pace.asked(1000, 10, now + 1, now + 250);
  }
  assertEquals(pace.rate, MIN_RATE);
  speak(pace, 10_000, 14_000);
  assert(pace.rate > MIN_RATE, "quiet again");
});

Deno.test("SayPace.asked() is no news about who talks slowly, or about long ago", () => {
  const pace = new SayPace();
  for (let now = 0; now < 4000; now += 100) {
    pace.said(1, now);
    pace.asked(1, 1, now, now);
  }
  assertEquals(pace.rate, FIRST_RATE);
  const other = new SayPace();
  speak(other, 0, 1000);
  const { rate } = other;
  other.asked(1000, 10, 1000, 5000);
  assertEquals(other.rate, rate);
});

Deno.test("SayPace holds back while repairs are owed or asked for far back, not for ever", () => {
  const pace = new SayPace();
  assertEquals(pace.readyAt(MAX_OWED, 0), 0);
  assert(pace.readyAt(MAX_OWED + 1, 0) > 0);
  assert(pace.readyAt(MAX_OWED + 1, HOLD_MS - 1) > HOLD_MS - 1);
  assertEquals(pace.readyAt(MAX_OWED + 1, HOLD_MS), HOLD_MS);
  const behind = new SayPace();
  behind.asked(1, MAX_BEHIND + 1, 0, 100);
  assert(behind.readyAt(0, 399) > 399);
  assertEquals(behind.readyAt(0, 400), 400);
  for (let now = 1000; now <= 1000 + HOLD_MS; now += 200) {
    behind.asked(1, MAX_BEHIND + 1, 0, now);
    const waits = behind.readyAt(0, now) > now;
    assertEquals(waits, now < 1000 + HOLD_MS, `${now}`);
  }
});

Deno.test("SayPace forgets what it learnt when nothing was said for a while", () => {
  const pace = new SayPace();
  speak(pace, 0, 1000);
  pace.asked(1000, 10, 990, 1000);
  pace.said(1, 7000);
  assertEquals(pace.rate, FIRST_RATE);
});

Deno.test("SayPace lets repairs take turns with new lines, at one rate for both", () => {
  const pace = new SayPace();
  pace.said(1, 0);
  let repaired = 0;
  let said = 0;
  for (let now = 0; now < 190; now++) {
    if (pace.repair(14, now)) repaired += 14;
    while (pace.readyAt(0, now) <= now) {
      pace.said(1, now);
      said++;
    }
  }
  const both = repaired + said;
  assert(both <= SAY_BURST + 0.19 * FIRST_RATE + 14, `${both}`);
  assert(both > 0.18 * FIRST_RATE, `${both}`);
  assert(repaired > 14 && said > 14, `${repaired} and ${said}`);
});

Deno.test("SayPace.repairAt() tells when a turn may come", () => {
  const pace = new SayPace();
  while (pace.repair(20, 0));
  const at = pace.repairAt(0);
  assert(at > 0);
  assertEquals(pace.repair(20, at - 1), false);
  assertEquals(pace.repair(20, at), true);
});

Deno.test("SayPace.readyAt() waits for several lines at once, but not long", () => {
  const pace = new SayPace();
  for (let i = 0; i < SAY_BURST; i++) pace.said(1, 0);
  const at = pace.readyAt(0, 0);
  let together = 0;
  for (; pace.readyAt(0, at) <= at; together++) pace.said(1, at);
  assertEquals(together, 32);
  const slow = new SayPace();
  slow.said(1000, 0);
  assertEquals(slow.rate, MIN_RATE);
  while (slow.readyAt(0, 0) <= 0) slow.said(1000, 0);
  assertEquals(slow.readyAt(0, 0), 20);
});
