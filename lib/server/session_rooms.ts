/**
 * The rooms that one session is in through the server, and what its client may call about them.
 *
 * @module
 */

import type { Directory } from "../directory/directory.ts";
import type { Room } from "../directory/room.ts";
import { decodeBase64, encodeBase64 } from "../framing/base64.ts";
import { MAX_CHAT_LINE_BYTES } from "../framing/chat_line.ts";
import type { SocketAddress } from "../net/datagram.ts";
import { type Endpoint, formatEndpoint } from "../net/endpoint.ts";
import {
  type CheckParams,
  type CheckResult,
  type EndedParams,
  type HeardParams,
  type JoinParams,
  type JoinResult,
  RELAY_FEATURE,
  type RoomLinkMethodMap,
  type SendParams,
} from "../room/relay_methods.ts";
import { formatNotification } from "../rpc/message.ts";
import { refusal } from "../rpc/rpc_error.ts";
import { sanitise } from "../text.ts";
import type { Relay } from "./relay.ts";
import type { RelayWish, RoomRelays } from "./room_relays.ts";
import type { StatusEvent, StatusLog } from "./status_event.ts";

/** Relays of one session: nobody sits in more rooms than that, and one may not take all places. */
export const MAX_SESSION_RELAYS = 4;

/** What {@linkcode SessionRooms} work with. */
export interface SessionRoomsOptions {
  /** The rooms there are. */
  readonly directory: Directory;
  /** The server's relays; undefined if it does not relay. */
  readonly relays: RoomRelays | undefined;
  /** The client's address and port. */
  readonly peer: Endpoint;
  /** The address of this machine that the client connected to. */
  readonly local: string;
  /** Sends a notification, as a line, to the client. */
  readonly post: (line: string) => void;
  /** Whether the client does not read as fast as it is sent to. */
  readonly congested: () => boolean;
  /** Where the operator is told. */
  readonly log: StatusLog;
}

/** One function per method; parameters have been checked against the method's table. */
export type RoomLinkHandlers = {
  readonly [Name in keyof RoomLinkMethodMap]: (
    params: RoomLinkMethodMap[Name]["params"],
  ) => RoomLinkMethodMap[Name]["result"] | Promise<RoomLinkMethodMap[Name]["result"]>;
};

/** A relay that is open. */
interface Member {
  readonly number: number;
  readonly room: string;
  readonly relay: Relay;
}

/** The relays of one session. Dispose it when the connection has ended. */
export class SessionRooms implements AsyncDisposable {
  readonly #options: SessionRoomsOptions;
  readonly #peer: string;
  readonly #members = new Map<number, Member>();
  /** What is being opened or closed. */
  readonly #pending = new Set<Promise<unknown>>();
  #opening = 0;
  #last = 0;
  #over = false;
  /** The handlers of this session. */
  readonly handlers: RoomLinkHandlers;
  /** What `hello` tells of it. */
  readonly features: readonly string[];

  /**
   * Begins without any.
   *
   * @param options What they work with.
   */
  constructor(options: SessionRoomsOptions) {
    this.#options = options;
    this.#peer = formatEndpoint(options.peer);
    this.features = options.relays === undefined ? [] : [RELAY_FEATURE];
    this.handlers = {
      "room.check": (params) => this.#check(params),
      "room.join": (params) => this.#join(params),
      "room.leave": ({ relay }) => this.#leave(relay),
      "room.send": (params) => this.#send(params),
    };
  }

  /** Sends what is waiting and ends all relays. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    for (const member of this.#members.values()) void this.#close(member, "its connection ended");
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  async #check(params: CheckParams): Promise<CheckResult> {
    const { relays, wish } = this.#wish("answer probes in", params);
    return { seconds: await relays.check(wish) };
  }

  #join(params: JoinParams): Promise<JoinResult> {
    const { relays, wish } = this.#wish("relay", params);
    if (this.#members.size + this.#opening >= MAX_SESSION_RELAYS) {
      const why = `you have ${MAX_SESSION_RELAYS} relays, and that is the most. Leave one first`;
      throw refusal("RELAY_FULL", `Cannot relay room "${sanitise(params.room)}": ${why}.`);
    }
    return this.#follow(this.#open(relays, wish));
  }

  async #open(relays: RoomRelays, wish: RelayWish): Promise<JoinResult> {
    const number = ++this.#last;
    this.#opening++;
    try {
      let failed: string | undefined;
      const relay = await relays.open(wish, {
        onHeard: (bytes, source, control) => this.#heard(number, bytes, source, control),
        onFailed: (why) => this.#members.has(number) ? this.#failed(number, why) : failed = why,
      });
      const { name } = wish.room;
      if (this.#over || failed !== undefined) {
        await relay[Symbol.asyncDispose]();
        const why = "it could not be reached for long. Try again later";
        throw refusal("RELAY_FAILED", `Cannot relay room "${sanitise(name)}": ${why}.`);
      }
      this.#members.set(number, { number, room: name, relay });
      this.#report({ event: "relay-opened", peer: this.#peer, room: name });
      return { relay: number, local: relay.local };
    } finally {
      this.#opening--;
    }
  }

  async #leave(number: number): Promise<Record<never, never>> {
    const member = this.#members.get(number);
    if (member !== undefined) await this.#close(member, "its client left");
    return {};
  }

  /** What waits keeps the client from sending more: nothing piles up, and nothing need be dropped. */
  #send({ relay, control = false, data }: SendParams): Promise<void> | undefined {
    const bytes = decodeBase64(data, MAX_CHAT_LINE_BYTES);
    return bytes && this.#members.get(relay)?.relay.send(bytes, control);
  }

  #heard(relay: number, bytes: Uint8Array, from: SocketAddress, control: boolean): void {
    const { congested, post } = this.#options;
    // Lost, as on any network: it can be repaired, and an empty one says nothing.
    if (bytes.length === 0 || congested()) return;
    const kind = control ? { control } : {};
    const params: HeardParams = { relay, ...kind, from, data: encodeBase64(bytes) };
    post(formatNotification("room.heard", params));
  }

  #failed(number: number, why: string): void {
    const member = this.#members.get(number);
    if (member === undefined) return;
    void this.#close(member, why);
    // The sentence is for the operator: it names things of this machine.
    const params: EndedParams = { relay: number, why: "the server cannot reach the room any more" };
    this.#options.post(formatNotification("room.ended", params));
  }

  #close({ number, room, relay }: Member, why: string): Promise<void> {
    this.#members.delete(number);
    this.#report({ event: "relay-closed", peer: this.#peer, room, why });
    return this.#follow(relay[Symbol.asyncDispose]());
  }

  #follow<T>(promise: Promise<T>): Promise<T> {
    const settled = promise.catch(() => {}).then(() => void this.#pending.delete(settled));
    this.#pending.add(settled);
    return promise;
  }

  #wish(
    action: string,
    { room: name, interface: wanted }: JoinParams,
  ): { relays: RoomRelays; wish: RelayWish } {
    const { relays, directory, peer, local } = this.#options;
    const cannot = `Cannot ${action} room "${sanitise(name)}"`;
    if (relays === undefined) {
      throw refusal("RELAY_OFF", `${cannot}: this server does not relay (--no-relay).`);
    }
    const room: Room | undefined = directory.find(name);
    if (room === undefined) {
      throw refusal("NO_SUCH_ROOM", `${cannot}: there is no room of that name.`);
    }
    return { relays, wish: { room, peer: peer.host, local, wanted } };
  }

  #report(event: StatusEvent): void {
    const { log } = this.#options;
    if (log.verbose) log.report(event);
  }
}
