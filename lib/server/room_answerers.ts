/**
 * Answers to probes: so a client learns that multicast gets through, even in an empty room.
 *
 * @module
 */

import { CONTROL_PORT, decodeControl, encodeControl } from "../framing/control.ts";
import { NOBODY } from "../framing/control_messages.ts";
import type { DatagramPort } from "../net/datagram.ts";
import { MulticastLink } from "../net/multicast.ts";
import type { RoomAddress } from "../room/room_address.ts";
import { TokenBucket } from "../room/token_bucket.ts";
import { Alarm } from "../rpc/alarm.ts";
import type { Clock } from "../rpc/ports.ts";
import { sanitise } from "../text.ts";

/** How long probes are answered after somebody asked for it, in milliseconds. */
export const ANSWER_LEASE = 60_000;

/**
 * Rooms in which probes are answered at one time: each takes two sockets, and 20,000 is the usual
 * hard limit of open files. Where more are wanted, the oldest lease ends.
 */
export const MAX_ANSWERED_ROOMS = 1_000;

/** Echoes per second in one room: enough for 20 clients that probe once a second. */
export const MAX_ECHOES_PER_SECOND = 20;

/** What {@linkcode RoomAnswerers} work with. */
export interface RoomAnswerersOptions {
  /** Where the time comes from. */
  readonly clock: Clock;
  /** Told of what goes wrong and belongs to no call. */
  readonly onProblem: (error: unknown) => void;
  /** Where sockets come from. */
  readonly sockets?: DatagramPort | undefined;
  /**
   * Rooms at one time.
   *
   * @default {MAX_ANSWERED_ROOMS}
   */
  readonly maxRooms?: number;
}

/** One room on one interface. */
interface Answerer {
  /** When its lease ends. */
  until: number;
  readonly link: Promise<MulticastLink>;
}

/** The answerers of one server; all sessions that ask for one room on one interface share one. */
export class RoomAnswerers implements AsyncDisposable {
  readonly #options: RoomAnswerersOptions;
  readonly #alarm: Alarm;
  /** All leases are equally long, so the order of the map is the order of their ends. */
  readonly #answerers = new Map<string, Answerer>();
  readonly #closing = new Set<Promise<void>>();

  /**
   * Begins with none.
   *
   * @param options What they work with.
   */
  constructor(options: RoomAnswerersOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.clock, (now) => this.#expire(now));
  }

  /** In how many rooms probes are answered now, counted by interface. */
  get size(): number {
    return this.#answerers.size;
  }

  /**
   * Answers the probes of a room for {@linkcode ANSWER_LEASE} from now on.
   *
   * @param room The room.
   * @param interfaceAddress The IPv4 address of the interface.
   * @returns Resolves when they are answered.
   * @throws {UserError} If the room's group cannot be joined.
   */
  async answer(room: RoomAddress, interfaceAddress: string): Promise<void> {
    const key = `${room.address}:${room.port} ${interfaceAddress}`;
    const { clock, maxRooms = MAX_ANSWERED_ROOMS } = this.#options;
    const known = this.#answerers.get(key);
    const answerer = known ?? { until: 0, link: this.#open(room, interfaceAddress) };
    answerer.until = clock.now() + ANSWER_LEASE;
    this.#answerers.delete(key);
    this.#answerers.set(key, answerer);
    this.#alarm.by(answerer.until);
    const [oldest] = this.#answerers.keys();
    if (this.#answerers.size > maxRooms && oldest !== undefined) this.#drop(oldest);
    try {
      await answerer.link;
    } catch (error) {
      if (this.#answerers.get(key) === answerer) this.#answerers.delete(key);
      throw error;
    }
  }

  /** Ends all leases. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#alarm.stop();
    for (const key of this.#answerers.keys()) this.#drop(key);
    await Promise.all(this.#closing);
  }

  #open(room: RoomAddress, interfaceAddress: string): Promise<MulticastLink> {
    const { clock, onProblem, sockets } = this.#options;
    const member = randomId();
    const bucket = new TokenBucket(MAX_ECHOES_PER_SECOND, MAX_ECHOES_PER_SECOND);
    const link = MulticastLink.open({
      group: { address: room.address, port: CONTROL_PORT },
      interfaceAddress,
      label: `room "${sanitise(room.name)}"`,
      onError: onProblem,
      ...(sockets === undefined ? {} : { port: sockets }),
      onDatagram: (bytes) => {
        const probe = decodeControl(bytes);
        if (probe?.kind !== "probe" || probe.roomPort !== room.port) return;
        if (!bucket.take(1, clock.now())) return;
        const { roomPort, token } = probe;
        const echo = encodeControl({ kind: "echo", roomPort, member, token });
        // What cannot leave is lost, as on any network; whoever asked will ask again.
        link.then((open) => open.send(echo)).catch(() => {});
      },
    });
    return link;
  }

  #expire(now: number): number {
    for (const [key, { until }] of this.#answerers) {
      if (until > now) return until;
      this.#drop(key);
    }
    return Infinity;
  }

  #drop(key: string): void {
    const answerer = this.#answerers.get(key);
    this.#answerers.delete(key);
    // One that could not be opened has told so already.
    const closing = answerer?.link.then((link) => link[Symbol.asyncDispose](), () => {});
    if (closing === undefined) return;
    this.#closing.add(closing);
    closing.finally(() => this.#closing.delete(closing));
  }
}

function randomId(): string {
  const id = crypto.getRandomValues(new Uint8Array(8)).toHex();
  return id === NOBODY ? randomId() : id;
}
