import { assert, assertEquals } from "@std/assert";
import { MAX_GRTT_MS, MIN_GRTT_MS, randomBackoff, RoundTrip } from "../../lib/room/back_off.ts";
import { seededRandom } from "../helpers/seeded_random.ts";

Deno.test("randomBackoff() lets few of a large group draw a short time", () => {
  const random = seededRandom(1);
  for (const group of [2, 20, 200]) {
    let first = 0;
    const rounds = 300;
    for (let round = 0; round < rounds; round++) {
      const times = Array.from({ length: group }, () => randomBackoff(80, group, random));
      assert(times.every((time) => time >= 0 && time <= 80));
      // Those within 5 ms of the first cannot have heard it yet.
      first += times.filter((time) => time < Math.min(...times) + 5).length;
    }
    assert(first / rounds < 3, `${first / rounds} of ${group} ask at once`);
  }
});

Deno.test("RoundTrip goes up at once, down slowly, and stays within its limits", () => {
  const trip = new RoundTrip();
  trip.sample(200);
  assertEquals(trip.ms, 200);
  trip.sample(100);
  assertEquals(trip.ms, 190);
  trip.sample(9999);
  assertEquals(trip.ms, MAX_GRTT_MS);
  for (let i = 0; i < 200; i++) trip.sample(0);
  assertEquals(trip.ms, MIN_GRTT_MS);
});
