/**
 * The members of a room and the receipts of one's lines, as people are told of them.
 *
 * @module
 */

import { sanitise } from "../text.ts";
import type { Member } from "./member_table.ts";
import type { LineReceipt, RoomMember } from "./room_event.ts";
import type { SaidLine } from "./said_lines.ts";
import type { SimpleClients } from "./simple_clients.ts";

/**
 * Describes who is in a room: those who report, then those who do not and spoke lately.
 *
 * @param members The members, as the core lists them.
 * @param clients Those who do not report.
 * @param now The time in milliseconds.
 * @returns The same, for people.
 */
export function describePeople(
  members: readonly (Member & { readonly direct: number; readonly recovered: number })[],
  clients: Pick<SimpleClients, "list">,
  now: number,
): RoomMember[] {
  const reporting = members.map((member): RoomMember => ({
    id: member.id,
    name: sanitise(member.name),
    source: member.source,
    via: member.relayed ? "relay" : "direct",
    silentFor: now - member.heardAt,
    knownFor: now - member.since,
    direct: member.direct,
    recovered: member.recovered,
  }));
  const simple = clients.list(members.map(({ source }) => source), now);
  const others = simple.map(({ name, source, since, heardAt, lines }): RoomMember => ({
    id: undefined,
    name,
    source,
    via: "simple",
    silentFor: now - heardAt,
    knownFor: now - since,
    direct: lines,
    recovered: 0,
  }));
  return [...reporting, ...others];
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
