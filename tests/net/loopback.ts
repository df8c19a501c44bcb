// What the tests of multicast share: groups and ports nobody else uses, and a mailbox to wait at.

import { type DatagramPort, type SocketAddress, systemDatagrams } from "../../lib/net/datagram.ts";

/** The only interface that tests may join on or send through. */
export const LOOPBACK = "127.0.0.1";

/** How long a test waits for what must come before it fails instead of hanging. */
const PATIENCE_MS = 20_000;

/** Returns a random group with a port that was free a moment ago. */
export async function freeGroup(): Promise<SocketAddress> {
  await using socket = await systemDatagrams.bind({
    local: { address: LOOPBACK, port: 0 },
    onError: (error) => reportError(error),
  });
  return { address: randomGroup(), port: socket.local.port };
}

/** Returns a random group address in 239.255.1.0-239.255.254.255. */
export function randomGroup(): string {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint8Array(2));
  return `239.255.${1 + high % 254}.${low}`;
}

/** Collects what arrives, and wakes who waits for a number of them. */
export class Inbox<T> {
  readonly items: T[] = [];
  #wake: (() => void) | undefined;

  /** Adds an item; may be handed out as a callback. */
  readonly add = (item: T): void => this.insert(item, 0);

  /** Adds an item so many items back. */
  insert(item: T, back: number): void {
    this.items.splice(this.items.length - back, 0, item);
    this.#wake?.();
  }

  /** Waits until there are at least that many items, and returns all. */
  async waitFor(count: number): Promise<T[]> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      reject(new Error(`waited for ${count} items, got ${this.items.length}`));
    }, PATIENCE_MS);
    this.#wake = () => {
      if (this.items.length >= count) resolve();
    };
    this.#wake();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#wake = undefined;
    }
    return this.items;
  }
}

/** Sockets that behave like the system's except for the methods given. */
export function sockets(changes: Partial<DatagramPort>): DatagramPort {
  return { ...systemDatagrams, ...changes };
}
