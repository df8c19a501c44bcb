import { assert, assertEquals, assertRejects } from "@std/assert";
import { seededRandom, withSeed } from "./seeded_random.ts";

// The variable itself is left alone: tests that run in parallel share it.
Deno.test("withSeed() says how to repeat a test that failed, and repeats it", async () => {
  const numbers: number[] = [];
  const body = (seed: number): void => {
    numbers.push(seededRandom(seed)());
    throw new TypeError("it broke");
  };
  const error = await assertRejects(() => withSeed(body, ""), Error, "it broke");
  assert(error.cause instanceof TypeError);
  const said = /CRDS_TEST_SEED=(\d+)$/.exec(error.message)![1]!;
  await assertRejects(() => withSeed(body, said), Error, `CRDS_TEST_SEED=${said}`);
  assertEquals(numbers[0], numbers[1]);
});

Deno.test("withSeed() refuses a seed that is none", async () => {
  await assertRejects(() => withSeed(() => {}, "abc"), Error, "it is no whole number");
});
