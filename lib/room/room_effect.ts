/**
 * What a room's core wants done.
 *
 * @module
 */

import type { Hex64 } from "../framing/datagram_hash.ts";
import type { SocketAddress } from "../net/datagram.ts";
import type { Member } from "./member_table.ts";
import type { Place } from "./shown_lines.ts";

/** A line to show. */
export interface ShowLine {
  /** Which kind it is. */
  readonly kind: "show";
  /** The datagram as its sender made it; not yet safe for a terminal. */
  readonly bytes: Uint8Array;
  /** The data socket it came from. */
  readonly source: SocketAddress;
  /** Whose it is; none while nobody claims the socket: a simple client, or one just come. */
  readonly member: Hex64 | undefined;
  /** The name of that member. */
  readonly name: string | undefined;
  /** Its number; 0 if none is known yet. */
  readonly seq: number;
  /** When it was said, as far as that is known, in milliseconds; may be -Infinity. */
  readonly saidAt: number;
  /** True if it was lost and a repair brought it. */
  readonly recovered: boolean;
  /** How many lines back it belongs among those shown, 0 being the end; "late" if too far. */
  readonly place: Place;
}

/**
 * A line shown without a number has one now and stands in the wrong place. Who cannot move what is
 * on the screen ignores it.
 */
export interface MoveLine {
  /** Which kind it is. */
  readonly kind: "moved";
  /** How many lines stand behind it now. */
  readonly from: number;
  /** How many are to stand behind it. */
  readonly to: number;
}

/** What is to be done, in this order. */
export type RoomEffect =
  /** Send to the room's port. */
  | { readonly kind: "sendData"; readonly bytes: Uint8Array }
  /** Send to the control port of the room's group. */
  | { readonly kind: "sendControl"; readonly bytes: Uint8Array }
  | ShowLine
  | MoveLine
  | { readonly kind: "memberJoined"; readonly member: Member }
  | { readonly kind: "memberLeft"; readonly member: Member; readonly why: "bye" | "silent" }
  | { readonly kind: "memberRenamed"; readonly member: Member; readonly before: string }
  /** Lines of somebody that nobody has any more. */
  | {
    readonly kind: "lost";
    readonly member: Hex64;
    readonly name: string | undefined;
    readonly count: number;
  }
  /** A control datagram that cannot be true; told at most once a minute. */
  | { readonly kind: "warning"; readonly from: SocketAddress; readonly why: string };
