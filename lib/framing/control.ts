/**
 * Control datagrams: what members tell each other so that a room loses nothing (DESIGN section 7).
 * The layout is in docs/CONTROL.md.
 *
 * @module
 */

import { checkChatName } from "./chat_name.ts";
import { ControlReader, ControlWriter, MAX_CONTROL_BYTES } from "./control_bytes.ts";
import {
  type Bye,
  type Control,
  type ControlHead,
  MAX_NACK_LINES,
  MAX_NACK_ORPHANS,
  MAX_NACK_RANGES,
  MAX_NACK_SENDERS,
  MAX_NAME_BYTES,
  MAX_REPAIRED_BYTES,
  MAX_REPORT_HEARD,
  MAX_REPORT_LINES,
  type Nack,
  NOBODY,
  type Probe,
  type Repair,
  type Report,
} from "./control_messages.ts";

/**
 * "\xffCRD". The byte 0xff occurs nowhere in UTF-8 (RFC 3629, section 1), so no chat line starts
 * with it.
 */
export const CONTROL_MAGIC = 0xff435244;

/** The version of the layout; datagrams of others are not read. */
export const CONTROL_VERSION = 1;

/** The port of control datagrams in every room's group. */
export const CONTROL_PORT = 23900;

/** The kinds by number. */
const KINDS = { report: 1, nack: 2, repair: 3, bye: 4, probe: 5, echo: 6 } as const;

/** The flag of a report's sender that reaches the room through the CRDS; other bits are not read. */
const RELAYED = 1;

/** Bytes of a repair before its first part. */
export const REPAIR_HEAD_BYTES = 31;

/** Bytes of a part before its text. */
export const REPAIR_PART_BYTES = 12;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Says whether a datagram is a control datagram, of whatever version.
 *
 * @param bytes A datagram.
 * @returns True if it starts with the magic.
 */
export function isControl(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0xff && bytes[1] === 0x43 && bytes[2] === 0x52 &&
    bytes[3] === 0x44;
}

/**
 * Makes a control datagram.
 *
 * @param message What to say, within the limits of `control_messages.ts`.
 * @returns The datagram, at most 1200 bytes.
 * @throws {RangeError} If it does not fit: an error of the program, not of a person.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const bye = { kind: "bye", roomPort: 20100, member: "0123456789abcdef", highest: 7 } as const;
 * assertEquals(decodeControl(encodeControl(bye)), bye);
 * ```
 */
export function encodeControl(message: Control): Uint8Array<ArrayBuffer> {
  const writer = new ControlWriter();
  writer.u32(CONTROL_MAGIC);
  writer.u8(CONTROL_VERSION);
  writer.u8(KINDS[message.kind]);
  writer.u16(message.roomPort);
  writer.hex64(message.member);
  if (message.kind === "report") writeReport(writer, message);
  else if (message.kind === "nack") writeNack(writer, message);
  else if (message.kind === "repair") writeRepair(writer, message);
  else if (message.kind === "bye") writer.u32(message.highest);
  else writer.hex64(message.token);
  return writer.done();
}

/**
 * Reads a control datagram. Strict: what is cut short, has bytes behind its end, names more than the
 * limits allow or contradicts itself is refused whole.
 *
 * @param bytes Whatever somebody sent.
 * @returns The message, its bytes being views of the datagram; nothing if it is none, or of a kind
 * or version unknown here.
 */
export function decodeControl(bytes: Uint8Array): Control | undefined {
  if (!isControl(bytes) || bytes.length > MAX_CONTROL_BYTES) return undefined;
  const reader = new ControlReader(bytes);
  reader.u32();
  if (reader.u8() !== CONTROL_VERSION) return undefined;
  const kind = reader.u8();
  const head: ControlHead = { roomPort: reader.u16(), member: reader.hex64() };
  if (head.roomPort === 0 || head.member === NOBODY) return undefined;
  const message = kind === KINDS.report
    ? readReport(reader, head)
    : kind === KINDS.nack
    ? readNack(reader, head)
    : kind === KINDS.repair
    ? readRepair(reader, head)
    : kind === KINDS.bye
    ? { kind: "bye", ...head, highest: reader.u32() } satisfies Bye
    : kind === KINDS.probe || kind === KINDS.echo
    ? readProbe(reader, head, kind === KINDS.probe ? "probe" : "echo")
    : undefined;
  return reader.complete ? message : undefined;
}

function writeReport(writer: ControlWriter, report: Report): void {
  const { lines, heard, orphans } = report;
  const name = encoder.encode(report.name);
  writer.address(report.source);
  writer.u16(report.tcpPort);
  writer.u8(report.relayed ? RELAYED : 0);
  writer.u8(atMost(name.length, MAX_NAME_BYTES));
  writer.raw(name);
  writer.u16(report.interval);
  writer.u32(report.present);
  writer.u32(report.oldest);
  writer.u32(report.highest);
  writer.u8(atMost(lines.length, MAX_REPORT_LINES));
  for (const { age, hash } of lines) {
    writer.u16(age);
    writer.hex64(hash);
  }
  writer.u8(atMost(heard.length, MAX_REPORT_HEARD));
  for (const { member, highest, has, age } of heard) {
    writer.hex64(member);
    writer.u32(highest);
    writer.u32(has);
    writer.u16(age);
  }
  writer.u8(atMost(orphans.length, MAX_REPORT_HEARD));
  for (const { source, hash, age } of orphans) {
    writer.address(source);
    writer.hex64(hash);
    writer.u16(age);
  }
}

function readReport(reader: ControlReader, head: ControlHead): Report | undefined {
  const source = reader.address();
  const tcpPort = reader.u16();
  const relayed = (reader.u8() & RELAYED) !== 0;
  const name = readName(reader);
  const interval = reader.u16();
  const present = reader.u32();
  const oldest = reader.u32();
  const highest = reader.u32();
  const lines = times(reader, reader.count(MAX_REPORT_LINES), () => {
    return { age: reader.u16(), hash: reader.hex64() };
  });
  const heard = times(reader, reader.count(MAX_REPORT_HEARD), () => {
    return { member: reader.hex64(), highest: reader.u32(), has: reader.u32(), age: reader.u16() };
  });
  const orphans = times(reader, reader.count(MAX_REPORT_HEARD), () => {
    return { source: reader.address(), hash: reader.hex64(), age: reader.u16() };
  });
  if (name === undefined || lines.length > highest || oldest > highest) return undefined;
  return {
    kind: "report",
    ...head,
    source,
    tcpPort,
    relayed,
    name,
    interval,
    present,
    oldest,
    highest,
    lines,
    heard,
    orphans,
  };
}

function writeNack(writer: ControlWriter, { wanted, orphans }: Nack): void {
  writer.u8(atMost(wanted.length, MAX_NACK_SENDERS));
  for (const { of, ranges } of wanted) {
    writer.hex64(of);
    writer.u8(atMost(ranges.length, MAX_NACK_RANGES));
    for (const { first, count } of ranges) {
      writer.u32(first);
      writer.u16(count);
    }
  }
  writer.u8(atMost(orphans.length, MAX_NACK_ORPHANS));
  for (const { source, hash } of orphans) {
    writer.address(source);
    writer.hex64(hash);
  }
}

function readNack(reader: ControlReader, head: ControlHead): Nack | undefined {
  let lines = 0;
  const wanted = times(reader, reader.count(MAX_NACK_SENDERS), () => {
    const of = reader.hex64();
    const ranges = times(reader, reader.count(MAX_NACK_RANGES), () => {
      const range = { first: reader.u32(), count: reader.u16() };
      // An empty range, number 0 or one beyond 32 bits exists nowhere.
      if (range.count === 0 || range.first === 0 || range.first + range.count > 2 ** 32) {
        reader.ok = false;
      }
      lines += range.count;
      return range;
    });
    return { of, ranges };
  });
  const orphans = times(reader, reader.count(MAX_NACK_ORPHANS), () => {
    return { source: reader.address(), hash: reader.hex64() };
  });
  if (lines > MAX_NACK_LINES) return undefined;
  return { kind: "nack", ...head, wanted, orphans };
}

function writeRepair(writer: ControlWriter, { of, source, parts }: Repair): void {
  writer.hex64(of);
  writer.address(source);
  writer.u8(atMost(parts.length, 255));
  for (const { seq, age, total, offset, bytes } of parts) {
    writer.u32(seq);
    writer.u16(age);
    writer.u16(total);
    writer.u16(offset);
    writer.u16(bytes.length);
    writer.raw(bytes);
  }
}

function readRepair(reader: ControlReader, head: ControlHead): Repair | undefined {
  const of = reader.hex64();
  const source = reader.address();
  const parts = times(reader, reader.count(255), () => {
    const [seq, age, total, offset] = [reader.u32(), reader.u16(), reader.u16(), reader.u16()];
    const bytes = reader.raw(reader.u16());
    if (bytes.length === 0 || offset + bytes.length > total || total > MAX_REPAIRED_BYTES) {
      reader.ok = false;
    }
    if ((seq === 0) !== (of === NOBODY)) reader.ok = false;
    return { seq, age, total, offset, bytes };
  });
  return { kind: "repair", ...head, of, source, parts };
}

function readProbe(
  reader: ControlReader,
  head: ControlHead,
  kind: Probe["kind"],
): Probe | undefined {
  const token = reader.hex64();
  return token === NOBODY ? undefined : { kind, ...head, token };
}

/** Reads a name that {@linkcode checkChatName} accepts as it is; others are nobody's. */
function readName(reader: ControlReader): string | undefined {
  const bytes = reader.raw(reader.count(MAX_NAME_BYTES));
  try {
    const name = decoder.decode(bytes);
    return checkChatName(name) === name ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Reads so many of something; stops at once where the datagram ends. */
function times<T>(reader: ControlReader, count: number, read: () => T): T[] {
  const list: T[] = [];
  while (list.length < count && reader.ok) list.push(read());
  return list;
}

function atMost(count: number, most: number): number {
  if (count > most) throw new RangeError(`${count} entries in a control datagram, at most ${most}`);
  return count;
}
