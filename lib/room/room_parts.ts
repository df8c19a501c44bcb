/**
 * What a room's core is made of.
 *
 * @module
 */

import { MAX_CONTROL_BYTES } from "../framing/control_bytes.ts";
import type { Hex64 } from "../framing/datagram_hash.ts";
import type { SocketAddress } from "../net/datagram.ts";
import { Asking } from "./asking.ts";
import { RoundTrip } from "./back_off.ts";
import { Holdings } from "./holdings.ts";
import { MemberTable } from "./member_table.ts";
import { Mending, type Self } from "./mending.ts";
import { Receipts } from "./receipts.ts";
import { OwnPlaces } from "./own_places.ts";
import { reportInterval, reportRound, ReportSchedule } from "./report_schedule.ts";
import { SayPace } from "./say_pace.ts";
import { Screen } from "./screen.ts";
import { SenderLog } from "./sender_log.ts";
import { Senders } from "./senders.ts";

/** What a report is thought to take before one was made or heard, in bytes. */
const FIRST_REPORT_BYTES = 100;

/** How much a new report counts in the mean size (RFC 3550, section 6.3.3). */
const SIZE_GAIN = 1 / 16;

/** How others reach a member. */
export interface RoomPlace {
  /** Its data socket: what it says comes from there. */
  readonly local: SocketAddress;
  /** Whether that is a relay's. */
  readonly relayed: boolean;
  /** The TCP port where others reach it at that address, 0 for none. */
  readonly tcpPort: number;
}

/** What {@linkcode RoomParts} needs. */
export interface RoomCoreOptions {
  /** A random id, 16 hex digits, not all zeros; a new one each time a room is entered. */
  readonly id: Hex64;
  /** The port of the room's chat lines. */
  readonly roomPort: number;
  /** This member's data socket: what it says comes from there. */
  readonly local: SocketAddress;
  /** The TCP port where other members reach this one, 0 for none. */
  readonly tcpPort: number;
  /**
   * Whether the data socket is a relay's.
   *
   * @default {false}
   */
  readonly relayed?: boolean;
  /** A legal chat name, see `checkChatName`. */
  readonly name: string;
  /** When the room was entered, in milliseconds of any clock that never goes back. */
  readonly now: number;
  /** Yields numbers in [0, 1). */
  readonly random: () => number;
  /**
   * Most bytes of a control datagram; fewer where something is put around it.
   *
   * @default {MAX_CONTROL_BYTES}
   */
  readonly maxControlBytes?: number;
}

/** The parts, each with one concern. */
export class RoomParts {
  /** Who this member is. */
  self: Self;
  /** Where its lines come from, and came from lately. */
  readonly places: OwnPlaces;
  /** The port of the room's chat lines. */
  readonly roomPort: number;
  /** When the room was entered, in milliseconds. */
  readonly joinedAt: number;
  /** The measured round trip. */
  readonly roundTrip: RoundTrip = new RoundTrip();
  /** What was said here. */
  readonly log: SenderLog = new SenderLog();
  /** How fast to say it. */
  readonly pace: SayPace = new SayPace();
  /** Who is here. */
  readonly members: MemberTable = new MemberTable();
  /** What is kept of others' lines. */
  readonly holdings: Holdings = new Holdings();
  /** Who was heard. */
  readonly senders: Senders;
  /** When to report. */
  readonly reports: ReportSchedule;
  /** What to ask for. */
  readonly asking: Asking;
  /** What to repair. */
  readonly mending: Mending;
  /** Who has what was said here. */
  readonly receipts: Receipts = new Receipts();
  /** What was shown. */
  readonly screen: Screen = new Screen();
  /** Most bytes of a control datagram. */
  readonly maxControlBytes: number;
  #reportBytes = FIRST_REPORT_BYTES;

  /**
   * Makes the parts.
   *
   * @param options Who one is, and where.
   */
  constructor(options: RoomCoreOptions) {
    const { id, local, roomPort, now, random, maxControlBytes = MAX_CONTROL_BYTES } = options;
    this.self = { id, local };
    this.places = new OwnPlaces(local);
    this.roomPort = roomPort;
    this.joinedAt = now;
    this.maxControlBytes = maxControlBytes;
    this.senders = new Senders(this.holdings, now);
    this.reports = new ReportSchedule(now, random);
    this.asking = new Asking(this.roundTrip, random, maxControlBytes);
    this.mending = new Mending(this.log, this.pace, this.roundTrip, random, maxControlBytes);
  }

  /** How many members there are, this one included. */
  get count(): number {
    return this.members.size + 1;
  }

  /**
   * Takes note of a report's size.
   *
   * @param bytes Its bytes.
   */
  sized(bytes: number): void {
    this.#reportBytes += (bytes - this.#reportBytes) * SIZE_GAIN;
  }

  /**
   * Says how often to report.
   *
   * @returns The mean time between regular reports, in milliseconds.
   */
  interval(): number {
    return reportInterval(this.count, this.#reportBytes);
  }

  /**
   * Says how long everybody needs to report once.
   *
   * @returns Milliseconds.
   */
  round(): number {
    return reportRound(this.count, this.#reportBytes);
  }
}
