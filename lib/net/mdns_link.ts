/**
 * A socket for multicast DNS (RFC 6762) on exactly one interface.
 *
 * @module
 */

import { reasonOf } from "../errors.ts";
import {
  type DatagramPort,
  type DatagramSocket,
  type SocketAddress,
  systemDatagrams,
} from "./datagram.ts";
import { decodeMessage, type DnsMessage, encodeMessage } from "./dns_message.ts";
import { MDNS_GROUP } from "./dns_sd.ts";

/** Longest message, in bytes (RFC 6762, section 17). */
const MAX_MESSAGE_BYTES = 9_000;

/** The hop limit that says "from this network" (RFC 6762, section 11). */
const TTL = 255;

/** Most messages waiting to be sent; the system takes them at once, so more means it is stuck. */
const MAX_UNSENT = 64;

/** What {@linkcode MdnsLink.open} needs. */
export interface MdnsLinkOptions {
  /** The IPv4 address of the interface: nothing leaves over another one. */
  readonly interfaceAddress: string;
  /** True to be a member of the group on port 5353, false to ask from a port of one's own. */
  readonly member: boolean;
  /** Called for each message that can be read. What it throws goes to `onError`. */
  readonly onMessage: (message: DnsMessage, source: SocketAddress) => void;
  /** Called for what goes wrong and belongs to no call. It must not throw. */
  readonly onError: (error: unknown) => void;
  /** Where sockets come from. */
  readonly datagrams?: DatagramPort | undefined;
}

/** Sends and hears messages on one interface. Disposal closes the socket at once. */
export class MdnsLink implements AsyncDisposable {
  readonly #socket: DatagramSocket;
  #last: Promise<void> = Promise.resolve();
  #unsent = 0;

  private constructor(socket: DatagramSocket) {
    this.#socket = socket;
  }

  /**
   * Opens the socket and sees to it that it can only use its interface.
   *
   * @param options The interface and who is called.
   * @returns The link; it hears from now on.
   * @throws {Error} The system's error; {@linkcode explainMdns} makes words of it.
   */
  static async open(options: MdnsLinkOptions): Promise<MdnsLink> {
    const { interfaceAddress, member, onMessage, onError, datagrams = systemDatagrams } = options;
    await using opened = new AsyncDisposableStack();
    const socket = opened.use(
      await datagrams.bind({
        local: member ? memberAddress(datagrams.os) : { address: interfaceAddress, port: 0 },
        shared: member,
        maxBytes: MAX_MESSAGE_BYTES,
        onDatagram(bytes, source) {
          // node:dgram would swallow what is thrown here.
          try {
            const message = decodeMessage(bytes);
            if (message !== undefined) onMessage(message, source);
          } catch (error) {
            onError(error);
          }
        },
        onError,
      }),
    );
    // Without it the system would send over the default interface, so nothing may come before.
    socket.setMulticast(interfaceAddress, TTL, true);
    if (member) socket.join(MDNS_GROUP.address, interfaceAddress);
    opened.move();
    return new MdnsLink(socket);
  }

  /**
   * Sends a message, after those that wait already.
   *
   * @param message The message.
   * @param to Where to; the group if it is left out.
   * @returns A promise that resolves when the system has it.
   * @throws {Error} The system's error.
   */
  async send(message: DnsMessage, to: SocketAddress = MDNS_GROUP): Promise<void> {
    if (this.#unsent >= MAX_UNSENT) throw new Error("too much waits to be sent");
    const bytes = encodeMessage(message);
    this.#unsent++;
    const sent = this.#last.then(() => this.#socket.send(bytes, to)).finally(() => this.#unsent--);
    this.#last = sent.catch(() => {});
    await sent;
  }

  /** Leaves the group and closes the socket. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#socket[Symbol.asyncDispose]());
  }
}

/**
 * On Linux bound to the group, so that unicast to port 5353 still reaches the system's own
 * responder (RFC 6762, section 15.2); elsewhere one cannot bind to a group, or not send from there.
 */
function memberAddress(os: string): SocketAddress {
  return os === "linux" ? MDNS_GROUP : { address: "0.0.0.0", port: MDNS_GROUP.port };
}

/**
 * Says why multicast DNS failed; the system mostly says EINVAL or UNKNOWN.
 *
 * @param error What was thrown.
 * @returns The reason, fit to stand after `Cannot ...: `, without a full stop.
 */
export function explainMdns(error: unknown): string {
  switch (error instanceof Error && "code" in error ? error.code : undefined) {
    case "EADDRINUSE":
      return "another program uses UDP port 5353 and does not share it";
    case "EACCES":
    case "EPERM":
      return "the system or its firewall does not permit UDP port 5353";
    case "EADDRNOTAVAIL":
    case "ENODEV":
      return "this machine no longer has that address";
    case "EINVAL":
      return "the interface takes no multicast; it may be down";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ENETDOWN":
      return "there is no way to that network";
    case "UNKNOWN":
      return "the system refused and did not say why; the interface may be down";
  }
  return reasonOf(error);
}
