/**
 * What stands behind `makeroom`. Pure, but for the passphrase that is asked for.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { sanitise } from "../text.ts";
import type { RoomRequest } from "./room_directory.ts";
import { askNewSeal } from "./sealed_rooms.ts";
import type { Ask } from "./secrets.ts";
import { SEALED_FLAG } from "./settings.ts";

/** What was said of a room, as typed. */
export type TypedRoom = Omit<RoomRequest, "name" | "sealed"> & {
  /** Whether only those are to read along who know a passphrase. */
  readonly sealed?: true;
};

/**
 * Understands what stands after a room's name in `makeroom`. A number alone is a port.
 *
 * @param text `[--sealed] [address] [port] [about <topic>]`.
 * @returns What was said.
 * @throws {UserError} If there are too many words, or none after `about`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseRoomDetails("239.1.2.3 about Tea & cake"), {
 *   address: "239.1.2.3",
 *   topic: "Tea & cake",
 * });
 * assertEquals(parseRoomDetails("20100 --sealed"), { port: "20100", sealed: true });
 * ```
 */
export function parseRoomDetails(text: string): TypedRoom {
  const { before, topic } = cut(text);
  if (topic?.trim() === "") {
    throw new UserError(
      'Cannot makeroom: nothing stands after "about". Say what the room is about, or leave "about" out.',
    );
  }
  const words = before.split(/\s+/).filter((word) => word !== "" && word !== SEALED_FLAG);
  if (words.length === 1 && /^\d+$/.test(words[0] ?? "")) words.unshift("");
  const [address = "", port, ...more] = words;
  if (more.length > 0) {
    throw new UserError(
      `Cannot makeroom: "${sanitise(more.join(" "))}" is too much. ` +
        `What a room is about comes after "about".`,
    );
  }
  return {
    ...(address === "" ? {} : { address }),
    ...(port === undefined ? {} : { port }),
    ...(topic === undefined ? {} : { topic: topic.trim() }),
    ...(isSealed(before) ? { sealed: true } : {}),
  };
}

/**
 * Makes of what was typed what the directory is asked for.
 *
 * @param typed The room's name, and what stands behind it; `--sealed` may come before the name.
 * @param ask Asks for the passphrase of a sealed room.
 * @returns The request.
 * @throws {UserError} If something of it is wrong.
 */
export async function roomRequest(typed: string, ask: Ask): Promise<RoomRequest> {
  const { name, details } = divide(typed);
  if (name === SEALED_FLAG) {
    throw new UserError(
      "Cannot makeroom: the name is missing. For example: makeroom vault --sealed",
    );
  }
  const { sealed, ...request } = parseRoomDetails(details);
  if (sealed === undefined) return { name, ...request };
  return { name, ...request, sealed: await askNewSeal(ask, name) };
}

/**
 * Says how many lines behind `makeroom` in a script are no commands.
 *
 * @param typed What stands behind it; see {@linkcode roomRequest}.
 * @returns How often the passphrase is asked for.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["vault --sealed", "vault about a --sealed one"].map(passphrasesOf), [2, 0]);
 * ```
 */
export function passphrasesOf(typed: string): number {
  const { name, details } = divide(typed);
  return isSealed(cut(details).before) || name === SEALED_FLAG ? 2 : 0;
}

/** Divides what was typed behind the name; `--sealed` before it belongs to the details. */
function divide(typed: string): { name: string; details: string } {
  const [, name = "", details = ""] = /^(?:--sealed\s+)?(\S+)(.*)$/s.exec(typed.trim()) ?? [];
  const first = typed.trim().startsWith(`${SEALED_FLAG} `) ? SEALED_FLAG : "";
  return { name, details: `${first} ${details}` };
}

/** Divides what was typed where the topic begins. */
function cut(text: string): { before: string; topic: string | undefined } {
  const [, before = "", about, topic = ""] =
    /^(.*?)(?:(?:^|\s)(about)(?:\s+(.*))?)?$/s.exec(text.trim()) ?? [];
  return { before, topic: about === undefined ? undefined : topic };
}

function isSealed(before: string): boolean {
  return before.split(/\s+/).includes(SEALED_FLAG);
}
