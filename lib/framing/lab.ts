/**
 * The lab protocol's requests (DESIGN section 4): encoding for clients, decoding for servers.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";

/** The first byte of each request. */
export const LabOpcode = { getdir: 1, makeroom: 2, deleteroom: 3, chat: 4 } as const;

/** A field is one length byte and that many bytes, so this is as long as it gets. */
export const MAX_FIELD_BYTES = 255;

/** One request of a lab client. A run of `getdir` in one read is one request with a count. */
export type LabRequest =
  | { readonly op: "getdir"; readonly times: number }
  | {
    readonly op: "makeroom";
    readonly name: string;
    readonly address: string;
    readonly port: string;
  }
  | { readonly op: "deleteroom"; readonly name: string }
  | { readonly op: "chat"; readonly name: string };

/** Bytes that are no lab protocol: the connection they came on cannot go on. */
export class LabFormatError extends Error {
  /** The class's name, as errors have it. */
  override readonly name = "LabFormatError";
}

const encoder = new TextEncoder();
const EMPTY = new Uint8Array(0);
// A byte order mark is part of what was sent: dropping it would make two names one.
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Encodes one field: a length byte, then the text in UTF-8.
 *
 * @param text The field's text.
 * @returns Its bytes.
 * @throws {RangeError} If the text is empty or longer than {@linkcode MAX_FIELD_BYTES} bytes.
 */
export function encodeField(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  if (bytes.length === 0 || bytes.length > MAX_FIELD_BYTES) {
    throw new RangeError(
      `Cannot encode field "${text}": it has ${bytes.length} bytes, and 1 to ${MAX_FIELD_BYTES} fit`,
    );
  }
  return concat([Uint8Array.of(bytes.length), bytes]);
}

/**
 * Decodes one complete field's content.
 *
 * @param bytes The bytes after the length byte.
 * @returns The text.
 * @throws {LabFormatError} If the bytes are no UTF-8.
 */
export function decodeField(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    throw new LabFormatError("a field is no UTF-8");
  }
}

/**
 * Encodes a request.
 *
 * @param request What to ask for.
 * @returns The bytes to send.
 * @throws {RangeError} If a field is empty or too long.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(encodeLabRequest({ op: "deleteroom", name: "lab" }), Uint8Array.of(3, 3, 108, 97, 98));
 * ```
 */
export function encodeLabRequest(request: LabRequest): Uint8Array {
  const opcode = LabOpcode[request.op];
  if (request.op === "getdir") return new Uint8Array(request.times).fill(opcode);
  const fields = request.op === "makeroom"
    ? [request.name, request.address, request.port]
    : [request.name];
  return concat([Uint8Array.of(opcode), ...fields.map(encodeField)]);
}

/**
 * Takes a connection's bytes, however TCP split them, and returns its requests.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new LabRequestDecoder();
 * decoder.push(Uint8Array.of(1, 1, 3, 3, 108, 97));
 * assertEquals(decoder.next(), { op: "getdir", times: 2 });
 * assertEquals(decoder.next(), undefined);
 * assertEquals(decoder.pending, true);
 * decoder.push(Uint8Array.of(98));
 * assertEquals(decoder.next(), { op: "deleteroom", name: "lab" });
 * ```
 */
export class LabRequestDecoder {
  #bytes = EMPTY;
  #offset = 0;
  #opcode = 0;
  #fields: string[] = [];

  /** Whether a request was begun and its end has not arrived. */
  get pending(): boolean {
    return this.#opcode !== 0;
  }

  /** Whether everything that arrived was used up, and no request is pending. */
  get empty(): boolean {
    return this.#opcode === 0 && this.#offset === this.#bytes.length;
  }

  /**
   * Takes what arrived. The bytes must stay as they are until {@linkcode next} returns undefined.
   *
   * @param chunk Bytes of the connection.
   */
  push(chunk: Uint8Array): void {
    const rest = this.#bytes.length - this.#offset;
    this.#bytes = rest === 0
      ? chunk as Uint8Array<ArrayBuffer>
      : concat([this.#bytes.subarray(this.#offset), chunk]);
    this.#offset = 0;
  }

  /**
   * Returns the next complete request.
   *
   * @returns The request, or undefined if more bytes are needed.
   * @throws {LabFormatError} On an unknown opcode, an empty field or a field that is no UTF-8.
   */
  next(): LabRequest | undefined {
    if (this.#opcode === 0) {
      const opcode = this.#bytes[this.#offset];
      if (opcode === undefined) return this.#drained();
      if (opcode === LabOpcode.getdir) return { op: "getdir", times: this.#run() };
      if (opcode > LabOpcode.chat || opcode === 0) {
        throw new LabFormatError(`unknown opcode ${opcode}`);
      }
      this.#opcode = opcode;
      this.#offset++;
    }
    const wanted = this.#opcode === LabOpcode.makeroom ? 3 : 1;
    while (this.#fields.length < wanted) {
      const length = this.#bytes[this.#offset];
      if (length === 0) throw new LabFormatError("a field has length 0");
      if (length === undefined) return this.#drained();
      const end = this.#offset + 1 + length;
      if (end > this.#bytes.length) return this.#drained();
      this.#fields.push(decodeField(this.#bytes.subarray(this.#offset + 1, end)));
      this.#offset = end;
    }
    return this.#complete();
  }

  /** Counts the getdir opcodes that stand here in a row, and passes them. */
  #run(): number {
    const start = this.#offset;
    while (this.#bytes[this.#offset] === LabOpcode.getdir) this.#offset++;
    return this.#offset - start;
  }

  #complete(): LabRequest {
    const [name = "", address = "", port = ""] = this.#fields;
    const opcode = this.#opcode;
    this.#opcode = 0;
    this.#fields = [];
    if (opcode === LabOpcode.makeroom) return { op: "makeroom", name, address, port };
    return { op: opcode === LabOpcode.chat ? "chat" : "deleteroom", name };
  }

  /** Keeps a copy of what is left (less than one field), since the chunk belongs to the caller. */
  #drained(): undefined {
    this.#bytes = this.#offset === this.#bytes.length ? EMPTY : this.#bytes.slice(this.#offset);
    this.#offset = 0;
    return undefined;
  }
}
