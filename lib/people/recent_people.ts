/**
 * Who was on: remembered for a while. Pure.
 *
 * @module
 */

import type { RecentPerson } from "./account_methods.ts";
import { foldName } from "./names.ts";
import type { PresenceChange } from "./person.ts";

/** How many accounts are remembered that have left: a day of a large lab, 100 KB. */
export const MAX_RECENT = 1_000;

/**
 * When accounts were on.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const recent = new RecentPeople();
 * const person = { name: "Mel", address: "10.0.0.5", since: 0, active: 0, account: true } as const;
 * recent.note({ kind: "came", person, account: "on" }, 1_000);
 * recent.note({ kind: "left", person, account: "off" }, 2_000);
 * assertEquals(recent.since(1_500, 3_000), [{ name: "Mel", last: 2_000 }]);
 * assertEquals(recent.since(2_500, 3_000), []);
 * ```
 */
export class RecentPeople {
  /** By the folded name. */
  readonly #on = new Map<string, string>();
  /** By the folded name, who left first first. */
  readonly #off = new Map<string, RecentPerson>();

  /** How many are remembered that have left. */
  get size(): number {
    return this.#off.size;
  }

  /**
   * Something happened.
   *
   * @param change What.
   * @param now When, in milliseconds since 1970.
   */
  note(change: PresenceChange, now: number): void {
    if (change.account === undefined) return;
    const { account, person, formerly } = change;
    // Who goes off but stays has another name already.
    const name = account === "off" ? formerly ?? person.name : person.name;
    const key = foldName(name);
    this.#off.delete(key);
    if (account === "on") {
      this.#on.set(key, name);
      return;
    }
    this.#on.delete(key);
    this.#off.set(key, { name, last: now });
    if (this.#off.size > MAX_RECENT) {
      const [first] = this.#off.keys();
      this.#off.delete(first!);
    }
  }

  /**
   * Tells who was on.
   *
   * @param time From when on, in milliseconds since 1970.
   * @param now The time in milliseconds since 1970.
   * @returns Those who are on, then the others, the last who left first.
   */
  since(time: number, now: number): RecentPerson[] {
    const off = [...this.#off.values()].filter(({ last }) => last >= time).reverse();
    return [
      ...Array.from(this.#on.values(), (name) => ({ name, last: now, on: true as const })),
      ...off,
    ];
  }
}
