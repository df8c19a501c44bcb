import { assert, assertEquals } from "@std/assert";
import {
  FIRST_PAUSE,
  LONGEST_PAUSE,
  pauseBefore,
  untilItWorks,
} from "../../lib/client/reconnect.ts";
import { hurryTimers } from "../helpers/hurried_timers.ts";

Deno.test("pauseBefore() doubles up to the longest pause, half of it at random", () => {
  for (let attempt = 0; attempt < 2_000; attempt++) {
    const whole = Math.min(FIRST_PAUSE * 2 ** attempt, LONGEST_PAUSE);
    const [least, most] = [pauseBefore(attempt, 0), pauseBefore(attempt, 0.999)];
    assertEquals(least, Math.round(whole / 2));
    assert(most > least && most <= whole * 1.5, `${attempt}: ${most}`);
  }
});

Deno.test("untilItWorks() tries until it works", async () => {
  using _hurry = hurryTimers((ms) => ms >= FIRST_PAUSE / 2);
  let tries = 0;
  const action = () => ++tries < 7 ? Promise.reject(new Error("no")) : Promise.resolve("yes");
  assertEquals(await untilItWorks(action, new AbortController().signal), "yes");
  assertEquals(tries, 7);
});

Deno.test("untilItWorks() ends when its signal says so, before and in the middle", async () => {
  const never = () => Promise.reject(new Error("it was tried"));
  assertEquals(await untilItWorks(never, AbortSignal.abort()), undefined);
  const stop = new AbortController();
  const waiting = untilItWorks(never, stop.signal);
  stop.abort();
  assertEquals(await waiting, undefined);
  using _hurry = hurryTimers((ms) => ms >= FIRST_PAUSE / 2);
  const later = new AbortController();
  let tries = 0;
  const failing = () => {
    if (++tries === 3) later.abort();
    return Promise.reject(new Error("no"));
  };
  assertEquals(await untilItWorks(failing, later.signal), undefined);
  assertEquals(tries, 3);
});
