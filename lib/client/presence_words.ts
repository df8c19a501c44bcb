/**
 * Who came or went, one by one. Pure.
 *
 * @module
 */

import type { RoomEvent } from "../room/room_event.ts";

/** Who came, went or has another name. */
export type Presence = Extract<RoomEvent, { kind: "joined" | "left" | "renamed" }>;

/**
 * Tells of one coming or going.
 *
 * @param event What happened.
 * @returns The sentence.
 */
export function sentenceOfPresence(event: Presence): string {
  switch (event.kind) {
    case "joined":
      return `${event.name} joined.`;
    case "left":
      return event.why === "bye" ? `${event.name} left.` : `${event.name} is not heard any more.`;
    case "renamed":
      return `${event.before} is ${event.name} now.`;
  }
}
