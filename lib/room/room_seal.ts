/**
 * Sealing for one room: who knows its passphrase reads and is heard; nobody else is, nor can anybody
 * else have something heard twice. Without sockets.
 *
 * @module
 */

import { isControl } from "../framing/control.ts";
import { MAX_CONTROL_BYTES } from "../framing/control_bytes.ts";
import { NONCE_BYTES, openSealed, seal, SEAL_BYTES, type SealOptions } from "../framing/seal.ts";
import type { SocketAddress } from "../net/datagram.ts";
import { ReplayWindow } from "./replay_window.ts";

/** How far clocks of members may differ, in milliseconds. What is older, or ahead, is not heard. */
export const MAX_CLOCK_DIFFERENCE_MS = 5 * 60_000;

/** Bytes of the time (6), and of the address (4) and port (2) of the sender's data socket. */
const STAMP_BYTES = 12;

/** How many bytes a datagram may have before it is sealed, to have 1200 afterwards. */
export const MAX_UNSEALED_BYTES: number = MAX_CONTROL_BYTES - SEAL_BYTES - STAMP_BYTES;

/** Most senders whose numbers are remembered; beyond it, the one that was silent longest is not. */
const MAX_SENDERS = 2048;

/** Bytes of a nonce that are the sender's; the others are the number. */
const SENDER_BYTES = 8;

/** What is sealed: a datagram, or the answer to a question of somebody. */
const DATAGRAM = 0;
const ANSWER = 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** 16 bytes in base64url, without padding. */
const CHALLENGE = /^[A-Za-z0-9_-]{22}$/;

/**
 * Makes what a question brings, so that only an answer to this question fits.
 *
 * @returns 16 random bytes in base64url.
 */
export function newChallenge(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/**
 * Says whether a text can have been made by {@linkcode newChallenge}.
 *
 * @param text Any text.
 * @returns True if it can.
 */
export function isChallenge(text: string): boolean {
  return CHALLENGE.test(text);
}

/** What {@linkcode RoomSeal} needs. */
export interface RoomSealOptions {
  /** The room's key, see `sealKeys`. */
  readonly key: Uint8Array;
  /** The room's address and port. */
  readonly room: SocketAddress;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
}

/** What became of a datagram. */
export type Opened =
  | {
    /** It is what a member sent, just now, for the first time, and from there. */
    readonly kind: "opened";
    /** The datagram. */
    readonly bytes: Uint8Array<ArrayBuffer>;
    /** Whether it is a control datagram. */
    readonly control: boolean;
  }
  | {
    /** A member sealed it at another time than now. */
    readonly kind: "untimely";
    /** So many milliseconds ago; negative: in the future. */
    readonly age: number;
  }
  | {
    /** It is not sealed, not for this room, sent again, or sent by another than who sealed it. */
    readonly kind: "refused";
  };

const REFUSED: Opened = { kind: "refused" };

/** Seals what is sent and opens what is heard. */
export class RoomSeal {
  readonly #options: RoomSealOptions;
  /** The sender's part of one's nonces: random, so no other sender has it. */
  readonly #sender = crypto.getRandomValues(new Uint8Array(SENDER_BYTES));
  #number = 0;
  readonly #datagrams: SealOptions;
  /** By sender; who was heard last is last. */
  readonly #windows = new Map<string, ReplayWindow>();

  /**
   * Begins with nothing heard.
   *
   * @param options The key and the room.
   */
  constructor(options: RoomSealOptions) {
    this.#options = options;
    this.#datagrams = this.#with(DATAGRAM);
  }

  /**
   * Seals a datagram.
   *
   * @param bytes At most {@linkcode MAX_UNSEALED_BYTES}.
   * @param local One's data socket, as others see it.
   * @returns What to send.
   */
  seal(bytes: Uint8Array, local: SocketAddress): Uint8Array<ArrayBuffer> {
    const plain = new Uint8Array(STAMP_BYTES + bytes.length);
    const view = new DataView(plain.buffer);
    const now = this.#options.now();
    view.setUint16(0, Math.floor(now / 2 ** 32));
    view.setUint32(2, now % 2 ** 32);
    writePlace(view, 6, local);
    plain.set(bytes, STAMP_BYTES);
    return seal(plain, this.#nonce(), this.#datagrams);
  }

  /**
   * Opens a datagram.
   *
   * @param bytes Whatever somebody sent.
   * @param source Where it came from.
   * @returns What it is.
   */
  open(bytes: Uint8Array, source: SocketAddress): Opened {
    const opened = openSealed(bytes, this.#datagrams);
    if (opened === undefined || opened.plain.length < STAMP_BYTES) return REFUSED;
    const { plain, nonce } = opened;
    const view = new DataView(plain.buffer);
    const age = this.#options.now() - (view.getUint16(0) * 2 ** 32 + view.getUint32(2));
    const datagram = plain.slice(STAMP_BYTES);
    const control = isControl(datagram);
    // Lines come from the data socket itself, control datagrams from another one beside it.
    if (!isPlace(view, 6, control ? { ...source, port: view.getUint16(10) } : source)) {
      return REFUSED;
    }
    // Before the numbers: what is as old as this does not count as heard.
    if (Math.abs(age) > MAX_CLOCK_DIFFERENCE_MS) return { kind: "untimely", age };
    return this.#isNew(nonce) ? { kind: "opened", bytes: datagram, control } : REFUSED;
  }

  /**
   * Seals the answer to a question.
   *
   * @param text The answer.
   * @param challenge What the question brought: random, so that no old answer fits.
   * @returns What to send.
   */
  sealAnswer(text: string, challenge: string): Uint8Array<ArrayBuffer> {
    return seal(encoder.encode(text), this.#nonce(), this.#with(ANSWER, encoder.encode(challenge)));
  }

  /**
   * Opens the answer to a question.
   *
   * @param bytes Whatever somebody sent.
   * @param challenge What the question brought.
   * @returns The answer; undefined if it is none that a member gave to this question.
   */
  openAnswer(bytes: Uint8Array, challenge: string): string | undefined {
    const opened = openSealed(bytes, this.#with(ANSWER, encoder.encode(challenge)));
    try {
      return opened && decoder.decode(opened.plain);
    } catch {
      return undefined;
    }
  }

  #with(use: number, more: Uint8Array = new Uint8Array(0)): SealOptions {
    const { key, room } = this.#options;
    const about = new Uint8Array(7 + more.length);
    about[0] = use;
    writePlace(new DataView(about.buffer), 1, room);
    about.set(more, 7);
    return { key, about };
  }

  /** No nonce is used twice (NIST SP 800-38D, 8.2.1): the sender's part is random, the rest counts. */
  #nonce(): Uint8Array {
    const nonce = new Uint8Array(NONCE_BYTES);
    nonce.set(this.#sender);
    new DataView(nonce.buffer).setUint32(SENDER_BYTES, this.#number++);
    if (this.#number > 0xffffffff) throw new RangeError("a room's key was used 2^32 times");
    return nonce;
  }

  #isNew(nonce: Uint8Array): boolean {
    const sender = nonce.subarray(0, SENDER_BYTES).toHex();
    const number = new DataView(nonce.buffer, nonce.byteOffset).getUint32(SENDER_BYTES);
    const window = this.#windows.get(sender) ?? new ReplayWindow();
    this.#windows.delete(sender);
    this.#windows.set(sender, window);
    if (this.#windows.size > MAX_SENDERS) this.#windows.delete(this.#windows.keys().next().value!);
    return window.take(number);
  }
}

function writePlace(view: DataView, at: number, { address, port }: SocketAddress): void {
  address.split(".").forEach((part, i) => view.setUint8(at + i, Number(part)));
  view.setUint16(at + 4, port);
}

function isPlace(view: DataView, at: number, place: SocketAddress): boolean {
  const expected = new DataView(new ArrayBuffer(6));
  writePlace(expected, 0, place);
  return [0, 1, 2, 3, 4, 5].every((i) => view.getUint8(at + i) === expected.getUint8(i));
}
