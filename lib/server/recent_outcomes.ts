/**
 * What was done under an id is not done again: whoever lost the answer gets the same one.
 *
 * @module
 */

/** How many outcomes are remembered: a minute of fifty busy senders, in 2 MB. */
export const MAX_OUTCOMES = 10_000;

/**
 * Does things once.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const outcomes = new RecentOutcomes<number>();
 * let count = 0;
 * const work = () => Promise.resolve(++count);
 * assertEquals([await outcomes.once("a", work), await outcomes.once("a", work)], [1, 1]);
 * ```
 */
export class RecentOutcomes<Outcome> {
  /** The oldest first. */
  readonly #outcomes = new Map<string, Promise<Outcome>>();

  /**
   * Does something, unless it was done or is being done.
   *
   * @param key What names it.
   * @param work Does it.
   * @param isFinal Whether an outcome is to be remembered; what fails never is.
   * @returns The outcome of the first time.
   */
  async once<T extends Outcome>(
    key: string,
    work: () => Promise<T>,
    isFinal: (outcome: T) => boolean = () => true,
  ): Promise<T> {
    const known = this.#outcomes.get(key) as Promise<T> | undefined;
    if (known !== undefined) return await known;
    const outcome = work();
    this.#outcomes.set(key, outcome);
    if (this.#outcomes.size > MAX_OUTCOMES) this.#forgetOne();
    let remember = false;
    try {
      const result = await outcome;
      remember = isFinal(result);
      return result;
    } finally {
      if (!remember && this.#outcomes.get(key) === outcome) this.#outcomes.delete(key);
    }
  }

  #forgetOne(): void {
    for (const oldest of this.#outcomes.keys()) {
      this.#outcomes.delete(oldest);
      return;
    }
  }
}
