/**
 * What of all that arrives is heard in a room, sealed or open.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { isSealed } from "../framing/sealed_magic.ts";
import type { SocketAddress } from "../net/datagram.ts";
import type { RoomPathOptions } from "./room_path_options.ts";
import type { RoomSeal } from "./room_seal.ts";

/** The same trouble is not told again for so long, in milliseconds. */
const WARNING_PAUSE_MS = 60_000;

/** Who hears. */
export type RoomEars = Pick<RoomPathOptions, "onData" | "onControl" | "onProblem">;

/**
 * Opens what arrives in a sealed room; what does not open is not heard.
 *
 * @param seal The room's seal; undefined for an open room, where nothing sealed is heard.
 * @param ears Who hears what is left.
 * @param now The time in milliseconds, of a clock that never goes back.
 * @returns Who is to be told what arrives.
 */
export function hearSealed(
  seal: Pick<RoomSeal, "open"> | undefined,
  ears: RoomEars,
  now: () => number,
): Pick<RoomEars, "onData" | "onControl"> {
  const { onData, onControl, onProblem } = ears;
  if (seal === undefined) {
    return {
      onControl,
      onData: (bytes, from) => isSealed(bytes) ? undefined : onData(bytes, from),
    };
  }
  let warnedAt = -Infinity;
  const hear = (bytes: Uint8Array, source: SocketAddress): void => {
    const opened = seal.open(bytes, source);
    // By the first bytes, not by the port, all members tell lines from control datagrams.
    if (opened.kind === "opened") {
      return opened.control ? onControl(opened.bytes, source) : onData(opened.bytes, source);
    }
    if (opened.kind === "refused" || now() - warnedAt < WARNING_PAUSE_MS) return;
    warnedAt = now();
    onProblem(untimely(source, opened.age));
  };
  return { onData: hear, onControl: hear };
}

function untimely({ address }: SocketAddress, age: number): UserError {
  const minutes = Math.round(Math.abs(age) / 60_000);
  const when = `${minutes} minutes ${age > 0 ? "ago" : "ahead"}`;
  return new UserError(
    `Cannot show what comes from ${address}: it was sealed ${when}. Set the clocks right, there or ` +
      "here; or somebody sends again what was said before.",
  );
}
