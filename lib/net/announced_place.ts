/**
 * A server's announcements on one interface: sent when due, never more often than is good.
 *
 * @module
 */

import type { DatagramPort, SocketAddress } from "./datagram.ts";
import type { Place } from "./discovery_places.ts";
import type { DnsMessage } from "./dns_message.ts";
import { explainMdns, MdnsLink } from "./mdns_link.ts";

/** What is multicast again waits that long, in milliseconds (RFC 6762, section 6). */
const MULTICAST_GAP = 1_000;

/** An answer waits at random, so that not all servers talk at once, in milliseconds (section 6). */
const REPLY_DELAY = { min: 20, max: 120 } as const;

/** Most direct answers a second: enough for a lab that starts up, too few to flood anybody. */
const MAX_DIRECT_PER_SECOND = 200;

/** What {@linkcode AnnouncedPlace.open} needs. */
export interface AnnouncedPlaceOptions {
  /** The interface. */
  readonly place: Place;
  /** What defends a name waits that long instead of a second, in milliseconds (RFC 6762, section 6). */
  readonly defenceGap: number;
  /** Called for each message that is heard. */
  readonly onMessage: (message: DnsMessage, source: SocketAddress, place: AnnouncedPlace) => void;
  /** Called with one sentence when something begins to go wrong. It must not throw. */
  readonly onProblem: (sentence: string) => void;
  /** Where sockets come from. */
  readonly datagrams?: DatagramPort | undefined;
}

/** One interface on which a server is announced. */
export class AnnouncedPlace implements AsyncDisposable {
  /** The interface. */
  readonly place: Place;
  readonly #defenceGap: number;
  readonly #onProblem: (sentence: string) => void;
  #link: MdnsLink | undefined;
  #failing = false;
  #lastMulticast = -Infinity;
  #replyTimer: ReturnType<typeof setTimeout> | undefined;
  #directSecond = 0;
  #directCount = 0;

  private constructor({ place, defenceGap, onProblem }: AnnouncedPlaceOptions) {
    this.place = place;
    this.#defenceGap = defenceGap;
    this.#onProblem = onProblem;
  }

  /**
   * Opens the interface.
   *
   * @param options The interface and who is called.
   * @returns It, or undefined if that fails; then the problem was reported.
   */
  static async open(options: AnnouncedPlaceOptions): Promise<AnnouncedPlace | undefined> {
    const announced = new AnnouncedPlace(options);
    try {
      announced.#link = await MdnsLink.open({
        interfaceAddress: options.place.addresses[0],
        member: true,
        onMessage: (message, source) => options.onMessage(message, source, announced),
        onError: (error) => announced.#link === undefined || announced.#report(error),
        datagrams: options.datagrams,
      });
      return announced;
    } catch (error) {
      announced.#report(error);
      return undefined;
    }
  }

  /**
   * Sends a message to the group at once.
   *
   * @param message The message.
   * @returns A promise that resolves when it is sent or has failed; it never rejects.
   */
  async multicast(message: DnsMessage): Promise<void> {
    this.#lastMulticast = performance.now();
    await this.#send(message);
  }

  /**
   * Sends an answer to the group soon; when one waits already, that one serves.
   *
   * @param make Makes the answer when it is sent; undefined if it is not needed any more.
   * @param urgent True to defend a name: at once, if possible, instead of the one that waits.
   */
  answerSoon(make: () => DnsMessage | undefined, urgent: boolean): void {
    if (this.#link === undefined || (this.#replyTimer !== undefined && !urgent)) return;
    clearTimeout(this.#replyTimer);
    const { min, max } = REPLY_DELAY;
    const delay = urgent ? 0 : min + Math.random() * (max - min);
    const gap = urgent ? this.#defenceGap : MULTICAST_GAP;
    this.#replyTimer = setTimeout(() => {
      this.#replyTimer = undefined;
      const message = make();
      if (message !== undefined) void this.multicast(message);
    }, Math.max(delay, this.#lastMulticast + gap - performance.now()));
  }

  /**
   * Answers one asker, unless too many ask.
   *
   * @param message The answer.
   * @param to The asker.
   */
  answer(message: DnsMessage, to: SocketAddress): void {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#directSecond) this.#directCount = 0;
    this.#directSecond = second;
    if (++this.#directCount <= MAX_DIRECT_PER_SECOND) void this.#send(message, to);
  }

  /** Closes the interface; what waits is not sent. */
  async [Symbol.asyncDispose](): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    clearTimeout(this.#replyTimer);
    await link?.[Symbol.asyncDispose]();
  }

  async #send(message: DnsMessage, to?: SocketAddress): Promise<void> {
    try {
      await this.#link?.send(message, to);
      this.#failing = false;
    } catch (error) {
      // An asker that cannot be reached is no problem of the server.
      if (this.#link !== undefined && to === undefined) this.#report(error);
    }
  }

  #report(error: unknown): void {
    if (this.#failing) return;
    this.#failing = true;
    const { name, addresses } = this.place;
    this.#onProblem(
      `Cannot announce this server on ${name} (${addresses[0]}): ${explainMdns(error)}. ` +
        `Clients there must name its address.`,
    );
  }
}
