/**
 * A room over IP multicast: one link for the lines, one for control datagrams (DESIGN section 7).
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { CONTROL_PORT, isControl } from "../framing/control.ts";
import type { DatagramPort, SocketAddress } from "../net/datagram.ts";
import { MulticastLink } from "../net/multicast.ts";
import type { RoomTransport, TransportEvents } from "./transport.ts";

/** What {@linkcode DirectTransport.open} needs. */
export interface DirectTransportOptions extends TransportEvents {
  /** The room's address and port. */
  readonly group: SocketAddress;
  /** The IPv4 address of the interface to use. */
  readonly interfaceAddress: string;
  /** What the room is called in errors. */
  readonly label: string;
  /** How many networks the datagrams may pass, 1-255. */
  readonly ttl?: number | undefined;
  /** Closes at once, without waiting for what is unsent. */
  readonly signal?: AbortSignal | undefined;
  /** Where sockets come from. */
  readonly sockets?: DatagramPort | undefined;
}

/** A {@linkcode RoomTransport} over multicast. */
export class DirectTransport implements RoomTransport {
  /** Always "direct". */
  readonly kind = "direct";
  readonly #data: MulticastLink;
  readonly #control: MulticastLink;
  readonly #onProblem: (error: unknown) => void;
  readonly #signal: AbortSignal | undefined;
  #closed = false;
  /** Whether the last control datagram could not leave: told once, not once for each. */
  #stuck = false;

  private constructor(
    data: MulticastLink,
    control: MulticastLink,
    onProblem: (error: unknown) => void,
    signal: AbortSignal | undefined,
  ) {
    this.#signal = signal;
    this.#data = data;
    this.#control = control;
    this.#onProblem = onProblem;
  }

  /**
   * Opens the sockets and joins the group.
   *
   * @param options The room, the interface and who is called.
   * @returns The transport; it hears from now on.
   * @throws {UserError} If that fails: why, and what to do about it.
   * @throws {DOMException} Named `AbortError` (or the signal's reason) if aborted.
   */
  static async open(options: DirectTransportOptions): Promise<DirectTransport> {
    const { group, interfaceAddress, label, ttl, signal, sockets, onData, onControl } = options;
    const common = {
      interfaceAddress,
      label,
      onError: (error: unknown) => options.onProblem(error),
      ttl,
      signal,
      ...(sockets === undefined ? {} : { port: sockets }),
    };
    await using opened = new AsyncDisposableStack();
    const data = opened.use(
      await MulticastLink.open({
        ...common,
        group,
        onDatagram: (bytes, source) => {
          if (isControl(bytes)) onControl.call(options, bytes, source);
          else onData.call(options, bytes, source);
        },
      }),
    );
    // A room on the control port itself has one link for both: a second one would hear all twice.
    const control = group.port === CONTROL_PORT ? data : opened.use(
      await MulticastLink.open({
        ...common,
        group: { address: group.address, port: CONTROL_PORT },
        onDatagram: (bytes, source) => onControl.call(options, bytes, source),
      }),
    );
    opened.move();
    return new DirectTransport(data, control, common.onError, signal);
  }

  /** Where lines come from. */
  get local(): SocketAddress {
    return this.#data.local;
  }

  /** Sends a line; see {@linkcode RoomTransport}. */
  sendData(bytes: Uint8Array): Promise<void> {
    return this.#data.send(bytes);
  }

  /** Sends a control datagram; see {@linkcode RoomTransport}. */
  sendControl(bytes: Uint8Array): void {
    this.#control.send(bytes).then(() => this.#stuck = false, (error) => {
      if (!this.#stuck && !this.#gone() && error instanceof UserError) this.#onProblem(error);
      this.#stuck = true;
    });
  }

  /** Sends what is waiting, then leaves the group. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#data[Symbol.asyncDispose]();
    await this.#control[Symbol.asyncDispose]();
  }

  /** What is under way when a room is left may fail. */
  #gone(): boolean {
    return this.#closed || this.#signal?.aborted === true;
  }
}
