/**
 * The rules for a room's name, address and port (DESIGN sections 2 and 6).
 *
 * @module
 */

import { isIPv4 } from "../net/ipv4.ts";
import { isUnsafe, sanitise } from "../text.ts";
import { DirectoryError, type DirectoryErrorCode } from "./directory_error.ts";

/** The longest room name, in bytes of UTF-8: it must fit a table's cell and a lab field. */
export const MAX_ROOM_NAME_BYTES = 64;

/** The longest topic, in characters (UTF-16 units): it stands in one line of a table. */
export const MAX_TOPIC_LENGTH = 120;

/** The highest port of UDP. */
export const MAX_PORT = 65535;

/** What stands behind the names of sealed rooms where nothing else can be told of them. */
export const SEALED_MARK = "(sealed)";

/** 16 bytes in base64url, without padding. */
const CHECK = /^[A-Za-z0-9_-]{21}[AQgw]$/;

const encoder = new TextEncoder();

/**
 * Says what is wrong with a room name.
 *
 * @param name The name.
 * @returns The fault with what to do about it, or undefined if the name is fine.
 */
export function faultOfName(name: string): string | undefined {
  if (name === "") return "the name is empty; give it 1 to 64 bytes";
  const size = encoder.encode(name).length;
  if (size > MAX_ROOM_NAME_BYTES) {
    return `the name has ${size} bytes, and ${MAX_ROOM_NAME_BYTES} is the most; choose a shorter one`;
  }
  if (/\s/u.test(name)) return "the name holds white space; use - or _ instead";
  if (isUnsafe(name)) return "the name holds a control character; use letters, digits, - or _";
  return undefined;
}

/**
 * Says what is wrong with a group address.
 *
 * @param address The address as text.
 * @returns The fault with what to do about it, or undefined if the address is fine.
 */
export function faultOfAddress(address: string): string | undefined {
  const isAddress = isIPv4(address);
  if (isAddress && address.startsWith("239.")) return undefined;
  const what = isAddress ? "is no group address of this directory" : "is no IPv4 address";
  return `"${sanitise(address)}" ${what}; choose one in 239.0.0.0-239.255.255.255`;
}

/**
 * Says what is wrong with a port.
 *
 * @param port The port as decimal text.
 * @returns The fault with what to do about it, or undefined if the port is fine.
 */
export function faultOfPort(port: string): string | undefined {
  if (/^[1-9]\d{0,4}$/.test(port) && Number(port) <= MAX_PORT) return undefined;
  return `"${sanitise(port)}" is no port; choose a number in 1-${MAX_PORT}`;
}

/**
 * Says what is wrong with a topic.
 *
 * @param topic The topic.
 * @returns The fault with what to do about it, or undefined if the topic is fine.
 */
export function faultOfTopic(topic: string): string | undefined {
  if (topic.trim() === "") return "the topic is empty; leave it out or say something";
  if (topic.length > MAX_TOPIC_LENGTH) {
    return `the topic has ${topic.length} characters, and ${MAX_TOPIC_LENGTH} is the most; shorten it`;
  }
  if (isUnsafe(topic)) return "the topic holds a control character; use one line of plain text";
  return undefined;
}

/**
 * Says what is wrong with the check value of a sealed room.
 *
 * @param sealed The value.
 * @returns The fault with what to do about it, or undefined if the value is fine.
 */
export function faultOfSeal(sealed: string): string | undefined {
  if (CHECK.test(sealed)) return undefined;
  return "the check value of the passphrase is not 16 bytes in base64url; use crds-client to seal it";
}

/** What somebody who makes a room says of it. */
export interface RoomWish {
  /** Its name. */
  readonly name: string;
  /** Its group address as text; allocated if not given. */
  readonly address?: string | undefined;
  /** Its port as decimal text; allocated if not given. */
  readonly port?: string | undefined;
  /** What it is about. */
  readonly topic?: string | undefined;
  /** The check value of its passphrase, for a sealed one. */
  readonly sealed?: string | undefined;
}

/**
 * Checks what somebody wishes, as far as it is said.
 *
 * @param wish What was asked for.
 * @throws {DirectoryError} If a part of it breaks the rules.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { DirectoryError } from "./directory_error.ts";
 *
 * checkWish({ name: "lab" });
 * assertThrows(() => checkWish({ name: "lab", address: "224.0.0.1" }), DirectoryError, "224.0.0.1");
 * ```
 */
export function checkWish({ name, address, port, topic, sealed }: RoomWish): void {
  const check = (code: DirectoryErrorCode, fault: string | undefined): void => {
    if (fault === undefined) return;
    throw new DirectoryError(code, `create room "${sanitise(name)}"`, fault);
  };
  check("BAD_NAME", faultOfName(name));
  // Rooms that have such a name since earlier keep it.
  const looksSealed = `names ending in ${SEALED_MARK} look like sealed rooms; choose another`;
  check("BAD_NAME", name.endsWith(SEALED_MARK) ? looksSealed : undefined);
  if (address !== undefined) check("BAD_ADDRESS", faultOfAddress(address));
  if (port !== undefined) check("BAD_PORT", faultOfPort(port));
  if (topic !== undefined) check("BAD_TOPIC", faultOfTopic(topic));
  if (sealed !== undefined) check("BAD_SEAL", faultOfSeal(sealed));
}
