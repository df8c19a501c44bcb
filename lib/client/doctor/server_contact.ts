/**
 * Asking the directory server, as far as it can be reached, for what an examination needs.
 *
 * @module
 */

import { allocateEndpoint } from "../../directory/allocation.ts";
import { endpointOf } from "../../directory/room.ts";
import { faultOfAddress, faultOfPort } from "../../directory/rules.ts";
import { reasonOf, UserError } from "../../errors.ts";
import { type Endpoint, formatEndpoint } from "../../net/endpoint.ts";
import { isIPv4 } from "../../net/ipv4.ts";
import { knownAs } from "../../net/known_servers.ts";
import { connectDirectory } from "../connector.ts";
import { type KnownServers, RememberedServers } from "../known_servers.ts";
import type { ListedRoom, RoomDirectory } from "../room_directory.ts";
import { SecureConnector } from "../secure_connector.ts";
import { SessionDirectory } from "../session_directory.ts";
import { UntrustedServer } from "../untrusted_server.ts";
import { isLoopback } from "../../net/interfaces.ts";
import type { RoomSeen, ServerSeen, TlsSeen } from "./observations.ts";

/** How long the server may take for all that it is asked at first, in milliseconds. */
const SERVER_PATIENCE_MS = 4_000;

/** What the server said. */
export interface Contact {
  /** How that went. */
  readonly seen: ServerSeen;
  /** The connection, if it stands; to be disposed. */
  readonly directory: RoomDirectory | undefined;
  /** The same, if it speaks the session protocol. */
  readonly session: SessionDirectory | undefined;
  /** Its rooms. */
  readonly rooms: readonly ListedRoom[];
}

/** Which server, and what is known of it. */
export interface ContactOptions {
  /** Finds out which server is meant. */
  readonly find: (signal: AbortSignal) => Promise<Endpoint>;
  /** The servers that are trusted; nothing is changed. Without it, nobody is asked for TLS. */
  readonly known?: KnownServers | undefined;
}

/**
 * Connects to the server and lists its rooms.
 *
 * @param options Which server.
 * @param signal Gives up.
 * @returns What came of it; it does not throw because of the server.
 */
export async function contactServer(
  { find, known }: ContactOptions,
  signal: AbortSignal,
): Promise<Contact> {
  let where: string | undefined;
  let directory: RoomDirectory | undefined;
  try {
    const endpoint = await find(signal);
    where = formatEndpoint(endpoint);
    const late = AbortSignal.any([signal, AbortSignal.timeout(SERVER_PATIENCE_MS)]);
    // No name is held: whoever examines takes none from the chat that the same person has open.
    const nobody = { resume: crypto.randomUUID() };
    const told: string[] = [];
    const isKnown = await known?.find(knownAs(endpoint)) !== undefined;
    directory = known === undefined
      ? await connectDirectory(endpoint, nobody, late)
      : await connectorOf(known, told).connect(endpoint, nobody, late);
    const asked = performance.now();
    const { rooms } = await directory.list(late);
    const answerMs = performance.now() - asked;
    const session = directory instanceof SessionDirectory ? directory : undefined;
    const { localAddress } = directory;
    const host = isIPv4(endpoint.host) ? endpoint.host : undefined;
    const address = session?.serverAddress.replace(/^::ffff:/i, "") ?? host;
    const made = rooms.map(({ createdAt = 0 }) => createdAt);
    return {
      directory,
      session,
      rooms,
      seen: {
        where,
        protocol: session === undefined ? "lab" : "session",
        localAddress,
        address,
        seenAs: session?.seenAs,
        tls: known && session && tlsOf(session, isKnown, told),
        here: isLoopback(localAddress) || localAddress === address,
        rooms: rooms.length,
        answerMs,
        aheadMs: Math.max(0, ...made) - Date.now(),
      },
    };
  } catch (error) {
    await directory?.[Symbol.asyncDispose]();
    signal.throwIfAborted();
    const failure = error instanceof UserError
      ? error.message
      : `Cannot connect to "${where ?? "the server"}": ${reasonOf(error)}.`;
    const untrusted = error instanceof UntrustedServer;
    const seen = { where, failure, untrusted };
    return { directory: undefined, session: undefined, rooms: [], seen };
  }
}

/** Who examines is to change nothing. */
function connectorOf(known: KnownServers, told: string[]): SecureConnector {
  return new SecureConnector({
    known: new RememberedServers((where) => known.find(where)),
    tell: (sentence) => told.push(sentence),
  });
}

function tlsOf({ session, tls }: SessionDirectory, isKnown: boolean, told: string[]): TlsSeen {
  const { fingerprint } = session;
  if (tls === undefined) return { kind: "none" };
  if (fingerprint === undefined) return { kind: "blocked", why: told.join(" ") };
  const kind = isKnown ? "known" : tls.ephemeral ? "ephemeral" : "new";
  return { kind, fingerprint };
}

/**
 * Chooses the room to examine, and asks who is in it.
 *
 * @param name What was named: a room's name, or `address:port`; undefined for any room.
 * @param contact What the server said.
 * @param signal Gives up.
 * @returns The room.
 */
export async function chooseRoom(
  name: string | undefined,
  { session, rooms, directory }: Contact,
  signal: AbortSignal,
): Promise<RoomSeen> {
  const room = name === undefined
    // Where most people are, most can answer.
    ? rooms.toSorted((a, b) => (b.members ?? 0) - (a.members ?? 0))[0]
    : rooms.find((each) => each.name === name || endpointOf(each) === name);
  if (room !== undefined) {
    const { address, port } = room;
    const legal = faultOfAddress(address) === undefined && faultOfPort(String(port)) === undefined;
    return {
      name: room.name,
      place: legal ? { address, port } : undefined,
      kind: name === undefined ? "picked" : "named",
      people: await peopleIn(room.name, session, signal),
      ...(room.sealed === undefined ? {} : { sealed: true }),
    };
  }
  const place = name === undefined ? undefined : placeOf(name);
  if (place !== undefined) return { name, place, kind: "named", people: undefined };
  const kind = directory === undefined ? "unknown" : name === undefined ? "none" : "missing";
  return { name, place: allocateEndpoint([], {}, Math.random)!, kind, people: undefined };
}

/** Reads `239.255.7.1:20100`: so a room can be examined without its server. */
function placeOf(name: string): RoomSeen["place"] {
  const [, address = "", port = ""] = /^([\d.]+):(\d+)$/.exec(name) ?? [];
  if (faultOfAddress(address) !== undefined || faultOfPort(port) !== undefined) return undefined;
  return { address, port: Number(port) };
}

async function peopleIn(
  room: string,
  session: SessionDirectory | undefined,
  signal: AbortSignal,
): Promise<RoomSeen["people"]> {
  try {
    const people = await session?.people.list(signal);
    return people?.filter((person) => person.room === room)
      .map(({ name, address }) => ({ name, address: address.replace(/^::ffff:/i, "") }));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
