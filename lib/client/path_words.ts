/**
 * What is told about the way into a room, and about what was lost there.
 *
 * @module
 */

import type { RoomEvent } from "../room/room_event.ts";
import type { PathNews } from "../room/room_server.ts";
import { sanitise } from "../text.ts";
import { quote } from "./words.ts";

/**
 * Says what happened in one sentence.
 *
 * @param event What happened.
 * @returns The sentence.
 */
export function sentenceOf(
  event: Extract<RoomEvent, { kind: "lost" | "unheard" | "warning" | "path" }>,
): string {
  switch (event.kind) {
    case "lost":
      return event.count === 1
        ? `A line of ${event.name} is lost: nobody here has it any more.`
        : `${event.count} lines of ${event.name} are lost: nobody here has them any more.`;
    case "unheard":
      return `Nobody here says to have your line "${quote(event.text, MAX_QUOTE)}".`;
    case "warning":
      return `Take care: ${event.why} (from ${event.from}).`;
    case "path":
      return pathSentence(event.news);
  }
}

function pathSentence(news: PathNews): string {
  switch (news.kind) {
    case "relay":
      return `You are in the room through the CRDS: ${shown(news.why)}.`;
    case "direct":
      return `You are in the room directly: ${shown(news.why)}.`;
    case "blocked":
      return `Others may not hear you: multicast does not get through here, and there is no relay. ${
        shown(news.why)
      } "crds-client doctor" tells more.`;
    case "gone":
      return `The network "${
        sanitise(news.over.name)
      }" is gone; the room is back as soon as there is one.`;
    case "back":
      return `The room is back, over ${sanitise(news.over.name)} (${news.over.address}).`;
  }
}

/** So much of a line tells which one is meant, in code points. */
const MAX_QUOTE = 40;

/** A reason that a server gives is one or two rows, not a page, in code points. */
const MAX_WHY = 200;

function shown(why: string): string {
  return quote(sanitise(why), MAX_WHY);
}
