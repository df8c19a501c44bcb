/**
 * Telling apart those who speak under one name.
 *
 * @module
 */

import type { SocketAddress } from "../net/datagram.ts";
import { foldName } from "../people/names.ts";
import type { RoomLine, RoomMember } from "../room/room_event.ts";

/**
 * Marks the name of a line with its host, if somebody else in the room has the same name, or one that
 * looks the same.
 *
 * @param line The line.
 * @param members The others in the room.
 * @param own The name one speaks under.
 * @returns The text to show.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const line = { text: "Mel: hi", source: { address: "10.0.0.7", port: 5 } };
 * assertEquals(markName(line, [], "Bob"), "Mel: hi");
 * assertEquals(markName(line, [], "mel"), "Mel (10.0.0.7): hi");
 * ```
 */
export function markName(
  { text, source }: Pick<RoomLine, "text" | "source">,
  members: readonly Pick<RoomMember, "source" | "name" | "via">[],
  own: string,
): string {
  const end = text.indexOf(": ");
  if (end < 1) return text;
  const folded = foldName(text.slice(0, end));
  const isShared = folded === foldName(own) ||
    members.some((member) =>
      member.via !== "simple" && !isAt(member.source, source) && foldName(member.name) === folded
    );
  return isShared ? `${text.slice(0, end)} (${source.address})${text.slice(end)}` : text;
}

function isAt(one: SocketAddress, other: SocketAddress): boolean {
  return one.port === other.port && one.address === other.address;
}
