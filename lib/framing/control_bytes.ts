/**
 * Writing and reading the fields of a control datagram: big-endian, bounded, never throwing on
 * what others sent.
 *
 * @module
 */

import { type Hex64, hex64 } from "./datagram_hash.ts";

/** Most bytes of a control datagram: like a chat line, it passes every VPN unfragmented. */
export const MAX_CONTROL_BYTES = 1200;

/** An IPv4 address and a UDP port, as the wire has them. */
export interface WireAddress {
  /** The IPv4 address, dotted. */
  readonly address: string;
  /** The port, 1-65535. */
  readonly port: number;
}

/** Writes fields one behind the other. What does not fit throws: the caller counts first. */
export class ControlWriter {
  #bytes = new Uint8Array(MAX_CONTROL_BYTES);
  #view: DataView = new DataView(this.#bytes.buffer);
  #at = 0;

  /** The bytes still free. */
  get free(): number {
    return MAX_CONTROL_BYTES - this.#at;
  }

  /**
   * Writes an unsigned integer of 8 bits.
   *
   * @param value 0-255.
   */
  u8(value: number): void {
    this.#view.setUint8(this.#at, value);
    this.#at += 1;
  }

  /**
   * Writes an unsigned integer of 16 bits.
   *
   * @param value 0-65535.
   */
  u16(value: number): void {
    this.#view.setUint16(this.#at, value);
    this.#at += 2;
  }

  /**
   * Writes an unsigned integer of 32 bits.
   *
   * @param value 0 to 2^32 - 1.
   */
  u32(value: number): void {
    this.#view.setUint32(this.#at, value);
    this.#at += 4;
  }

  /**
   * Writes a 64-bit id or hash.
   *
   * @param value 16 hex digits.
   */
  hex64(value: Hex64): void {
    this.u32(parseInt(value.slice(0, 8), 16));
    this.u32(parseInt(value.slice(8), 16));
  }

  /**
   * Writes bytes as they are.
   *
   * @param value The bytes.
   */
  raw(value: Uint8Array): void {
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  /**
   * Writes an address and a port, 6 bytes.
   *
   * @param value Where.
   */
  address({ address, port }: WireAddress): void {
    for (const part of address.split(".")) this.u8(Number(part));
    this.u16(port);
  }

  /**
   * Ends the datagram.
   *
   * @returns What was written.
   */
  done(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#at);
  }
}

/** Reads fields one behind the other; past the end it reads zeros and {@linkcode ok} turns false. */
export class ControlReader {
  /** False once something was read that is not there. */
  ok = true;
  #bytes: Uint8Array;
  #view: DataView;
  #at = 0;

  /**
   * Starts at the first byte.
   *
   * @param bytes The datagram.
   */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** True if everything was there and nothing is left. */
  get complete(): boolean {
    return this.ok && this.#at === this.#bytes.length;
  }

  /**
   * Reads an unsigned integer of 8 bits.
   *
   * @returns The number.
   */
  u8(): number {
    return this.#take(1) ? this.#view.getUint8(this.#at - 1) : 0;
  }

  /**
   * Reads an unsigned integer of 16 bits.
   *
   * @returns The number.
   */
  u16(): number {
    return this.#take(2) ? this.#view.getUint16(this.#at - 2) : 0;
  }

  /**
   * Reads an unsigned integer of 32 bits.
   *
   * @returns The number.
   */
  u32(): number {
    return this.#take(4) ? this.#view.getUint32(this.#at - 4) : 0;
  }

  /**
   * Reads a 64-bit id or hash.
   *
   * @returns 16 hex digits.
   */
  hex64(): Hex64 {
    const high = this.u32();
    return hex64(high, this.u32());
  }

  /**
   * Reads bytes as they are.
   *
   * @param length How many.
   * @returns A view of them; empty if they are not there.
   */
  raw(length: number): Uint8Array {
    return this.#take(length) ? this.#bytes.subarray(this.#at - length, this.#at) : NOTHING;
  }

  /**
   * Reads an address and a port. Port 0 names no socket and spoils the datagram.
   *
   * @returns Where.
   */
  address(): WireAddress {
    const address = `${this.u8()}.${this.u8()}.${this.u8()}.${this.u8()}`;
    const port = this.u16();
    if (port === 0) this.ok = false;
    return { address, port };
  }

  /**
   * Reads a count, and refuses one above a limit before anything is made of it.
   *
   * @param most The limit.
   * @returns The count; 0 if it is refused.
   */
  count(most: number): number {
    const count = this.u8();
    if (count <= most) return count;
    this.ok = false;
    return 0;
  }

  #take(length: number): boolean {
    if (!this.ok || this.#at + length > this.#bytes.length) return this.ok = false;
    this.#at += length;
    return true;
  }
}

const NOTHING = new Uint8Array(0);
