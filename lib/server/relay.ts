/**
 * One member whose way into a room is the server.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { isControl } from "../framing/control.ts";
import { isSealed } from "../framing/sealed_magic.ts";
import type { DatagramPort, SocketAddress } from "../net/datagram.ts";
import { listInterfaces } from "../net/interfaces.ts";
import { DirectTransport } from "../room/direct_transport.ts";
import type { RoomAddress } from "../room/room_address.ts";
import { TokenBucket } from "../room/token_bucket.ts";
import type { RoomTransport } from "../room/transport.ts";
import { sanitise } from "../text.ts";

/**
 * Bytes of control datagrams that a member may send per second, and at once. What it sends by the
 * rules of docs/CONTROL.md (repairs 16 kB/s, nacks 4 kB/s, reports 2 kB/s) stays below; without a
 * bound, what cannot leave as fast as it comes would pile up.
 */
export const CONTROL_RATE = { bytesPerSecond: 32_000, burst: 64_000 } as const;

/** What {@linkcode Relay.open} needs. */
export interface RelayOptions {
  /** The room. */
  readonly room: RoomAddress;
  /** The IPv4 address of the interface through which the room is reached. */
  readonly interfaceAddress: string;
  /** Where sockets come from. */
  readonly sockets?: DatagramPort | undefined;
  /** The time in milliseconds. */
  readonly now: () => number;
  /** Called for each datagram of others, of the room's port or the control port. */
  readonly onHeard: (bytes: Uint8Array, source: SocketAddress, control: boolean) => void;
  /** Called once if the room cannot be reached any more, with a sentence for the operator. */
  readonly onFailed: (why: string) => void;
  /** Told of faults. */
  readonly onFault: (error: unknown) => void;
  /** Called once when its sockets are closed. */
  readonly onClosed: () => void;
}

/** A member's own two sockets per port. Disposal sends what is waiting; it may be repeated. */
export class Relay implements AsyncDisposable {
  readonly #options: RelayOptions;
  readonly #transport: RoomTransport;
  readonly #control = new TokenBucket(CONTROL_RATE.bytesPerSecond, CONTROL_RATE.burst);
  /** Left or failed: nothing is heard or sent any more. */
  #over = false;
  #closed: Promise<void> | undefined;

  private constructor(options: RelayOptions, transport: RoomTransport) {
    this.#options = options;
    this.#transport = transport;
  }

  /**
   * Enters the room.
   *
   * @param options The room, the interface and who is called.
   * @returns The member; it hears from now on.
   * @throws {UserError} If that fails.
   */
  static async open(options: RelayOptions): Promise<Relay> {
    const { room, onHeard, onFault } = options;
    let doubt = (_error: UserError): void => {};
    let fail = (_why: string): void => {};
    const transport = await DirectTransport.open({
      group: { address: room.address, port: room.port },
      interfaceAddress: options.interfaceAddress,
      label: `room "${sanitise(room.name)}"`,
      sockets: options.sockets,
      onData: (bytes, source) => onHeard(bytes, source, false),
      onControl: (bytes, source) => onHeard(bytes, source, true),
      onProblem: (error) => error instanceof UserError ? doubt(error) : onFault(error),
      onEnded: (why) => fail(why),
    });
    const relay = new Relay(options, transport);
    doubt = (error) => relay.#doubt(error);
    fail = (why) => relay.#fail(why);
    return relay;
  }

  /** Where others see this member's lines come from. */
  get local(): SocketAddress {
    return this.#transport.local;
  }

  /**
   * Sends a datagram. One that does not belong where it is to be sent, or is too much, is dropped.
   *
   * @param bytes The datagram, at most 1200 bytes, not to be changed any more.
   * @param control Whether it is for the control port.
   * @returns Resolves when the system has it, so that no more need be taken before; undefined if
   *   there is nothing to wait for.
   */
  send(bytes: Uint8Array, control: boolean): Promise<void> | undefined {
    // By the first bytes, not by the port, all members tell lines from control datagrams; of sealed
    // ones only they can tell.
    if (this.#over || (isControl(bytes) !== control && !isSealed(bytes))) return undefined;
    if (!control) {
      return this.#transport.sendData(bytes).catch((error) => {
        if (error instanceof UserError) this.#fail(error.message);
        else this.#options.onFault(error);
      });
    }
    if (this.#control.take(bytes.length, this.#options.now())) this.#transport.sendControl(bytes);
    return undefined;
  }

  /** Sends what is waiting, then leaves the room. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    await this.#transport[Symbol.asyncDispose]();
    this.#options.onClosed();
  }

  /** Something failed that may be over at once; but without its interface, it hears nothing more. */
  #doubt(error: UserError): void {
    const { interfaceAddress, sockets } = this.#options;
    const list = sockets === undefined ? listInterfaces() : sockets.interfaces();
    if (!list.some(({ address }) => address === interfaceAddress)) this.#fail(error.message);
  }

  #fail(why: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#options.onFailed(why);
  }
}
