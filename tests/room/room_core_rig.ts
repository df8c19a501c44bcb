/**
 * Room cores and forged datagrams for tests: what goes in, what comes out, by hand.
 *
 * @module
 */

import { decodeControl, encodeControl } from "../../lib/framing/control.ts";
import type { Control, Nack, Repair, Report } from "../../lib/framing/control_messages.ts";
import { hashDatagram } from "../../lib/framing/datagram_hash.ts";
import { RoomCore } from "../../lib/room/room_core.ts";
import type { RoomEffect } from "../../lib/room/room_effect.ts";
import { seededRandom } from "../helpers/seeded_random.ts";

/** The room's port. */
export const ROOM_PORT = 20_100;

/** Mel, who speaks in these tests: her id, data socket and control socket. */
export const MEL = {
  id: "00000000000000aa",
  source: { address: "10.0.0.1", port: 4000 },
  control: { address: "10.0.0.1", port: 4001 },
} as const;

/**
 * Makes bytes of a text.
 *
 * @param text The text.
 * @returns UTF-8.
 */
export function line(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/**
 * Makes the core of somebody who listens.
 *
 * @param now When it joins, in milliseconds.
 * @returns The core, its first reports made.
 */
export function listener(now = 0): RoomCore {
  const core = new RoomCore({
    id: "00000000000000bb",
    roomPort: ROOM_PORT,
    local: { address: "10.0.0.2", port: 5000 },
    tcpPort: 0,
    name: "Bob",
    now,
    random: seededRandom(1),
  });
  core.due(now);
  return core;
}

/**
 * Makes a report of Mel's by hand.
 *
 * @param highest The number of her last line.
 * @param texts Her last lines.
 * @param more What differs from the usual.
 * @returns The datagram.
 */
export function report(
  highest: number,
  texts: readonly string[],
  more: Partial<Report> = {},
): Uint8Array {
  return encodeControl({
    relayed: false,
    kind: "report",
    roomPort: ROOM_PORT,
    member: MEL.id,
    source: MEL.source,
    tcpPort: 0,
    name: "Mel",
    interval: 50,
    present: 10_000,
    oldest: Math.min(1, highest),
    highest,
    lines: texts.map((text) => ({ age: 0, hash: hashDatagram(line(text)) })),
    heard: [],
    orphans: [],
    ...more,
  });
}

/**
 * Makes a repair by hand, Mel's of her own line unless told otherwise.
 *
 * @param seq The number.
 * @param text The line.
 * @param more What differs from the usual.
 * @returns The datagram.
 */
export function repair(seq: number, text: string, more: Partial<Repair> = {}): Uint8Array {
  const bytes = line(text);
  return encodeControl({
    kind: "repair",
    roomPort: ROOM_PORT,
    member: MEL.id,
    of: MEL.id,
    source: MEL.source,
    parts: [{ seq, age: 0, total: bytes.length, offset: 0, bytes }],
    ...more,
  });
}

/**
 * Makes a nack by hand.
 *
 * @param first The first number of Mel's.
 * @param count How many.
 * @param more What differs from the usual.
 * @returns The datagram.
 */
export function nack(first: number, count: number, more: Partial<Nack> = {}): Uint8Array {
  return encodeControl({
    kind: "nack",
    roomPort: ROOM_PORT,
    member: "00000000000000cc",
    wanted: [{ of: MEL.id, ranges: [{ first, count }] }],
    orphans: [],
    ...more,
  });
}

/**
 * Reads what was shown: text, `*` if recovered, `@` and the place if not at the end.
 *
 * @param effects What came out.
 * @returns A word per line.
 */
export function shown(effects: readonly RoomEffect[]): string[] {
  return effects.flatMap((effect) => {
    if (effect.kind !== "show") return [];
    const text = new TextDecoder().decode(effect.bytes);
    return [text + (effect.recovered ? "*" : "") + (effect.place === 0 ? "" : `@${effect.place}`)];
  });
}

/**
 * Reads what was said on the control port.
 *
 * @param effects What came out.
 * @param kind Which kind to keep.
 * @returns The messages.
 */
export function sent<Kind extends Control["kind"]>(
  effects: readonly RoomEffect[],
  kind: Kind,
): Extract<Control, { kind: Kind }>[] {
  return effects.flatMap((effect) => {
    const message = effect.kind === "sendControl" ? decodeControl(effect.bytes) : undefined;
    return message?.kind === kind ? [message as Extract<Control, { kind: Kind }>] : [];
  });
}

/**
 * Lets time pass for a core.
 *
 * @param core The core.
 * @param from The time now.
 * @param until Up to when.
 * @returns What came out.
 */
export function pass(core: RoomCore, from: number, until: number): RoomEffect[] {
  const effects: RoomEffect[] = [];
  for (let now = from; core.nextDeadline <= until;) {
    now = Math.max(now, core.nextDeadline);
    effects.push(...core.due(now));
  }
  return effects;
}
