/**
 * What a room tells of itself.
 *
 * @module
 */

import type { Hex64 } from "../framing/datagram_hash.ts";
import type { SocketAddress } from "../net/datagram.ts";
import type { PathNews } from "./room_server.ts";

/** A line that somebody else said. */
export interface RoomLine {
  /** What to show: one line, safe for a terminal, mostly `Name: text`. */
  readonly text: string;
  /** The address and port it came from. */
  readonly source: SocketAddress;
  /** Whose it is, if that is known already: simple clients have no id. */
  readonly member: Hex64 | undefined;
  /** Whether it was lost on the way and repaired. */
  readonly recovered: boolean;
  /** How many lines back it belongs among those shown, 0 being the end; "late" if too far. */
  readonly place: number | "late";
}

/** Somebody in the room, as people are told of it. */
export interface RoomMember {
  /** Its id; simple clients have none. */
  readonly id: Hex64 | undefined;
  /** Its chat name, safe for a terminal; others may have the same. */
  readonly name: string;
  /** Where its lines come from. */
  readonly source: SocketAddress;
  /** How it reaches the room; simple clients speak without telling of themselves. */
  readonly via: "direct" | "relay" | "simple";
  /** How long ago it was heard, in milliseconds. */
  readonly silentFor: number;
  /** How long it is known, in milliseconds. */
  readonly knownFor: number;
  /** Lines of it that came by themselves. */
  readonly direct: number;
  /** Lines of it that were lost on the way here and repaired. */
  readonly recovered: number;
}

/** Who has a line that was said here. */
export interface LineReceipt {
  /** The line, as it was sent: `Name: text`. */
  readonly text: string;
  /** How long ago it was said, in milliseconds. */
  readonly age: number;
  /** The names of present members that have it. */
  readonly has: readonly string[];
  /** The names of those who were there when it was said, and have not told that they have it. */
  readonly lacks: readonly string[];
  /** The names of those who do not tell any more: they told of later lines, at most 32 at a time. */
  readonly untold: readonly string[];
}

/** A line from before one came. */
export interface HistoryLine {
  /** What to show: one line, safe for a terminal. */
  readonly text: string;
  /** How long ago it was said, in milliseconds. */
  readonly age: number;
}

/** What happens in a room besides lines. */
export type RoomEvent =
  /** What was said before one came, as a member tells it; comes before all lines, at most once. */
  | { readonly kind: "history"; readonly lines: readonly HistoryLine[] }
  | { readonly kind: "joined"; readonly name: string; readonly address: string }
  | { readonly kind: "left"; readonly name: string; readonly why: "bye" | "silent" }
  | { readonly kind: "renamed"; readonly name: string; readonly before: string }
  /** Lines that nobody has any more. */
  | { readonly kind: "lost"; readonly name: string; readonly count: number }
  /** Members are present, but none says to have this line of ours. */
  | { readonly kind: "unheard"; readonly text: string }
  /** Somebody sends what cannot be true. */
  | { readonly kind: "warning"; readonly from: string; readonly why: string }
  /** The way into the room changed. */
  | { readonly kind: "path"; readonly news: PathNews };
