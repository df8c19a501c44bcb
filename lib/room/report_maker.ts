/**
 * Making reports: what one said, and what one has of others.
 *
 * @module
 */

import {
  type HeardSender,
  MAX_AGE,
  MAX_REPORT_HEARD,
  type Orphan,
} from "../framing/control_messages.ts";
import { ageOf } from "./sender_log.ts";
import { GIVE_UP_MS } from "./missing_lines.ts";
import type { Sender, Senders } from "./senders.ts";

/** A line of a member that no report named for so long is an orphan, in milliseconds. */
const ORPHAN_AFTER_MS = 2000;

/** ...and nobody's business any more after this time, in milliseconds. */
const ORPHAN_UNTIL_MS = 120_000;

/** Senders told of in every regular report because they spoke last; the others take turns. */
const LATEST_HEARD = 4;

/** Says in turn what this member has of others. */
export class ReportMaker {
  #senders: Senders;
  #turn = 0;

  /**
   * Starts with the first turn.
   *
   * @param senders Everybody heard.
   */
  constructor(senders: Senders) {
    this.#senders = senders;
  }

  /**
   * Chooses what to tell: of those who spoke last, of the others in turn, and the orphans.
   *
   * @param now The time in milliseconds.
   * @returns At most 8 of each.
   */
  tell(now: number): { heard: HeardSender[]; orphans: (Orphan & { age: number })[] } {
    const spoke: { sender: Sender; at: number; entry: HeardSender }[] = [];
    const orphans: (Orphan & { age: number })[] = [];
    for (const sender of this.#senders.identified()) {
      const summary = sender.lines.summary();
      if (summary !== undefined && now - summary.saidAt < GIVE_UP_MS) {
        const { highest, has, saidAt } = summary;
        const entry = { member: sender.id!, highest, has, age: ageOf(saidAt, now) };
        spoke.push({ sender, at: saidAt, entry });
      }
      if (sender.source === undefined) continue;
      for (const { hash, at } of sender.lines.loose.latest()) {
        if (now - at > ORPHAN_UNTIL_MS) break;
        if (now - at < ORPHAN_AFTER_MS) continue;
        orphans.push({ source: sender.source, hash, age: Math.min(MAX_AGE, ageOf(at, now)) });
      }
    }
    spoke.sort((a, b) => b.at - a.at);
    const latest = spoke.slice(0, LATEST_HEARD);
    const rest = inTurn(spoke.slice(LATEST_HEARD), this.#turn, MAX_REPORT_HEARD - LATEST_HEARD);
    this.#turn++;
    return {
      heard: [...latest, ...rest].map(({ entry }) => entry),
      orphans: inTurn(orphans, this.#turn, MAX_REPORT_HEARD),
    };
  }
}

/** Takes so many of a list, the next ones each turn. */
function inTurn<T>(list: readonly T[], turn: number, most: number): T[] {
  if (list.length <= most) return [...list];
  return Array.from({ length: most }, (_, i) => list[(turn * most + i) % list.length]!);
}
