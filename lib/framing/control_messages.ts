/**
 * What control datagrams say, as data, and how much of it one may hold.
 *
 * @module
 */

import type { WireAddress } from "./control_bytes.ts";
import type { Hex64 } from "./datagram_hash.ts";

/** Most lines a report lists by hash: two reports 32 lines apart name each line twice. */
export const MAX_REPORT_LINES = 64;

/** Most senders a report tells of, most orphans it names: 300 bytes of them, so reports stay small. */
export const MAX_REPORT_HEARD = 8;

/** Most senders one nack asks for. */
export const MAX_NACK_SENDERS = 32;

/** Most ranges it names of one sender. */
export const MAX_NACK_RANGES = 64;

/** Most lines one nack may ask for in all: as many as are kept of one sender. */
export const MAX_NACK_LINES = 1024;

/** Most lines asked for by hash in one nack. */
export const MAX_NACK_ORPHANS = 16;

/** Longest line that a repair may carry, in bytes: more is never received whole. */
export const MAX_REPAIRED_BYTES = 2048;

/** Most bytes of a name: 32 code points of 4 bytes. */
export const MAX_NAME_BYTES = 128;

/** An age is counted in units of 10 ms... */
export const AGE_UNIT_MS = 10;

/** ...and this one means "that or more", which is 10.9 minutes. */
export const MAX_AGE = 0xffff;

/** What every control datagram has. */
export interface ControlHead {
  /** The port of the room's chat lines: it tells rooms of one group apart. */
  readonly roomPort: number;
  /** Who sends the control datagram. */
  readonly member: Hex64;
}

/** One of the sender's own lines. */
export interface ReportLine {
  /** How long ago it was said, in units of {@linkcode AGE_UNIT_MS}, rounded down. */
  readonly age: number;
  /** The hash of its datagram. */
  readonly hash: Hex64;
}

/** What the sender of a report has of somebody else's lines (an extension of DESIGN section 7). */
export interface HeardSender {
  /** Whose lines. */
  readonly member: Hex64;
  /** The highest sequence number of a line that the reporter has. */
  readonly highest: number;
  /** Bit i is set if the reporter has the line `highest - i`. */
  readonly has: number;
  /** How long ago the highest was said, in units of {@linkcode AGE_UNIT_MS}. */
  readonly age: number;
}

/** A line heard of a member that never reported it (an extension of DESIGN section 7). */
export interface Orphan {
  /** The data socket that it came from. */
  readonly source: WireAddress;
  /** The hash of its datagram. */
  readonly hash: Hex64;
}

/** Says who one is, what one said last, and what one has of others. */
export interface Report extends ControlHead {
  /** Which kind it is. */
  readonly kind: "report";
  /** The data socket of this member: what comes from there is what it said. */
  readonly source: WireAddress;
  /** The TCP port where other members reach it, 0 for none. */
  readonly tcpPort: number;
  /** True if it reaches the room through the CRDS: then others cannot reach it over TCP there. */
  readonly relayed: boolean;
  /** The chat name. */
  readonly name: string;
  /** The mean time between regular reports, in 0.1 s. */
  readonly interval: number;
  /** How long it has been in the room, in 0.1 s. */
  readonly present: number;
  /** The lowest sequence number it can still repair; 0 if there is none. */
  readonly oldest: number;
  /** The sequence number of the last line said; 0 before the first. */
  readonly highest: number;
  /** The last lines, the last one last: the first has number `highest - lines.length + 1`. */
  readonly lines: readonly ReportLine[];
  /** What it has of others. */
  readonly heard: readonly HeardSender[];
  /** What it has that nobody reported. */
  readonly orphans: readonly (Orphan & { readonly age: number })[];
}

/** Consecutive sequence numbers. */
export interface SeqRange {
  /** The first. */
  readonly first: number;
  /** How many, at least 1. */
  readonly count: number;
}

/** Asks for lines that did not arrive. */
export interface Nack extends ControlHead {
  /** Which kind it is. */
  readonly kind: "nack";
  /** By number: whose, and which. */
  readonly wanted: readonly { readonly of: Hex64; readonly ranges: readonly SeqRange[] }[];
  /** By hash. */
  readonly orphans: readonly Orphan[];
}

/** A line, or a part of one that is too long for one control datagram. */
export interface RepairPart {
  /** The line's number; 0 for an orphan. */
  readonly seq: number;
  /** How long ago it was said, in units of {@linkcode AGE_UNIT_MS}. */
  readonly age: number;
  /** The length of the whole line in bytes. */
  readonly total: number;
  /** Where this part starts in it. */
  readonly offset: number;
  /** The bytes of the part, at least one. */
  readonly bytes: Uint8Array;
}

/** Brings lines of one sender to those who lack them. */
export interface Repair extends ControlHead {
  /** Which kind it is. */
  readonly kind: "repair";
  /** Whose lines; all zeros for orphans. */
  readonly of: Hex64;
  /** The data socket they came from. */
  readonly source: WireAddress;
  /** The lines. */
  readonly parts: readonly RepairPart[];
}

/** Leaves the room. */
export interface Bye extends ControlHead {
  /** Which kind it is. */
  readonly kind: "bye";
  /** The number of the last line said, 0 if none was. */
  readonly highest: number;
}

/** Asks whether multicast gets through; whoever hears it answers with its token. */
export interface Probe extends ControlHead {
  /** Which kind it is: the question, or the answer. */
  readonly kind: "probe" | "echo";
  /** Random, not all zeros: tells one question from another. */
  readonly token: Hex64;
}

/** Any control datagram. */
export type Control = Report | Nack | Repair | Bye | Probe;

/** Stands for nobody. */
export const NOBODY: Hex64 = "0000000000000000";
