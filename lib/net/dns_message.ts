/**
 * DNS messages (RFC 1035, section 4) as far as service discovery needs them: bytes to values and back.
 *
 * @module
 */

/** A domain name, one entry per label: a label may hold dots and spaces (RFC 6763, section 4.1.1). */
export type DnsName = readonly string[];

/** What every record has. */
export interface DnsRecordHead {
  /** Whose record it is. */
  readonly name: DnsName;
  /** How long it may be believed, in seconds; 0 takes it back (RFC 6762, section 10.1). */
  readonly ttl: number;
  /** True if it replaces all others of its name and type (RFC 6762, section 10.2). */
  readonly flush: boolean;
}

/** A record, with its data by type; of types that nobody here asks for only the type is kept. */
export type DnsRecord =
  & DnsRecordHead
  & (
    | { readonly type: typeof TYPE.A; readonly address: string }
    | { readonly type: typeof TYPE.PTR; readonly target: DnsName }
    | { readonly type: typeof TYPE.TXT; readonly strings: readonly Uint8Array[] }
    | { readonly type: typeof TYPE.SRV; readonly port: number; readonly target: DnsName }
    | { readonly type: "other"; readonly code: number }
  );

/** What is asked. */
export interface DnsQuestion {
  /** About whom. */
  readonly name: DnsName;
  /** One of {@linkcode TYPE}, or any other type's number. */
  readonly type: number;
}

/** A message. */
export interface DnsMessage {
  /** Ties an answer to a question, 0 in multicast. */
  readonly id: number;
  /** True for an answer, false for a query. */
  readonly response: boolean;
  /** What is asked. */
  readonly questions: readonly DnsQuestion[];
  /** Answers; in a query those that are known already. */
  readonly answers: readonly DnsRecord[];
  /** In a probe the records that its sender wants to own (RFC 6762, section 8.2). */
  readonly authorities: readonly DnsRecord[];
  /** What helps with the answers. */
  readonly additionals: readonly DnsRecord[];
}

/** The numbers of the record types used (RFC 1035, section 3.2.2; RFC 2782). */
export const TYPE = { A: 1, PTR: 12, TXT: 16, SRV: 33, ANY: 255 } as const;

/** Most questions and records that are read of one message: a real one has a few dozen. */
export const MAX_RECORDS = 256;

/** Longest label in bytes, and longest name with its length bytes (RFC 1035, section 2.3.4). */
export const MAX_LABEL_BYTES = 63;
const MAX_NAME_BYTES = 255;

const CLASS_IN = 1;
/** In a question "answer me alone", in a record "forget the others"; no part of the class. */
const TOP_BIT = 0x8000;
const RESPONSE = 0x8000;
const AUTHORITATIVE = 0x0400;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Writes a message, without name compression.
 *
 * @param message The message. Labels must have 1-63 bytes and strings at most 255.
 * @returns Its bytes.
 * @throws {RangeError} If a label or a string is too long.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const query = {
 *   id: 7,
 *   response: false,
 *   questions: [{ name: ["_crds", "_tcp", "local"], type: TYPE.PTR }],
 *   answers: [],
 *   authorities: [],
 *   additionals: [],
 * };
 * assertEquals(decodeMessage(encodeMessage(query)), query);
 * ```
 */
export function encodeMessage(message: DnsMessage): Uint8Array {
  const { id, response, questions, answers, authorities, additionals } = message;
  const out: number[] = [];
  const flags = response ? RESPONSE | AUTHORITATIVE : 0;
  const lists = [questions, answers, authorities, additionals];
  for (const value of [id, flags, ...lists.map(({ length }) => length)]) put16(out, value);
  for (const { name, type } of questions) {
    putName(out, name);
    put16(out, type);
    put16(out, CLASS_IN);
  }
  for (const record of [...answers, ...authorities, ...additionals]) putRecord(out, record);
  return Uint8Array.from(out);
}

function put16(out: number[], value: number): void {
  out.push((value >> 8) & 0xff, value & 0xff);
}

function putBytes(out: number[], bytes: Uint8Array, max: number): void {
  if (bytes.length > max) {
    throw new RangeError(`Cannot encode ${bytes.length} bytes: at most ${max}`);
  }
  out.push(bytes.length, ...bytes);
}

function putName(out: number[], name: DnsName): void {
  for (const label of name) putBytes(out, encoder.encode(label), MAX_LABEL_BYTES);
  out.push(0);
}

function putRecord(out: number[], record: DnsRecord): void {
  putName(out, record.name);
  put16(out, record.type === "other" ? record.code : record.type);
  put16(out, CLASS_IN | (record.flush ? TOP_BIT : 0));
  put16(out, record.ttl >>> 16);
  put16(out, record.ttl);
  const data = dataOf(record);
  put16(out, data.length);
  for (const byte of data) out.push(byte);
}

function dataOf(record: DnsRecord): number[] {
  const data: number[] = [];
  switch (record.type) {
    case TYPE.A:
      return record.address.split(".").map(Number);
    case TYPE.PTR:
      putName(data, record.target);
      break;
    case TYPE.TXT:
      for (const text of record.strings) putBytes(data, text, 255);
      // A TXT record without any string is an empty string (RFC 6763, section 6.1).
      if (data.length === 0) data.push(0);
      break;
    case TYPE.SRV:
      put16(data, 0);
      put16(data, 0);
      put16(data, record.port);
      putName(data, record.target);
  }
  return data;
}

/**
 * Reads a message.
 *
 * @param bytes A datagram of anybody.
 * @returns The message, or undefined if it is none that can be read whole.
 */
export function decodeMessage(bytes: Uint8Array): DnsMessage | undefined {
  try {
    return new Reader(bytes).message();
  } catch (error) {
    // Thrown by Reader, and by DataView beyond the end.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

class Reader {
  #bytes: Uint8Array;
  #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  message(): DnsMessage {
    const id = this.#take16();
    const response = (this.#take16() & RESPONSE) !== 0;
    const counts = [this.#take16(), this.#take16(), this.#take16(), this.#take16()] as const;
    if (counts.reduce((sum, count) => sum + count) > MAX_RECORDS) {
      throw new RangeError("too many records");
    }
    return {
      id,
      response,
      questions: Array.from({ length: counts[0] }, () => this.#question()),
      answers: Array.from({ length: counts[1] }, () => this.#record()),
      authorities: Array.from({ length: counts[2] }, () => this.#record()),
      additionals: Array.from({ length: counts[3] }, () => this.#record()),
    };
  }

  #question(): DnsQuestion {
    const question = { name: this.#name(), type: this.#take16() };
    this.#take16();
    return question;
  }

  #record(): DnsRecord {
    const name = this.#name();
    const code = this.#take16();
    const flush = (this.#take16() & TOP_BIT) !== 0;
    const ttl = this.#take16() * 0x10000 + this.#take16();
    const length = this.#take16();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("record beyond the end");
    const record = this.#data({ name, ttl, flush }, code, end);
    if (this.#at > end) throw new RangeError("data beyond its record");
    this.#at = end;
    return record;
  }

  #data(head: DnsRecordHead, code: number, end: number): DnsRecord {
    switch (code) {
      case TYPE.A:
        if (end - this.#at !== 4) throw new RangeError("an address has four bytes");
        return { ...head, type: code, address: this.#bytes.subarray(this.#at, end).join(".") };
      case TYPE.PTR:
        return { ...head, type: code, target: this.#name() };
      case TYPE.TXT: {
        const strings: Uint8Array[] = [];
        while (this.#at < end) {
          const length = this.#take8();
          if (this.#at + length > end) throw new RangeError("string beyond its record");
          strings.push(this.#bytes.slice(this.#at, this.#at += length));
        }
        return { ...head, type: code, strings };
      }
      case TYPE.SRV:
        this.#at += 4;
        return { ...head, type: code, port: this.#take16(), target: this.#name() };
      default:
        return { ...head, type: "other", code };
    }
  }

  #name(): string[] {
    const labels: string[] = [];
    let total = 1;
    let at = this.#at;
    let limit = at;
    let jumped = false;
    for (;;) {
      const length = this.#view.getUint8(at);
      if (length === 0) break;
      if (length >= 0xc0) {
        const target = this.#view.getUint16(at) & 0x3fff;
        // Only backwards (RFC 1035, section 4.1.4), so that no name runs in a circle.
        if (target >= limit) throw new RangeError("pointer that leads not back");
        if (!jumped) this.#at = at + 2;
        jumped = true;
        at = limit = target;
        continue;
      }
      if (length > MAX_LABEL_BYTES) throw new RangeError("unknown kind of label");
      total += length + 1;
      if (total > MAX_NAME_BYTES) throw new RangeError("name too long");
      if (at + 1 + length > this.#bytes.length) throw new RangeError("label beyond the end");
      labels.push(decoder.decode(this.#bytes.subarray(at + 1, at + 1 + length)));
      at += length + 1;
    }
    if (!jumped) this.#at = at + 1;
    return labels;
  }

  #take8(): number {
    return this.#view.getUint8(this.#at++);
  }

  #take16(): number {
    const value = this.#view.getUint16(this.#at);
    this.#at += 2;
    return value;
  }
}
