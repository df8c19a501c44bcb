/**
 * Work that must be done one after another where it is about the same thing.
 *
 * @module
 */

/** Too many wait in one line. */
export class LineFull extends Error {}

/**
 * Lines of work, by what it is about. Nothing is kept of a line that nobody stands in.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const lines = new WaitingLines(2);
 * const done: number[] = [];
 * await Promise.all([1, 2].map((each) => lines.wait("mel", async () => {
 *   await Promise.resolve();
 *   done.push(each);
 * })));
 * assertEquals(done, [1, 2]);
 * ```
 */
export class WaitingLines {
  readonly #most: number;
  readonly #lines = new Map<string, { last: Promise<unknown>; length: number }>();

  /**
   * Begins with nobody.
   *
   * @param most How many stand in one line at most, with the one whose turn it is.
   */
  constructor(most: number) {
    this.#most = most;
  }

  /** How many lines there are. */
  get size(): number {
    return this.#lines.size;
  }

  /**
   * Does something when all that came before it in the same line is done.
   *
   * @param key What it is about.
   * @param work What to do.
   * @returns What the work returns.
   * @throws {LineFull} If too many wait.
   */
  async wait<T>(key: string, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(key) ?? { last: Promise.resolve(), length: 0 };
    if (line.length >= this.#most) throw new LineFull();
    this.#lines.set(key, line);
    line.length++;
    const turn = line.last.then(work);
    line.last = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      if (--line.length === 0) this.#lines.delete(key);
    }
  }
}
