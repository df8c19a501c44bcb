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

Deno.test("RoundTrip follows what it measures, one sample a question, within its limits", () => {
  const trip = new RoundTrip();
  trip.sample(1000, 1210);
  assertEquals(trip.ms, 70);
  trip.sample(1000, 9999);
  assertEquals(trip.ms, 70, "a later answer to the same question waited for its turn");
  trip.sample(2000, 2030);
  assertEquals(trip.ms, 65);
  for (let i = 1; i < 200; i++) trip.sample(10_000 * i, 10_000 * i + 9999);
  assertEquals(Math.round(trip.ms), MAX_GRTT_MS);
  for (let i = 200; i < 400; i++) trip.sample(10_000 * i, 10_000 * i);
  assertEquals(trip.ms, MIN_GRTT_MS);
});
