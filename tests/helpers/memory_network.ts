/**
 * Multicast in memory: sockets that hear each other without a system, and nothing else.
 *
 * @module
 */

import type {
  BindOptions,
  DatagramPort,
  DatagramSocket,
  SocketAddress,
} from "../../lib/net/datagram.ts";
import type { InterfaceAddress } from "../../lib/net/interfaces.ts";

/** The first port that is handed out. */
const FIRST_PORT = 40_100;

/** A network with one segment per interface address; datagrams arrive while they are sent. */
export class MemoryNetwork implements DatagramPort {
  /** As Linux, so that receivers are bound to the group. */
  readonly os = "linux";
  /** The sockets that are open. */
  readonly open = new Set<MemorySocket>();
  /** The datagrams sent so far, all of them. */
  readonly sent: { readonly bytes: Uint8Array; readonly to: SocketAddress }[] = [];
  /** The IPv4 addresses of the machine. */
  addresses: string[];
  /** What a send or a join fails with, if it is to fail. */
  failure: Error | undefined;
  #port = FIRST_PORT;

  /**
   * Makes a network.
   *
   * @param addresses The IPv4 addresses of the machine.
   */
  constructor(addresses: string[] = ["127.0.0.1"]) {
    this.addresses = addresses;
  }

  /** The interfaces there are now. */
  interfaces(): InterfaceAddress[] {
    return this.addresses.map((address, at) => ({
      name: address.startsWith("127.") ? "lo" : `eth${at}`,
      family: "IPv4",
      address,
      mac: "00:00:00:00:00:00",
    }));
  }

  /** Opens a socket. */
  bind(options: BindOptions): Promise<DatagramSocket> {
    const { address, port } = options.local;
    const socket = new MemorySocket(this, options, { address, port: port || this.#port++ });
    this.open.add(socket);
    return Promise.resolve(socket);
  }

  /** Hands a datagram to all who joined; called by sockets. */
  deliver(bytes: Uint8Array, from: SocketAddress, to: SocketAddress): void {
    this.sent.push({ bytes, to });
    for (const socket of [...this.open]) {
      const { address, port } = socket.local;
      if (address !== to.address || port !== to.port || socket.joined !== from.address) continue;
      socket.options.onDatagram?.(new Uint8Array(bytes), from);
    }
  }
}

/** A socket of a {@linkcode MemoryNetwork}. */
export class MemorySocket implements DatagramSocket {
  /** Where it is bound. */
  readonly local: SocketAddress;
  /** How it was made. */
  readonly options: BindOptions;
  /** The interface on which its group was joined. */
  joined: string | undefined;
  readonly #network: MemoryNetwork;

  /**
   * Makes a socket.
   *
   * @param network Where it is.
   * @param options How it was bound.
   * @param local Where it is bound.
   */
  constructor(network: MemoryNetwork, options: BindOptions, local: SocketAddress) {
    this.#network = network;
    this.options = options;
    this.local = local;
  }

  /** Joins the group on an interface. */
  join(_group: string, interfaceAddress: string): void {
    if (this.#network.failure !== undefined) throw this.#network.failure;
    this.joined = interfaceAddress;
  }

  /** Needs nothing here. */
  setMulticast(): void {}

  /** Sends a datagram. */
  send(bytes: Uint8Array, to: SocketAddress): Promise<void> {
    if (this.#network.failure !== undefined) return Promise.reject(this.#network.failure);
    this.#network.deliver(bytes, this.local, to);
    return Promise.resolve();
  }

  /** Closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#network.open.delete(this);
    return Promise.resolve();
  }
}
