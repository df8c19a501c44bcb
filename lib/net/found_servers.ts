/**
 * What the answers of many servers on several interfaces amount to.
 *
 * @module
 */

import { sanitise } from "../text.ts";
import { commonBits, type Place } from "./discovery_places.ts";
import { isLoopback } from "./interfaces.ts";
import { type DnsMessage, type DnsName, type DnsRecord, TYPE } from "./dns_message.ts";
import { sameName, SERVICE_TYPE } from "./dns_sd.ts";
import type { Endpoint } from "./endpoint.ts";

/** Most servers that are listed; a network has a handful, and nobody reads more. */
export const MAX_FOUND_SERVERS = 64;

/** Most addresses of one server that are kept. */
const MAX_ADDRESSES = 8;

/** Most further entries of one server that are kept. */
const MAX_TXT_ENTRIES = 16;

const decoder = new TextDecoder();

/** A server that announces itself. */
export interface FoundServer extends Endpoint {
  /** What it is called, safe to show. */
  readonly name: string;
  /** The IPv4 address where it can be reached from here. */
  readonly host: string;
  /** Its TCP port. */
  readonly port: number;
  /** What else it tells, such as `protocol` and `version`; safe to show. */
  readonly txt: Readonly<Record<string, string>>;
  /** The name of the interface it was found on. */
  readonly interface: string;
}

/** What is known of one server on one interface. */
interface Sighting {
  readonly name: string;
  readonly place: Place;
  srv?: { target: DnsName; port: number; source: string };
  txt?: Record<string, string>;
}

/** A host name's addresses, as they were told on one interface. */
interface Host {
  readonly name: DnsName;
  readonly place: Place;
  readonly addresses: Set<string>;
}

/** Takes answers and says which servers they tell of. */
export class FoundServers {
  readonly #sightings = new Map<string, Sighting>();
  readonly #hosts = new Map<string, Host>();

  /**
   * Takes a message.
   *
   * @param message A message of anybody.
   * @param source The IPv4 address it came from.
   * @param place The interface it came over.
   */
  hear(message: DnsMessage, source: string, place: Place): void {
    if (!message.response) return;
    const records = [...message.answers, ...message.additionals];
    for (const record of records) this.#hearPointer(record, place);
    for (const record of records) this.#hearService(record, source, place);
    // Last, since only the addresses of known hosts are kept.
    for (const record of records) this.#hearAddress(record, place);
  }

  /**
   * Lists the servers that are known well enough to connect to.
   *
   * @param places The interfaces, the best ones first. A server that was seen on several is listed
   * once: where it is seen from outside before loopback, since the way to the server is also the
   * way to the rooms.
   * @returns The servers by name, at most {@linkcode MAX_FOUND_SERVERS}.
   */
  list(places: readonly Place[]): FoundServer[] {
    const found = new Map<string, FoundServer>();
    const outside = places.filter(({ addresses }) => !isLoopback(addresses[0]));
    const loopback = places.filter(({ addresses }) => isLoopback(addresses[0]));
    for (const place of [...outside, ...loopback]) {
      for (const { name, place: seenOn, srv, txt = {} } of this.#sightings.values()) {
        if (seenOn !== place || srv === undefined) continue;
        const { port } = srv;
        const key = `${keyOf([name, ...srv.target], undefined)}:${port}`;
        if (found.has(key)) continue;
        const host = this.#hostOf(srv, place);
        found.set(key, { name: sanitise(name), host, port, txt, interface: place.name });
      }
    }
    return Array.from(found.values())
      .sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
      .slice(0, MAX_FOUND_SERVERS);
  }

  #hearPointer(record: DnsRecord, place: Place): void {
    if (record.type !== TYPE.PTR || !sameName(record.name, SERVICE_TYPE)) return;
    const name = instanceOf(record.target);
    if (name === undefined) return;
    const key = keyOf([name], place);
    if (record.ttl === 0) this.#sightings.delete(key);
    else if (!this.#sightings.has(key) && this.#sightings.size < MAX_FOUND_SERVERS * 4) {
      this.#sightings.set(key, { name, place });
    }
  }

  #hearService(record: DnsRecord, source: string, place: Place): void {
    if (record.type !== TYPE.SRV && record.type !== TYPE.TXT) return;
    const name = instanceOf(record.name);
    if (name === undefined || record.ttl === 0) return;
    const sighting = this.#sightings.get(keyOf([name], place));
    if (sighting === undefined) return;
    if (record.type === TYPE.TXT) sighting.txt = readTxt(record.strings);
    else if (record.port !== 0) {
      const { port, target } = record;
      sighting.srv = { port, target, source };
      const key = keyOf(target, place);
      // As many hosts as sightings at most: those that nobody names any more go.
      if (this.#hosts.size >= MAX_FOUND_SERVERS * 4) this.#hosts.clear();
      if (!this.#hosts.has(key)) {
        this.#hosts.set(key, { name: target, place, addresses: new Set() });
      }
    }
  }

  #hearAddress(record: DnsRecord, place: Place): void {
    if (record.type !== TYPE.A || record.ttl === 0 || !isHostAddress(record.address)) return;
    if (isLoopback(record.address) !== isLoopback(place.addresses[0])) return;
    const host = this.#hosts.get(keyOf(record.name, place));
    if (host !== undefined && host.addresses.size < MAX_ADDRESSES) {
      host.addresses.add(record.address);
    }
  }

  /** The address the answer came from, if it is one of the server's; else the nearest one. */
  #hostOf({ target, source }: { target: DnsName; source: string }, place: Place): string {
    const addresses = [...this.#hosts.get(keyOf(target, place))?.addresses ?? []];
    if (addresses.includes(source)) return source;
    const near = (address: string) => commonBits(address, place.addresses[0]);
    return addresses.sort((a, b) => near(b) - near(a))[0] ?? source;
  }
}

function instanceOf(name: DnsName): string | undefined {
  const [instance, ...type] = name;
  return instance !== undefined && sameName(type, SERVICE_TYPE) ? instance : undefined;
}

function keyOf(name: DnsName, place: Place | undefined): string {
  return JSON.stringify([place?.name, ...name.map((label) => label.toLowerCase())]);
}

function readTxt(strings: readonly Uint8Array[]): Record<string, string> {
  const entries: [string, string][] = [];
  for (const bytes of strings) {
    const [, key, value = ""] = /^([^=]+)=?(.*)$/s.exec(decoder.decode(bytes)) ?? [];
    if (key === undefined || entries.length >= MAX_TXT_ENTRIES) continue;
    entries.push([sanitise(key).toLowerCase(), sanitise(value)]);
  }
  // The first one of a key counts (RFC 6763, section 6.4).
  return Object.fromEntries(entries.reverse());
}

/** No host has 0.x, a group's or a broadcast address. */
function isHostAddress(address: string): boolean {
  const first = Number(address.split(".")[0]);
  return first > 0 && first < 224;
}
