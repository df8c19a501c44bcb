/**
 * The narrow door to UDP sockets, and its one real implementation over `node:dgram`.
 *
 * @module
 */

import { createSocket, type Socket } from "node:dgram";
import { type InterfaceAddress, listInterfaces } from "./interfaces.ts";

/** An IPv4 address and a UDP port. */
export interface SocketAddress {
  /** The IPv4 address. */
  readonly address: string;
  /** The port, 1-65535. */
  readonly port: number;
}

/** How a socket is bound. */
export interface BindOptions {
  /** Where to bind; port 0 means any free one. */
  readonly local: SocketAddress;
  /** True if other programs that say so too may use the same address and port. */
  readonly shared?: boolean;
  /** The longest datagram that must arrive whole, in bytes; longer ones may be cut. */
  readonly maxBytes?: number;
  /** Called for each datagram, with bytes that the callee may keep. It must not throw. */
  readonly onDatagram?: (bytes: Uint8Array, source: SocketAddress) => void;
  /** Called for what goes wrong later on its own. The socket stays open. It must not throw. */
  readonly onError: (error: Error) => void;
}

/** A bound UDP socket. Disposal is idempotent. */
export interface DatagramSocket extends AsyncDisposable {
  /** Where it is bound, with the real port. */
  readonly local: SocketAddress;
  /** Joins a group on the interface with this address; throws if that fails. */
  join(group: string, interfaceAddress: string): void;
  /** Sets how multicast leaves: interface, hops (1-255), heard on this host; throws if that fails. */
  setMulticast(interfaceAddress: string, ttl: number, loopback: boolean): void;
  /** Hands one datagram to the system. Await it: concurrent sends leave in reverse order. */
  send(bytes: Uint8Array, to: SocketAddress): Promise<void>;
}

/** Makes sockets, and tells what is needed to explain why one failed. */
export interface DatagramPort {
  /** The operating system, as in `Deno.build.os`. */
  readonly os: string;
  /** The interfaces there are now. */
  interfaces(): InterfaceAddress[];
  /** Binds a socket; rejects with the system's error, or `NotCapable` without the permission. */
  bind(options: BindOptions): Promise<DatagramSocket>;
}

/** The real sockets of this machine. */
export const systemDatagrams: DatagramPort = {
  os: Deno.build.os,
  interfaces: listInterfaces,
  bind: bindSocket,
};

async function bindSocket(options: BindOptions): Promise<DatagramSocket> {
  const { local, shared = false, maxBytes, onDatagram, onError } = options;
  // Without this, Deno throws NotCapable where nobody can catch it, and the process ends.
  await demandPermission(local);
  const socket = createSocket({
    type: "udp4",
    reuseAddr: shared,
    // Not SO_RCVBUF but what is allocated per datagram: small means five times the receive rate.
    ...(maxBytes === undefined ? {} : { recvBufferSize: bufferFor(maxBytes) }),
  });
  // Plain Uint8Array, since a Buffer's slice() shares memory; a copy, since its memory is larger.
  if (onDatagram !== undefined) {
    socket.on("message", (data, { address, port }) => {
      onDatagram(new Uint8Array(data), { address, port });
    });
  }
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(local.port, local.address, () => {
        socket.off("error", reject);
        resolve();
      });
    });
  } catch (error) {
    await closeSocket(socket);
    throw error;
  }
  socket.on("error", onError);
  return new NodeDatagramSocket(socket);
}

class NodeDatagramSocket implements DatagramSocket {
  readonly local: SocketAddress;
  #socket: Socket;
  #closed: Promise<void> | undefined;
  /** Rejects the sends under way: those that a close overtakes are never answered by Deno. */
  #pending = new Set<(reason: Error) => void>();

  constructor(socket: Socket) {
    const { address, port } = socket.address();
    this.local = { address, port };
    this.#socket = socket;
  }

  join(group: string, interfaceAddress: string): void {
    this.#socket.addMembership(group, interfaceAddress);
  }

  setMulticast(interfaceAddress: string, ttl: number, loopback: boolean): void {
    this.#socket.setMulticastInterface(interfaceAddress);
    this.#socket.setMulticastTTL(ttl);
    this.#socket.setMulticastLoopback(loopback);
  }

  async send(bytes: Uint8Array, to: SocketAddress): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#pending.add(reject);
    try {
      this.#socket.send(
        bytes,
        0,
        bytes.length,
        to.port,
        to.address,
        (error) => error ? reject(error) : resolve(),
      );
      await promise;
    } catch (error) {
      // A send without the permission fails with "UNKNOWN" only.
      if (this.#closed === undefined) await demandPermission(to);
      throw error;
    } finally {
      this.#pending.delete(reject);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= closeSocket(this.#socket);
    for (const reject of this.#pending) reject(new Error("the socket was closed"));
    return this.#closed;
  }
}

/** On Linux Deno allocates twice what it is told, as the system does with real receive buffers. */
function bufferFor(maxBytes: number): number {
  return Deno.build.os === "linux" ? Math.ceil(maxBytes / 2) : maxBytes;
}

/** Rejects with `NotCapable` unless the program may use this address. */
async function demandPermission({ address, port }: SocketAddress): Promise<void> {
  const { state } = await Deno.permissions.request({ name: "net", host: `${address}:${port}` });
  if (state === "granted") return;
  throw new Deno.errors.NotCapable(`Requires net access to "${address}:${port}"`);
}

function closeSocket(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.close(() => resolve());
  });
}
