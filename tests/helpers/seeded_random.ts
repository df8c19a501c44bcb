/**
 * Chance that can be repeated.
 *
 * @module
 */

/**
 * Makes a source of random numbers (mulberry32): the same seed, the same numbers.
 *
 * @param seed Any integer.
 * @returns Yields numbers in [0, 1), as `Math.random` does.
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The environment variable that holds the seed to repeat a test with. */
const SEED_VARIABLE = "CRDS_TEST_SEED";

/** Seeds have 16 bits: short enough to copy, and some may be added to. */
const SEEDS = 2 ** 16;

/**
 * Runs what depends on chance: with another seed each time, or with the one in `CRDS_TEST_SEED`.
 *
 * @param body The test; it takes all its chance from the seed.
 * @param wanted What the variable says.
 * @returns Resolves when it has passed.
 * @throws {Error} What it fails with, as the cause of an error that says how to repeat it.
 */
export async function withSeed(
  body: (seed: number) => unknown,
  wanted: string = Deno.env.get(SEED_VARIABLE) ?? "",
): Promise<void> {
  if (wanted !== "" && !/^\d{1,9}$/.test(wanted)) {
    throw new Error(`Cannot use ${SEED_VARIABLE}="${wanted}": it is no whole number.`);
  }
  const seed = wanted === "" ? Math.floor(Math.random() * SEEDS) : Number(wanted);
  try {
    await body(seed);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${why}\nTo repeat it: ${SEED_VARIABLE}=${seed}`, { cause: error });
  }
}
