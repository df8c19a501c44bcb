/**
 * Makes a server known on its own networks, so that clients find it by themselves (RFC 6762, RFC 6763).
 *
 * @module
 */

import { reasonOf } from "../errors.ts";
import { sanitise } from "../text.ts";
import { AnnouncedPlace } from "./announced_place.ts";
import type { DatagramPort, SocketAddress } from "./datagram.ts";
import { cameOver, placesFor } from "./discovery_places.ts";
import type { DnsMessage } from "./dns_message.ts";
import {
  announcement,
  asksFor,
  directAnswer,
  goodbye,
  instanceLabel,
  MDNS_GROUP,
  probeQuery,
  rivalOf,
  type Service,
} from "./dns_sd.ts";
import type { InterfaceAddress } from "./interfaces.ts";
import { pause } from "./pause.ts";

/** How often a name is asked for before it is taken (RFC 6762, section 8.1). */
const PROBES = 3;

/** How long an answer to a probe is waited for, in milliseconds (section 8.1). */
const PROBE_INTERVAL = 250;

/** An announcement is said twice, that far apart, in milliseconds (section 8.3). */
const REPEAT_AFTER = 1_000;

/** So many names are tried; somebody who takes them all does not want us to be found. */
const MAX_NAMES = 15;

/** The goodbye must not hold up the end of the program, in milliseconds. */
const GOODBYE_TIMEOUT = 500;

/** What {@linkcode announceServer} needs. */
export interface AnnounceOptions {
  /** What people see; when another server has it, ` (2)` and so on is added. */
  readonly name: string;
  /** The server's TCP port. */
  readonly port: number;
  /** The IP address the server listens on: it is announced only where it can be reached. */
  readonly host: string;
  /** The interfaces of this machine, all of them. */
  readonly interfaces: readonly InterfaceAddress[];
  /** What else is told beside `protocol=1`, such as `version`. */
  readonly txt?: Readonly<Record<string, string>>;
  /** Called with one sentence for what goes wrong; the server runs on without being found there. */
  readonly onProblem: (sentence: string) => void;
  /**
   * How long an answer to each of three probes is waited for, in milliseconds.
   *
   * @default {250}
   */
  readonly probeInterval?: number;
  /**
   * Where sockets come from.
   *
   * @default {systemDatagrams}
   */
  readonly datagrams?: DatagramPort;
}

/** A server that can be found. Disposal says goodbye, within half a second; it may be repeated. */
export interface Announcement extends AsyncDisposable {
  /** The name as it is announced, or tried, now. */
  readonly name: string;
  /** Resolves with true when the server was announced, with false when it will not be. */
  readonly announced: Promise<boolean>;
}

/**
 * Announces a server as `_crds._tcp` on the interfaces that it listens on, and answers who asks.
 *
 * @param options The server and the interfaces.
 * @returns The announcement, which comes about in the background in about a second.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const problems: string[] = [];
 * await using announcement = announceServer({
 *   name: "CRDS on the moon",
 *   port: 50001,
 *   host: "127.0.0.1",
 *   interfaces: [{ name: "lo", family: "IPv4", address: "127.0.0.1", mac: "00:00:00:00:00:00" }],
 *   onProblem: (sentence) => problems.push(sentence),
 * });
 * assertEquals(await announcement.announced, true, problems.join());
 * ```
 */
export function announceServer(options: AnnounceOptions): Announcement {
  return new ServerAnnouncement(options);
}

/**
 * Makes the name of a server that was given none.
 *
 * @returns `CRDS on <hostname>`, or `CRDS` without `--allow-sys=hostname`.
 */
export function defaultServerName(): string {
  try {
    return `CRDS on ${Deno.hostname().replace(/\..*$/, "")}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return "CRDS";
    throw error;
  }
}

class ServerAnnouncement implements Announcement {
  readonly announced: Promise<boolean>;
  readonly #options: AnnounceOptions;
  readonly #places: AnnouncedPlace[] = [];
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #service: Service;
  #phase: "probing" | "announced" | "ended" = "probing";
  /** Aborted when somebody else has the name. */
  #lost = new AbortController();
  #disposed: Promise<void> | undefined;

  constructor(options: AnnounceOptions) {
    this.#options = options;
    this.#service = {
      instance: instanceLabel(options.name, 1),
      // A host name that nobody else has: its addresses differ from interface to interface.
      target: `crds-${crypto.randomUUID()}`,
      port: options.port,
      txt: { protocol: "1", ...options.txt },
    };
    const announced = Promise.withResolvers<boolean>();
    this.announced = announced.promise;
    this.#running = this.#run(() => announced.resolve(true))
      .catch((error) => this.#report(`Cannot announce this server: ${reasonOf(error)}.`))
      .finally(() => announced.resolve(false));
  }

  get name(): string {
    return this.#service.instance;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposed ??= this.#end();
  }

  async #end(): Promise<void> {
    const wasAnnounced = this.#phase === "announced";
    this.#phase = "ended";
    this.#stop.abort();
    const said = new AbortController();
    const saying = wasAnnounced ? this.#multicast(goodbye) : this.#running;
    await Promise.race([saying, pause(GOODBYE_TIMEOUT, said.signal)]);
    said.abort();
    await Promise.all(this.#places.map((place) => place[Symbol.asyncDispose]()));
    await this.#running;
  }

  async #run(onAnnounced: () => void): Promise<void> {
    await this.#open();
    if (this.#places.length === 0) return;
    for (let attempt = 1; attempt <= MAX_NAMES; attempt++) {
      if (this.#phase === "ended") return;
      this.#service = { ...this.#service, instance: instanceLabel(this.#options.name, attempt) };
      this.#phase = "probing";
      this.#lost = new AbortController();
      const signal = AbortSignal.any([this.#stop.signal, this.#lost.signal]);
      if (!await this.#probe(signal)) continue;
      this.#phase = "announced";
      await this.#multicast(announcement);
      onAnnounced();
      if (await pause(REPEAT_AFTER, signal)) await this.#multicast(announcement);
      await pause(Infinity, signal);
    }
    if (this.#stop.signal.aborted) return;
    this.#phase = "ended";
    this.#report(
      `Cannot announce this server as "${sanitise(this.#options.name)}": that name and ` +
        `${MAX_NAMES - 1} like it are taken. Choose another name.`,
    );
  }

  /** Opens every interface; one that fails does not hinder the others. */
  async #open(): Promise<void> {
    const { host, interfaces, probeInterval = PROBE_INTERVAL, datagrams } = this.#options;
    const places = placesFor(host, interfaces);
    if (places.length === 0) {
      this.#report(
        `Cannot announce this server: it listens on ${sanitise(host)}, which is no IPv4 address ` +
          `of this machine. Clients must name its address.`,
      );
    }
    for (const place of places) {
      const opened = await AnnouncedPlace.open({
        place,
        defenceGap: probeInterval,
        onMessage: (message, source, at) => this.#hear(message, source, at),
        onProblem: (sentence) => this.#report(sentence),
        datagrams,
      });
      if (opened === undefined) continue;
      this.#places.push(opened);
      // Disposal may have gone through the list already.
      if (this.#disposed !== undefined) await opened[Symbol.asyncDispose]();
    }
  }

  /** Asks three times whether the name is taken; false if it is, or at the end. */
  async #probe(signal: AbortSignal): Promise<boolean> {
    const { probeInterval = PROBE_INTERVAL } = this.#options;
    // So that programs started together do not all speak at once (RFC 6762, section 8.1).
    if (!await pause(Math.random() * probeInterval, signal)) return false;
    for (let i = 0; i < PROBES; i++) {
      await this.#multicast(probeQuery);
      if (!await pause(probeInterval, signal)) return false;
    }
    return true;
  }

  async #multicast(
    make: (service: Service, addresses: readonly string[]) => DnsMessage,
  ): Promise<void> {
    await Promise.all(
      this.#places.map((at) => at.multicast(make(this.#service, at.place.addresses))),
    );
  }

  #hear(message: DnsMessage, source: SocketAddress, at: AnnouncedPlace): void {
    if (this.#phase === "ended" || !cameOver(source.address, at.place, this.#options.interfaces)) {
      return;
    }
    const member = source.port === MDNS_GROUP.port;
    // Who answers or claims a name must do so from that port (RFC 6762, section 6).
    const rival = member ? rivalOf(message, this.#service) : undefined;
    if (rival !== undefined) return this.#contend(rival, message, at);
    if (this.#phase !== "announced" || !asksFor(message, this.#service)) return;
    if (member) this.#answerSoon(at, false);
    else at.answer(directAnswer(message, this.#service, at.place.addresses), source);
  }

  /**
   * Somebody else has or wants our name. Who has it keeps it; between two who both have it, or
   * both want it, the later host name wins (RFC 6762, sections 8.2 and 9, simplified).
   */
  #contend(rival: string, message: DnsMessage, at: AnnouncedPlace): void {
    const weaker = `${this.#service.target}.local` < rival.toLowerCase();
    const settled = this.#phase === "probing" && message.response;
    if (this.#phase === "announced" && (!message.response || !weaker)) {
      this.#answerSoon(at, true);
    } else if (settled || weaker) {
      this.#lost.abort();
    }
  }

  #answerSoon(at: AnnouncedPlace, urgent: boolean): void {
    const answer = () => announcement(this.#service, at.place.addresses);
    at.answerSoon(() => this.#phase === "announced" ? answer() : undefined, urgent);
  }

  #report(sentence: string): void {
    try {
      this.#options.onProblem(sentence);
    } catch (error) {
      reportError(error);
    }
  }
}
