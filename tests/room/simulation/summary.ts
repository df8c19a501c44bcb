/**
 * The figures of many simulated rooms.
 *
 * @module
 */

import type { SimulatedRoom } from "./network.ts";
import { type Ending, percentile } from "./story.ts";

type Total = keyof SimulatedRoom["totals"];

/** Sums up endings. */
export class Summary {
  /** What went wrong, with the seed. */
  readonly faults: string[] = [];
  #rooms = 0;
  #whole: number[] = [];
  #divided: number[] = [];
  #totals: Partial<Record<Total, number>> = {};

  /**
   * Adds an ending.
   *
   * @param seed Its story's seed.
   * @param ending How it ended.
   */
  add(seed: number, { room, faults, completeAt }: Ending): void {
    this.#rooms++;
    this.faults.push(...faults.slice(0, 5).map((fault) => `seed ${seed}: ${fault}`));
    if (completeAt === Infinity) this.faults.push(`seed ${seed}: never complete`);
    for (const [key, value] of Object.entries(room.totals) as [Total, number][]) {
      this.#totals[key] = (this.#totals[key] ?? 0) + value;
    }
    (room.wasDivided ? this.#divided : this.#whole).push(...room.recoveryMs);
  }

  /**
   * Writes the figures.
   *
   * @returns A few lines.
   */
  toString(): string {
    const t = this.#totals;
    const times = (list: readonly number[]) =>
      `p50 ${percentile(list, 0.5)} ms, p99 ${percentile(list, 0.99)} ms`;
    return [
      `${this.#rooms} rooms: ${t.lines} lines, ${t.delivered} datagrams delivered, ${t.lostOnWire} lost`,
      `${t.nacks} nacks, ${t.repairs} repairs, ${t.reports} reports, ${t.controlBytes} control bytes ` +
      `(lines: ${t.dataBytes} bytes)`,
      `${t.recovered} lines recovered: ${times(this.#whole)}; where the network divided ` +
      `${times(this.#divided)}`,
    ].join("\n");
  }
}
