/**
 * The members of a room and the receipts of one's lines, as people are told of them.
 *
 * @module
 */

import { sanitise } from "../text.ts";
import type { Member } from "./member_table.ts";
import type { LineReceipt, RoomMember } from "./room_event.ts";
import type { SaidLine } from "./said_lines.ts";
import type { SimpleClient } from "./simple_clients.ts";

/**
 * Describes those who report.
 *
 * @param members The members, as the core lists them.
 * @param now The time in milliseconds.
 * @returns The same, for people.
 */
export function describeMembers(
  members: readonly (Member & { readonly direct: number; readonly recovered: number })[],
  now: number,
): RoomMember[] {
  return members.map(({ id, name, source, relayed, heardAt, since, direct, recovered }) => ({
    id,
    name: sanitise(name),
    source,
    via: relayed ? "relay" : "direct",
    silentFor: now - heardAt,
    knownFor: now - since,
    direct,
    recovered,
  }));
}

/**
 * Describes those who do not report.
 *
 * @param clients The simple clients.
 * @param now The time in milliseconds.
 * @returns The same, for people.
 */
export function describeSimple(clients: readonly SimpleClient[], now: number): RoomMember[] {
  return clients.map(({ name, source, since, heardAt, lines }) => ({
    id: undefined,
    name,
    source,
    via: "simple",
    silentFor: now - heardAt,
    knownFor: now - since,
    direct: lines,
    recovered: 0,
  }));
}

/**
 * Describes who has which line.
 *
 * @param lines The lines with their receipts.
 * @param members The members.
 * @param now The time in milliseconds.
 * @returns A receipt each.
 */
export function describeReceipts(
  lines: readonly SaidLine[],
  members: readonly Pick<Member, "id" | "name" | "since">[],
  now: number,
): LineReceipt[] {
  return lines.map(({ text, saidAt, has, untold }) => {
    const receipt = { has: [] as string[], lacks: [] as string[], untold: [] as string[] };
    for (const { id, name, since } of members) {
      const shown = sanitise(name);
      if (has.includes(id)) receipt.has.push(shown);
      else if (untold.includes(id)) receipt.untold.push(shown);
      // Who came later cannot have it.
      else if (since <= saidAt) receipt.lacks.push(shown);
    }
    return { text: sanitise(text), age: now - saidAt, ...receipt };
  });
}
