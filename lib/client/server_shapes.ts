/**
 * What a server may send, checked where it comes in: JSON of a stranger becomes our types here and
 * nowhere else.
 *
 * @module
 */

import type { RoomChange, RoomList, RoomRecord, RoomWatch } from "../directory/room_methods.ts";
import {
  faultOfAddress,
  faultOfName,
  faultOfPort,
  faultOfSeal,
  MAX_TOPIC_LENGTH,
} from "../directory/rules.ts";
import { UserError } from "../errors.ts";
import { checkChatName } from "../framing/chat_name.ts";
import { isRecord } from "../json.ts";
import { isIPv4 } from "../net/ipv4.ts";
import { parsePem } from "../net/pem.ts";
import { isCertificateName } from "../net/trust_anchor.ts";
import { ANONYMOUS } from "../people/names.ts";
import type { HelloTls, PeopleList, PersonRecord } from "../people/people_methods.ts";
import { sanitise } from "../text.ts";

/** UTF-16 units of an address or of a name with an address in it: IPv6 with a zone, and to spare. */
const MAX_ADDRESS_LENGTH = 100;

/** UTF-16 units of a value that is shown as wrong: enough to see what it is. */
const MAX_SHOWN_LENGTH = 60;

/** UTF-16 units of a certificate in PEM: with the longest keys and many names, it has 8,000. */
const MAX_PEM_LENGTH = 16_000;

/** Something is not what the protocol says; the message is a part of a sentence: `a room ...`. */
export class ShapeError extends Error {
  /** The class's name, as errors have it. */
  override readonly name = "ShapeError";
}

type Fields = Readonly<Record<string, unknown>>;

/** What a server's greeting tells. */
export interface Greeting {
  /** The name it knows this client by. */
  readonly name: string;
  /** What it can do besides. */
  readonly features: ReadonlySet<string>;
  /** How it is reached in TLS; undefined if it is not. */
  readonly tls: HelloTls | undefined;
}

/**
 * Reads the answer to `hello`.
 *
 * @param value What the server sent.
 * @param named Whether a name was asked for: then the one that is held is a legal one.
 * @returns The name that the server knows this client by, its features, how it is reached in TLS.
 * @throws {ShapeError} If it is no such answer.
 */
export function greeting(value: unknown, named: boolean): Greeting {
  const { features, tls } = fieldsOf(value, "no object");
  const known = Array.isArray(features) ? features.filter((word) => typeof word === "string") : [];
  return {
    name: heldName(value, named),
    features: new Set(known),
    tls: tls === undefined ? undefined : helloTls(tls),
  };
}

function helloTls(value: unknown): HelloTls {
  const { port, name, certificate, ephemeral } = fieldsOf(value, 'no object in "tls"');
  const fail = (field: string, found: unknown): never => {
    throw new ShapeError(`the ${field} ${show(found)} in "tls"`);
  };
  if (typeof port !== "number" || faultOfPort(String(port)) !== undefined) {
    return fail("port", port);
  }
  if (typeof name !== "string" || !isCertificateName(name)) return fail("name", name);
  if (typeof certificate !== "string" || !isCertificate(certificate)) {
    return fail("certificate", certificate);
  }
  return { port, name, certificate, ephemeral: ephemeral === true };
}

/** What is checked is the form: nobody is trusted for having one. */
function isCertificate(text: string): boolean {
  if (text.length > MAX_PEM_LENGTH) return false;
  try {
    return parsePem(text).map(({ label }) => label).join() === "CERTIFICATE";
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function heldName(value: unknown, named: boolean): string {
  const { you } = fieldsOf(value, "no object");
  const { name } = fieldsOf(you, 'no object in "you"');
  const legal = typeof name === "string" &&
    (named ? isChatName(name) && !name.startsWith(ANONYMOUS) : isPersonName(name));
  if (!legal) throw new ShapeError(`the name ${show(name)} for you`);
  return name;
}

/**
 * Reads from the answer to `hello` where the server sees the client.
 *
 * @param value What the server sent.
 * @returns The IPv4 address; undefined if it told none.
 */
export function seenAddress(value: unknown): string | undefined {
  const { address } = fieldsOf(fieldsOf(value, "no object").you, 'no object in "you"');
  // A dual-stack socket has IPv4 addresses as "::ffff:192.168.1.5".
  const plain = typeof address === "string" ? address.replace(/^::ffff:/i, "") : "";
  return isIPv4(plain) ? plain : undefined;
}

/**
 * Reads a room.
 *
 * @param value What the server sent.
 * @returns The room, with nothing that is not known here.
 * @throws {ShapeError} If it is none.
 */
export function roomRecord(value: unknown): RoomRecord {
  const fields = fieldsOf(value, "a room that is no object");
  const { name, address, port, members, topic, createdAt, createdBy, sealed } = fields;
  const fail = (field: string, found: unknown): never => {
    throw new ShapeError(`a room whose ${field} is ${show(found)}`);
  };
  if (typeof name !== "string" || faultOfName(name) !== undefined) return fail("name", name);
  if (typeof address !== "string" || faultOfAddress(address) !== undefined) {
    return fail("address", address);
  }
  if (typeof port !== "number" || faultOfPort(String(port)) !== undefined) {
    return fail("port", port);
  }
  if (!isCount(members)) return fail("members", members);
  if (!isOptionalText(topic, MAX_TOPIC_LENGTH)) return fail("topic", topic);
  if (createdAt !== undefined && !isCount(createdAt)) return fail("createdAt", createdAt);
  if (!isOptionalText(createdBy, MAX_ADDRESS_LENGTH)) return fail("createdBy", createdBy);
  if (sealed !== undefined && (typeof sealed !== "string" || faultOfSeal(sealed) !== undefined)) {
    return fail("sealed", sealed);
  }
  return {
    name,
    address,
    port,
    ...(topic === undefined ? {} : { topic }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(sealed === undefined ? {} : { sealed }),
    members,
  };
}

/**
 * Reads the answer to `rooms.create`, `rooms.delete` and `rooms.find`.
 *
 * @param value What the server sent.
 * @param asked The name of the room that was asked for.
 * @returns The room.
 * @throws {ShapeError} If it is no such answer, or about another room.
 */
export function roomAnswer(value: unknown, asked: string): RoomRecord {
  const room = roomRecord(fieldsOf(value, "no object").room);
  if (room.name !== asked) throw new ShapeError(`another room, ${show(room.name)}`);
  return room;
}

/**
 * Reads a page of `rooms.list`.
 *
 * @param value What the server sent.
 * @param after What it was asked with: the next page begins after it.
 * @returns The page.
 * @throws {ShapeError} If it is none, or does not lead on.
 */
export function roomPage(value: unknown, after: string | undefined): RoomList {
  const { revision, rooms, next } = fieldsOf(value, "no object");
  const page = itemsOf(rooms, "rooms").map(roomRecord);
  if (!isCount(revision)) throw new ShapeError(`the revision ${show(revision)}`);
  if (next === undefined) return { revision, rooms: page };
  const leadsOn = typeof next === "string" && faultOfName(next) === undefined &&
    page.length > 0 && (after === undefined || next > after);
  if (!leadsOn) throw new ShapeError(`pages that lead nowhere (next is ${show(next)})`);
  return { revision, rooms: page, next };
}

/**
 * Reads a page of `people.list`. Who cannot be understood is left out: one person of an odd name
 * does not hide the others.
 *
 * @param value What the server sent.
 * @param after What it was asked with: the next page begins after it.
 * @returns The page.
 * @throws {ShapeError} If it is none, or does not lead on.
 */
export function peoplePage(value: unknown, after: number | undefined): PeopleList {
  const { people, next } = fieldsOf(value, "no object");
  const items = itemsOf(people, "people");
  const page = items.flatMap(knownPerson);
  if (next === undefined) return { people: page };
  const leadsOn = isCount(next) && items.length > 0 && next > (after ?? -1);
  if (!leadsOn) throw new ShapeError(`pages that lead nowhere (next is ${show(next)})`);
  return { people: page, next };
}

/**
 * Reads the answer to `people.rename`.
 *
 * @param value What the server sent.
 * @returns The name that is held now.
 * @throws {ShapeError} If it is no such answer.
 */
export function renamed(value: unknown): string {
  const { name } = fieldsOf(value, "no object");
  if (typeof name === "string" && isChatName(name)) return name;
  throw new ShapeError(`the name ${show(name)}`);
}

/**
 * Reads a `rooms.changed` notification, or one change of the answer to `rooms.watch`.
 *
 * @param value What the server sent.
 * @returns The change.
 * @throws {ShapeError} If it is none.
 */
export function roomChange(value: unknown): RoomChange {
  const { revision, kind, room } = fieldsOf(value, "a change that is no object");
  if (!isCount(revision)) throw new ShapeError(`the revision ${show(revision)}`);
  if (kind !== "created" && kind !== "deleted") {
    throw new ShapeError(`a change of the kind ${show(kind)}`);
  }
  return { revision, kind, room: roomRecord(room) };
}

/**
 * Reads the answer to `rooms.watch`.
 *
 * @param value What the server sent.
 * @returns The revision, and the changes that were missed if they are known.
 * @throws {ShapeError} If it is no such answer.
 */
export function roomWatch(value: unknown): RoomWatch {
  const { revision, changes } = fieldsOf(value, "no object");
  if (!isCount(revision)) throw new ShapeError(`the revision ${show(revision)}`);
  if (changes === undefined) return { revision };
  return { revision, changes: itemsOf(changes, "changes").map(roomChange) };
}

function knownPerson(value: unknown): PersonRecord[] {
  try {
    return [personRecord(value)];
  } catch (error) {
    if (error instanceof ShapeError) return [];
    throw error;
  }
}

function personRecord(value: unknown): PersonRecord {
  const { name, address, since, idle, room, account } = fieldsOf(
    value,
    "a person that is no object",
  );
  const fail = (field: string, found: unknown): never => {
    throw new ShapeError(`a person whose ${field} is ${show(found)}`);
  };
  if (typeof name !== "string" || !isPersonName(name)) return fail("name", name);
  if (typeof address !== "string" || address.length > MAX_ADDRESS_LENGTH) {
    return fail("address", address);
  }
  if (!isCount(since)) return fail("since", since);
  if (!isCount(idle)) return fail("idle", idle);
  const known = {
    name,
    address,
    since,
    idle,
    ...(account === true ? { account: true as const } : {}),
  };
  if (room === undefined) return known;
  if (typeof room !== "string" || faultOfName(room) !== undefined) return fail("room", room);
  return { ...known, room };
}

function fieldsOf(value: unknown, otherwise: string): Fields {
  if (isRecord(value)) return value as Fields;
  throw new ShapeError(`${otherwise} (${show(value)})`);
}

function itemsOf(value: unknown, field: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new ShapeError(`no list in "${field}" (${show(value)})`);
}

/** A number of things, seconds, milliseconds or a revision: whole, exact and not negative. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isOptionalText(value: unknown, max: number): value is string | undefined {
  return value === undefined || (typeof value === "string" && value.length <= max);
}

function isPersonName(name: string): boolean {
  // An IPv6 address has colons, which no chat name has.
  const anonymous = name.startsWith(ANONYMOUS) && name.length <= MAX_ADDRESS_LENGTH;
  return anonymous || isChatName(name);
}

/**
 * Says whether a server may call somebody so who has a name.
 *
 * @param name The name.
 * @returns True if it is a legal name as it stands.
 */
export function isChatName(name: string): boolean {
  try {
    return checkChatName(name) === name;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/**
 * Quotes what is wrong, short and safe to show.
 *
 * @param value Anything.
 * @returns A piece of a sentence.
 */
export function show(value: unknown): string {
  const text = sanitise(JSON.stringify(value) ?? "missing");
  return text.length <= MAX_SHOWN_LENGTH ? text : `${text.slice(0, MAX_SHOWN_LENGTH)}...`;
}
