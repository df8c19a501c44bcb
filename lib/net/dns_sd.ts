/**
 * A directory server as records of DNS service discovery (RFC 6763), and back.
 *
 * @module
 */

import { sanitise } from "../text.ts";
import {
  type DnsMessage,
  type DnsName,
  type DnsRecord,
  MAX_LABEL_BYTES,
  TYPE,
} from "./dns_message.ts";

/** Where everybody asks and answers (RFC 6762, section 3). */
export const MDNS_GROUP = { address: "224.0.0.251", port: 5353 } as const;

/** The kind of service a CRDS is. */
export const SERVICE_TYPE: DnsName = ["_crds", "_tcp", "local"];

/** The name under which all kinds of services are listed (RFC 6763, section 9). */
const ALL_TYPES: DnsName = ["_services", "_dns-sd", "_udp", "local"];

/** How long others may believe a record, in seconds (RFC 6762, section 10). */
const HOST_TTL = 120;
const OTHER_TTL = 4500;
/** The same for askers that are no mDNS listeners (RFC 6762, section 6.7). */
const LEGACY_TTL = 10;

const encoder = new TextEncoder();

/** A server, as it is announced. */
export interface Service {
  /** What people call it: one label, see {@linkcode instanceLabel}. */
  readonly instance: string;
  /** The first label of its host name, different for each announcer. */
  readonly target: string;
  /** Its TCP port. */
  readonly port: number;
  /** What else is told, as `key=value`; beyond 255 bytes an entry is cut (RFC 6763, section 6.1). */
  readonly txt: Readonly<Record<string, string>>;
}

/**
 * Makes a label of a name that people gave, with a number if it is not the first choice.
 *
 * @param name Any text.
 * @param attempt 1 for the name itself, 2 for `name (2)` and so on.
 * @returns 1-63 bytes of printable UTF-8.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(instanceLabel("CRDS on lab-7", 1), "CRDS on lab-7");
 * assertEquals(instanceLabel("CRDS on lab-7", 2), "CRDS on lab-7 (2)");
 * ```
 */
export function instanceLabel(name: string, attempt: number): string {
  const suffix = attempt === 1 ? "" : ` (${attempt})`;
  const bytes = new Uint8Array(MAX_LABEL_BYTES - suffix.length);
  const clean = sanitise(name).trim() || "CRDS";
  // encodeInto never cuts a character in the middle.
  const { read } = encoder.encodeInto(clean, bytes);
  return clean.slice(0, read).trim() + suffix;
}

/**
 * Asks for all servers.
 *
 * @param id The query's number, 0 if the answers are multicast.
 * @returns The query.
 */
export function browseQuery(id: number): DnsMessage {
  return message({ id, questions: [{ name: SERVICE_TYPE, type: TYPE.PTR }] });
}

/**
 * Asks whether anybody has the service's name, and tells who wants it (RFC 6762, section 8.1).
 *
 * @param service The service.
 * @returns The query.
 */
export function probeQuery(service: Service): DnsMessage {
  return message({
    questions: [{ name: instanceName(service), type: TYPE.ANY }],
    authorities: [srvOf(service, HOST_TTL, false)],
  });
}

/**
 * Tells everything about a service; an announcement and an answer are the same.
 *
 * @param service The service.
 * @param addresses The IPv4 addresses where this message is sent.
 * @returns The message for the group.
 */
export function announcement(service: Service, addresses: readonly string[]): DnsMessage {
  return message({
    response: true,
    answers: [
      pointer(SERVICE_TYPE, instanceName(service), OTHER_TTL),
      ...owned(service, addresses, OTHER_TTL, HOST_TTL, true),
    ],
    additionals: [pointer(ALL_TYPES, SERVICE_TYPE, OTHER_TTL)],
  });
}

/**
 * Takes everything about a service back (RFC 6762, section 10.1).
 *
 * @param service The service.
 * @param addresses The addresses that were announced.
 * @returns The message for the group.
 */
export function goodbye(service: Service, addresses: readonly string[]): DnsMessage {
  return message({
    response: true,
    answers: [
      pointer(SERVICE_TYPE, instanceName(service), 0),
      ...owned(service, addresses, 0, 0, true),
    ],
  });
}

/**
 * Answers one who asked from a port of its own, as a plain DNS server does (RFC 6762, section 6.7).
 *
 * @param query What was asked.
 * @param service The service.
 * @param addresses The IPv4 addresses where this message is sent.
 * @returns The message for the asker alone.
 */
export function directAnswer(
  query: DnsMessage,
  service: Service,
  addresses: readonly string[],
): DnsMessage {
  return message({
    id: query.id,
    response: true,
    questions: query.questions,
    answers: [pointer(SERVICE_TYPE, instanceName(service), LEGACY_TTL)],
    additionals: [
      ...owned(service, addresses, LEGACY_TTL, LEGACY_TTL, false),
      pointer(ALL_TYPES, SERVICE_TYPE, LEGACY_TTL),
    ],
  });
}

/**
 * Says whether a query asks for a service and does not know it already.
 *
 * @param query A message of anybody.
 * @param service The service.
 * @returns True if it is to be answered.
 */
export function asksFor(query: DnsMessage, service: Service): boolean {
  if (query.response) return false;
  const instance = instanceName(service);
  const asks = (name: DnsName, ...types: number[]) =>
    query.questions.some((question) =>
      sameName(question.name, name) &&
      (question.type === TYPE.ANY || types.includes(question.type))
    );
  if (
    asks(instance, TYPE.SRV, TYPE.TXT) || asks([service.target, "local"], TYPE.A) ||
    asks(ALL_TYPES, TYPE.PTR)
  ) return true;
  // Who believes it for at least half its time needs no answer (RFC 6762, section 7.1).
  return asks(SERVICE_TYPE, TYPE.PTR) &&
    !query.answers.some((known) =>
      known.type === TYPE.PTR && known.ttl >= OTHER_TTL / 2 &&
      sameName(known.name, SERVICE_TYPE) && sameName(known.target, instance)
    );
}

/**
 * Finds somebody else who has or wants the service's name.
 *
 * @param heard A message of anybody.
 * @param service The service.
 * @returns The other's host name, or undefined if there is nobody.
 */
export function rivalOf(heard: DnsMessage, service: Service): string | undefined {
  const instance = instanceName(service);
  const records = heard.response ? [...heard.answers, ...heard.additionals] : heard.authorities;
  for (const record of records) {
    if (record.type !== TYPE.SRV || record.ttl === 0 || !sameName(record.name, instance)) continue;
    if (!sameName(record.target, [service.target, "local"])) return record.target.join(".");
  }
  return undefined;
}

/**
 * Says whether two names are the same; case does not count (RFC 6762, section 16).
 *
 * @param a A name.
 * @param b Another.
 * @returns True if they are.
 */
export function sameName(a: DnsName, b: DnsName): boolean {
  return a.length === b.length &&
    a.every((label, i) => label.toLowerCase() === b[i]?.toLowerCase());
}

/** The records that nobody else may have. */
function owned(
  service: Service,
  addresses: readonly string[],
  ttl: number,
  hostTtl: number,
  flush: boolean,
): DnsRecord[] {
  const entries = Object.entries(service.txt);
  return [
    srvOf(service, hostTtl, flush),
    {
      name: instanceName(service),
      type: TYPE.TXT,
      ttl,
      flush,
      strings: entries.map(([key, value]) => encoder.encode(`${key}=${value}`).subarray(0, 255)),
    },
    ...addresses.map((address): DnsRecord => ({
      name: [service.target, "local"],
      type: TYPE.A,
      ttl: hostTtl,
      flush,
      address,
    })),
  ];
}

function srvOf(service: Service, ttl: number, flush: boolean): DnsRecord {
  const { port, target } = service;
  const name = instanceName(service);
  return { name, type: TYPE.SRV, ttl, flush, port, target: [target, "local"] };
}

/** A record that others may have too, so that it never replaces theirs. */
function pointer(name: DnsName, target: DnsName, ttl: number): DnsRecord {
  return { name, type: TYPE.PTR, ttl, flush: false, target };
}

function instanceName({ instance }: Service): DnsName {
  return [instance, ...SERVICE_TYPE];
}

function message(parts: Partial<DnsMessage>): DnsMessage {
  const empty = { id: 0, response: false, questions: [], answers: [] };
  return { ...empty, authorities: [], additionals: [], ...parts };
}
