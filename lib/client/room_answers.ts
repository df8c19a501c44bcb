/**
 * How the members of a room and the receipts of lines look.
 *
 * @module
 */

import type { LineReceipt, RoomMember } from "../room/room_event.ts";
import { formatDuration } from "./answers.ts";
import { formatTable } from "./table.ts";
import { enumerate, quote } from "./words.ts";

/** What a member's way into the room is called. */
const WAYS: Record<RoomMember["via"], string> = {
  direct: "direct",
  relay: "relay",
  simple: "simple client",
};

/**
 * Makes a table of members.
 *
 * @param members The others.
 * @param self Oneself.
 * @returns The table, a line each.
 */
export function formatMembers(
  members: readonly RoomMember[],
  self: { readonly name: string; readonly address: string; readonly via: string },
): string {
  const rows = members.map(({ name, source, via, silentFor, direct, recovered }) => [
    name,
    source.address,
    WAYS[via],
    `${formatDuration(silentFor)} ago`,
    formatLoss(direct, recovered),
  ]);
  return formatTable([
    ["NAME", "ADDRESS", "WAY", "HEARD", "LOSS"],
    [self.name, self.address, self.via, "(you)", ""],
    ...rows,
  ]);
}

/** Lines that had to be repaired, of all. */
function formatLoss(direct: number, recovered: number): string {
  const all = direct + recovered;
  if (all === 0) return "";
  return `${Math.round(100 * recovered / all)} % of ${all}`;
}

/** Lines whose receipts are shown: what is on the screen. */
const SHOWN_RECEIPTS = 10;

/** Names of those who lack a line that are listed. */
const MAX_NAMES = 5;

/** So much of a line tells which one is meant, in code points. */
const MAX_QUOTE = 40;

/**
 * Makes a table of receipts.
 *
 * @param receipts The receipts, the latest last. Who came after a line counts for nothing there.
 * @returns The table; the latest line last.
 */
export function formatReceipts(receipts: readonly LineReceipt[]): string {
  return formatTable([
    ["SAID", "HAVE IT", "LINE", "NOT YET"],
    ...receipts.slice(-SHOWN_RECEIPTS).map(({ text, age, has, lacks, untold }) => [
      `${formatDuration(age)} ago`,
      `${has.length} of ${has.length + lacks.length + untold.length}`,
      quote(text, MAX_QUOTE),
      [enumerate(lacks, MAX_NAMES), untold.length > 0 ? `(not known: ${untold.length})` : ""]
        .filter((part) => part !== "").join(" "),
    ]),
  ]);
}
