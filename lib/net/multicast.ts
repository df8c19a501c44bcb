/**
 * A group's two sockets: one that hears it and one that speaks to it (DESIGN section 6).
 *
 * @module
 */

import { UserError } from "../errors.ts";
import {
  type DatagramPort,
  type DatagramSocket,
  type SocketAddress,
  systemDatagrams,
} from "./datagram.ts";
import { explainMulticast } from "./multicast_errors.ts";
import { SendPace } from "./send_pace.ts";
import { DEFAULT_TTL } from "./ttl.ts";

/** Longest datagram received whole; what is behind is cut. Ours have 1200 bytes, others' may be more. */
export const MAX_DATAGRAM_BYTES = 2048;

/** Most datagrams waiting to be sent: 20 MB at worst, and less than a second at the usual pace. */
export const MAX_UNSENT_DATAGRAMS = 16_384;

/** What {@linkcode MulticastLink.open} needs. */
export interface MulticastOptions {
  /** The group's address, 239.0.0.0/8, and its port. */
  readonly group: SocketAddress;
  /** The IPv4 address of the interface to use. */
  readonly interfaceAddress: string;
  /**
   * Called for each datagram of others, at most {@linkcode MAX_DATAGRAM_BYTES} long; the callee may
   * keep the bytes. What it throws goes to `onError`.
   */
  readonly onDatagram: (bytes: Uint8Array, source: SocketAddress) => void;
  /** Called for what goes wrong and belongs to no call. What it throws is reported as uncaught. */
  readonly onError: (error: unknown) => void;
  /**
   * What the group is called in errors.
   *
   * @default {"239.255.7.1:50100" (the group's address and port)}
   */
  readonly label?: string;
  /**
   * How many networks the datagrams may pass, 1-255.
   *
   * @default {1}
   */
  readonly ttl?: number | undefined;
  /** Closes the sockets at once, without waiting for what is unsent. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Where sockets come from.
   *
   * @default {systemDatagrams}
   */
  readonly port?: DatagramPort;
}

/** Datagrams that are sent one after the other, or not any more after one failed. */
interface Batch {
  datagrams: readonly Uint8Array[];
  resolve: () => void;
  reject: (reason: unknown) => void;
}

/**
 * Hears a group and speaks to it, without hearing itself. Disposal sends what is waiting first.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const heard = Promise.withResolvers<string>();
 * const common = {
 *   group: { address: "239.255.7.1", port: 20111 },
 *   interfaceAddress: "127.0.0.1",
 *   onError: (error: unknown) => heard.reject(error),
 * };
 * await using _listener = await MulticastLink.open({
 *   ...common,
 *   onDatagram: (bytes) => heard.resolve(new TextDecoder().decode(bytes)),
 * });
 * await using speaker = await MulticastLink.open({ ...common, onDatagram: () => {} });
 * await speaker.send(new TextEncoder().encode("Mel: hi"));
 * assertEquals(await heard.promise, "Mel: hi");
 * ```
 */
export class MulticastLink implements AsyncDisposable {
  /** Where datagrams of this link come from, for those who hear it. */
  readonly local: SocketAddress;
  #options: MulticastOptions;
  #receiver: DatagramSocket;
  #sender: DatagramSocket;
  #batches: Batch[] = [];
  #unsent = 0;
  #pace = new SendPace();
  #sending: Promise<void> | undefined;
  #leaving = false;
  #closed: Promise<void> | undefined;
  #onAbort = () => void this.#close();

  private constructor(
    options: MulticastOptions,
    receiver: DatagramSocket,
    sender: DatagramSocket,
  ) {
    this.#options = options;
    this.#receiver = receiver;
    this.#sender = sender;
    this.local = sender.local;
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /**
   * Opens both sockets and joins the group.
   *
   * @param options The group, the interface and who is called.
   * @returns The link; it hears from now on.
   * @throws {UserError} If that fails: why, and what to do about it.
   * @throws {DOMException} Named `AbortError` (or the signal's reason) if aborted.
   */
  static async open(options: MulticastOptions): Promise<MulticastLink> {
    const { group, interfaceAddress, signal, port = systemDatagrams, ttl = DEFAULT_TTL } = options;
    signal?.throwIfAborted();
    if (!Number.isInteger(ttl) || ttl < 1 || ttl > 255) {
      throw new UserError(`Cannot use the TTL "${ttl}": it must be 1-255.`);
    }
    // Datagrams can arrive before the link exists; those of others must not be lost.
    const early: [Uint8Array, SocketAddress][] = [];
    let link: MulticastLink | undefined;
    const onError = (error: unknown) => hear(options, explain("receive from", options, error));
    await using opened = new AsyncDisposableStack();
    try {
      const receiver = opened.use(
        await port.bind({
          // Bound to the group a socket hears no other group on its port; Windows cannot do that.
          local: { address: port.os === "windows" ? "0.0.0.0" : group.address, port: group.port },
          shared: true,
          maxBytes: MAX_DATAGRAM_BYTES,
          onDatagram: (bytes, source) => {
            if (link === undefined) early.push([bytes, source]);
            else link.#receive(bytes, source);
          },
          onError,
        }),
      );
      receiver.join(group.address, interfaceAddress);
      const sender = opened.use(
        await port.bind({ local: { address: interfaceAddress, port: 0 }, onError }),
      );
      sender.setMulticast(interfaceAddress, ttl, true);
      signal?.throwIfAborted();
      link = new MulticastLink(options, receiver, sender);
    } catch (error) {
      signal?.throwIfAborted();
      throw explain("join", options, error);
    }
    opened.move();
    for (const [bytes, source] of early) link.#receive(bytes, source);
    return link;
  }

  /**
   * Sends one datagram, after those that wait already.
   *
   * @param bytes The datagram; not to be changed until it is sent.
   * @returns A promise that resolves when the system has it.
   * @throws {UserError} If the system refuses it, too many wait, or the link is closed.
   */
  send(bytes: Uint8Array): Promise<void> {
    return this.sendAll([bytes]);
  }

  /**
   * Sends datagrams one after the other, after those that wait already and before later ones.
   *
   * @param datagrams The datagrams; not to be changed until they are sent.
   * @returns A promise that resolves when the system has all of them.
   * @throws {UserError} If the system refuses one (those behind it are not sent then), too many
   * wait (none is sent then), or the link is closed.
   */
  async sendAll(datagrams: readonly Uint8Array[]): Promise<void> {
    if (this.#leaving) throw this.#gone();
    if (this.#unsent + datagrams.length > MAX_UNSENT_DATAGRAMS) {
      throw new UserError(
        `Cannot send to ${labelOf(this.#options)}: ${this.#unsent + datagrams.length} messages ` +
          `would be waiting, and at most ${MAX_UNSENT_DATAGRAMS} may. Send fewer at a time.`,
      );
    }
    this.#unsent += datagrams.length;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#batches.push({ datagrams, resolve, reject });
    this.#sending ??= this.#sendWaiting();
    await promise;
  }

  /** Sends what is waiting, then leaves the group and closes both sockets. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving = true;
    await this.#sending;
    await this.#close();
  }

  /** One send at a time: Deno reverses the order of those made in one tick. */
  async #sendWaiting(): Promise<void> {
    for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
      try {
        for (const bytes of batch.datagrams) {
          const pause = this.#pace.next();
          if (pause !== undefined) await pause;
          if (this.#closed !== undefined) throw this.#gone();
          await this.#sender.send(bytes, this.#options.group);
        }
        batch.resolve();
      } catch (error) {
        batch.reject(
          this.#closed === undefined ? explain("send to", this.#options, error) : this.#gone(),
        );
      }
      this.#batches.shift();
      this.#unsent -= batch.datagrams.length;
    }
    this.#sending = undefined;
  }

  #receive(bytes: Uint8Array, source: SocketAddress): void {
    if (this.#closed !== undefined) return;
    // Both must match: others on this host share the address, others elsewhere may share the port.
    if (source.port === this.local.port && source.address === this.local.address) return;
    try {
      // The first datagram of a socket arrives longer than the buffer, so the cut is made here.
      this.#options.onDatagram(bytes.subarray(0, MAX_DATAGRAM_BYTES), source);
    } catch (error) {
      // node:dgram would swallow it.
      hear(this.#options, error);
    }
  }

  #close(): Promise<void> {
    this.#leaving = true;
    return this.#closed ??= (async () => {
      this.#options.signal?.removeEventListener("abort", this.#onAbort);
      await Promise.all([
        this.#receiver[Symbol.asyncDispose](),
        this.#sender[Symbol.asyncDispose](),
      ]);
    })();
  }

  #gone(): UserError {
    return new UserError(`Cannot send to ${labelOf(this.#options)}: it was left.`);
  }
}

/** Hands an error on; what the handler itself throws becomes an uncaught error, never silence. */
function hear({ onError }: MulticastOptions, error: unknown): void {
  try {
    onError(error);
  } catch (thrown) {
    reportError(thrown);
  }
}

function explain(action: string, options: MulticastOptions, error: unknown): UserError {
  const { group, interfaceAddress, port = systemDatagrams } = options;
  let interfaces;
  try {
    interfaces = port.interfaces();
  } catch {
    // Without the permission to list them the cause is inferred without them.
  }
  return explainMulticast(error, {
    action,
    label: labelOf(options),
    group,
    interfaceAddress,
    interfaces,
    os: port.os,
  });
}

function labelOf({ label, group }: MulticastOptions): string {
  return label ?? `${group.address}:${group.port}`;
}
