/**
 * The rooms part of the bench: chats of 1, 10 and 50 members, in turn.
 *
 * @module
 */

import type { TurnPlan } from "./in_turn.ts";
import { BenchError } from "./programs.ts";
import type { WayName } from "./rooms_links.ts";
import { findNgircd } from "./rooms_ngircd.ts";
import type { ChatResult } from "./rooms_report.ts";
import { type Amounts, type RoomRun, runRoom } from "./rooms_run.ts";

/** How many hear. */
const MEMBERS = [1, 10, 50] as const;

/** What is said in a run. A paste of 1,000 lines is what a member keeps to repair. */
const FULL: Amounts = { paced: 500, pasted: 1000, floodMs: 1000 };
const QUICK: Amounts = { paced: 200, pasted: 1000, floodMs: 500 };

/** All chats that were measured. */
export interface Chats {
  /** What the chat server is called; undefined if none is installed. */
  readonly relay: string | undefined;
  /** Per number of members. */
  readonly results: readonly ChatResult[];
}

/**
 * Measures chats over plain sockets, over rooms and over a chat server, in turn.
 *
 * @param plan How often, and who is told.
 * @returns What was measured.
 */
export async function measureChats(plan: TurnPlan): Promise<Chats> {
  const ngircd = await findNgircd();
  const ways: WayName[] = ngircd === undefined ? ["plain", "ours"] : ["plain", "ours", "relay"];
  const amounts = plan.rounds > 1 ? FULL : QUICK;
  const results: ChatResult[] = [];
  for (const members of MEMBERS) {
    const runs = new Map(ways.map((way): [WayName, RoomRun[]] => [way, []]));
    for (let round = 1; round <= plan.rounds; round++) {
      // Ours and plain change places: what the machine does in a rhythm falls on both.
      const order = round % 2 === 0 ? ways : ways.toReversed();
      const pair = new Map<WayName, RoomRun>();
      for (const way of order) {
        plan.progress(`rooms, ${members} members: ${way}, round ${round}`);
        try {
          pair.set(way, await runRoom(way, members, { folder: plan.folder, ngircd, amounts }));
        } catch (error) {
          if (!(error instanceof BenchError)) throw error;
          plan.problem(error.message);
        }
      }
      // Ours is compared with plain of the same round, so there is none without the other.
      if (!pair.has("plain") || !pair.has("ours")) continue;
      for (const [way, run] of pair) runs.get(way)!.push(run);
    }
    results.push({ members, runs: Object.fromEntries(runs) });
  }
  return { relay: ngircd === undefined ? undefined : `ngIRCd ${ngircd.version}`, results };
}
