/**
 * Finds the servers that announce themselves on the networks of this machine (RFC 6762, RFC 6763).
 *
 * @module
 */

import type { DatagramPort, SocketAddress } from "./datagram.ts";
import { cameOver, type Place, placesOf } from "./discovery_places.ts";
import type { DnsMessage } from "./dns_message.ts";
import { browseQuery, MDNS_GROUP } from "./dns_sd.ts";
import { type FoundServer, FoundServers } from "./found_servers.ts";
import type { InterfaceAddress } from "./interfaces.ts";
import { explainMdns, MdnsLink } from "./mdns_link.ts";
import { pause } from "./pause.ts";

export type { FoundServer } from "./found_servers.ts";

/** How long answers are waited for, in milliseconds: three questions, for networks that lose some. */
export const DISCOVERY_TIMEOUT = 1_500;

/** How long nobody new must have answered before it is enough, in milliseconds. */
export const FIRST_AFTER = 300;

/**
 * How long answers are waited for in any case, in milliseconds: until the second question, for a
 * server that did not hear the first, and its answer, which comes within 120 ms (RFC 6762, section 6)
 * on a network that takes its time.
 */
export const LEAST_WAIT = 600;

/** When it is asked, as parts of the whole time. */
const ASK_AT: readonly number[] = [0, 1 / 6, 1 / 2];

/** What {@linkcode discoverServers} needs. */
export interface DiscoverOptions {
  /** Where to ask, the best interfaces first: see `discoveryInterfaces()`. */
  readonly interfaces: readonly InterfaceAddress[];
  /**
   * How long answers are waited for, in milliseconds.
   *
   * @default {DISCOVERY_TIMEOUT}
   */
  readonly timeout?: number;
  /**
   * How long others may still answer after the latest one that was new, in milliseconds, but
   * {@linkcode LEAST_WAIT} in all; Infinity to wait the whole time.
   *
   * @default {FIRST_AFTER}
   */
  readonly firstAfter?: number;
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
  /** Called with one sentence for each interface on which nobody can be asked. It must not throw. */
  readonly onProblem?: (sentence: string) => void;
  /**
   * Where sockets come from.
   *
   * @default {systemDatagrams}
   */
  readonly datagrams?: DatagramPort;
  /**
   * How it waits.
   *
   * @default {pause}
   */
  readonly wait?: typeof pause;
}

/**
 * Asks who is there, and listens for a while.
 *
 * @param options Where to ask, and for how long.
 * @returns The servers by name; each once, with an address that can be reached from here.
 * @throws {DOMException} Named `AbortError` (or the signal's reason) if aborted.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const lo = { name: "lo", family: "IPv4", address: "127.0.0.1", mac: "" } as const;
 * const servers = await discoverServers({ interfaces: [lo], timeout: 50 });
 * assertEquals(servers.every(({ host }) => host.startsWith("127.")), true);
 * ```
 */
export async function discoverServers(options: DiscoverOptions): Promise<FoundServer[]> {
  const { interfaces, timeout = DISCOVERY_TIMEOUT, firstAfter = FIRST_AFTER, signal } = options;
  const { wait = pause } = options;
  signal?.throwIfAborted();
  const places = placesOf(interfaces);
  const servers = new FoundServers();
  const over = new AbortController();
  const ending = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  let count = 0;
  const leastWait = wait(LEAST_WAIT, ending);
  const onAnswer = (message: DnsMessage, source: SocketAddress, place: Place) => {
    // An answer from another port is none (RFC 6762, section 6).
    if (source.port !== MDNS_GROUP.port || !cameOver(source.address, place, interfaces)) return;
    servers.hear(message, source.address, place);
    const known = servers.list(places).length;
    if (known <= count) return;
    count = known;
    // Who answers meanwhile waits anew.
    void Promise.all([wait(firstAfter, ending), leastWait]).then(() => {
      if (count === known) over.abort();
    });
  };

  await using opened = new AsyncDisposableStack();
  const askers = await Promise.all(places.map((place) => openAsker(place, onAnswer, options)));
  const able = askers.filter((asker) => asker !== undefined);
  for (const asker of able) opened.use(asker);
  let passed = 0;
  for (const part of able.length === 0 ? [] : [...ASK_AT, 1]) {
    if (!await wait((part - passed) * timeout, ending)) break;
    passed = part;
    if (part < 1) await Promise.all(able.map((asker) => asker.ask()));
  }
  over.abort();
  signal?.throwIfAborted();
  return servers.list(places);
}

/** Asks on one interface. */
interface Asker extends AsyncDisposable {
  /** Asks once; it never rejects. */
  ask(): Promise<void>;
}

/**
 * Asks in two ways: from a port of its own, which is answered directly (Wi-Fi repeats what is lost
 * of that), and as a member of the group, for firewalls that let only port 5353 in.
 */
async function openAsker(
  place: Place,
  onAnswer: (message: DnsMessage, source: SocketAddress, place: Place) => void,
  { onProblem = () => {}, datagrams }: DiscoverOptions,
): Promise<Asker | undefined> {
  const [interfaceAddress] = place.addresses;
  let failed = false;
  const report = (error: unknown) => {
    if (failed) return;
    failed = true;
    onProblem(
      `Cannot look for servers on ${place.name} (${interfaceAddress}): ${explainMdns(error)}.`,
    );
  };
  const open = async (member: boolean) => {
    const id = member ? 0 : 1 + Math.floor(Math.random() * 0xffff);
    const link = await MdnsLink.open({
      interfaceAddress,
      member,
      onMessage(message, source) {
        if (member || message.id === id) onAnswer(message, source, place);
      },
      onError: report,
      datagrams,
    });
    return { link, query: browseQuery(id) };
  };
  // Another program may keep port 5353 to itself: then the first way has to do.
  const tried = await Promise.allSettled([open(false), open(true)]);
  const ways = tried.filter((way) => way.status === "fulfilled").map(({ value }) => value);
  if (ways.length === 0 && tried[0].status === "rejected") report(tried[0].reason);
  return ways.length === 0 ? undefined : {
    async ask() {
      await Promise.all(ways.map(({ link, query }) => link.send(query).catch(report)));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(ways.map(({ link }) => link[Symbol.asyncDispose]()));
    },
  };
}
