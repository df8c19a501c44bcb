/**
 * The sockets of an examination in one room over one interface: they listen, and send probes only.
 *
 * @module
 */

import { UserError } from "../../errors.ts";
import { CONTROL_PORT, decodeControl, isControl } from "../../framing/control.ts";
import { isSealed } from "../../framing/sealed_magic.ts";
import type { DatagramPort, SocketAddress } from "../../net/datagram.ts";
import { MulticastLink } from "../../net/multicast.ts";
import type { Clock } from "../../rpc/ports.ts";
import { Probing } from "./probing.ts";
import { RoomEar } from "./room_ear.ts";

/** Time between probes, in milliseconds: the server answers twenty a second. */
const PROBE_PAUSE_MS = 80;

/** How long the last probe waits for its answer, in milliseconds: members take up to 110. */
const ECHO_PATIENCE_MS = 300;

/** What {@linkcode RoomTrial.open} needs. */
export interface RoomTrialOptions {
  /** The room's address and port. */
  readonly place: SocketAddress;
  /** What it is called in errors. */
  readonly label: string;
  /** The address of the interface. */
  readonly over: string;
  /** How many networks datagrams may pass. */
  readonly ttl: number;
  /** The time. */
  readonly clock: Clock;
  /** Where sockets come from. */
  readonly sockets?: DatagramPort | undefined;
}

/** A listener in a room. Members see nothing of it; they answer its probes by themselves. */
export class RoomTrial implements AsyncDisposable {
  /** What is heard. */
  readonly ear: RoomEar;
  /** The probes, and who answered. */
  readonly probing: Probing;
  readonly #clock: Clock;
  readonly #open = new AsyncDisposableStack();
  /** What a second socket of this machine heard of the probes. */
  readonly #own = new Set<string>();
  #control: MulticastLink | undefined;
  #sendFailure: string | undefined;
  #sent = 0;

  private constructor({ place, over, clock }: RoomTrialOptions) {
    this.#clock = clock;
    this.ear = new RoomEar({ roomPort: place.port, own: over, now: clock.now() });
    this.probing = new Probing(place.port);
  }

  /**
   * Joins the group.
   *
   * @param options The room and the interface.
   * @returns The listener.
   * @throws {UserError} If that fails: why, and what to do.
   */
  static async open(options: RoomTrialOptions): Promise<RoomTrial> {
    const trial = new RoomTrial(options);
    try {
      await trial.#join(options);
      return trial;
    } catch (error) {
      await trial[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Why a probe could not leave; undefined if all did. */
  get sendFailure(): string | undefined {
    return this.#sendFailure;
  }

  /** Whether this machine hears what it sends itself; undefined if nothing left. */
  get loopback(): boolean | undefined {
    return this.#sent === 0 ? undefined : this.#own.size > 0;
  }

  /**
   * Sends probes, and waits a moment for the last answer.
   *
   * @param times How many.
   * @param signal Gives up.
   */
  async probe(times: number, signal: AbortSignal): Promise<void> {
    for (let i = 0; i < times; i++) {
      try {
        await this.#control?.send(this.probing.next());
        this.#sent++;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        this.#sendFailure ??= error.message;
        // What cannot leave now will not leave in a moment.
        if (this.#sent === 0) return;
      }
      await pause(this.#clock, i + 1 < times ? PROBE_PAUSE_MS : ECHO_PATIENCE_MS, signal);
    }
  }

  /** Leaves the group. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open.disposeAsync();
  }

  async #join({ place, label, over, ttl, sockets }: RoomTrialOptions): Promise<void> {
    const common = {
      interfaceAddress: over,
      label,
      ttl,
      // What happens to a socket meanwhile shows in what it hears.
      onError() {},
      ...(sockets === undefined ? {} : { port: sockets }),
    };
    const control = { address: place.address, port: CONTROL_PORT };
    const hear = (bytes: Uint8Array, source: SocketAddress): void => this.#heard(bytes, source);
    this.#control = this.#open.use(
      await MulticastLink.open({ ...common, group: control, onDatagram: hear }),
    );
    if (place.port !== CONTROL_PORT) {
      this.#open.use(await MulticastLink.open({ ...common, group: place, onDatagram: hear }));
    }
    this.#open.use(
      await MulticastLink.open({
        ...common,
        group: control,
        onDatagram: (bytes) => {
          const probe = decodeControl(bytes);
          if (probe?.kind === "probe" && this.probing.has(probe.token)) this.#own.add(probe.token);
        },
      }),
    );
  }

  #heard(bytes: Uint8Array, source: SocketAddress): void {
    if (isSealed(bytes)) return this.ear.sealed(source);
    if (!isControl(bytes)) return this.ear.data(bytes, source);
    const echo = this.ear.control(bytes, source, this.#clock.now());
    if (echo !== undefined) this.probing.echoed(echo);
  }
}

/**
 * Waits.
 *
 * @param clock The time.
 * @param ms How long, in milliseconds.
 * @param signal Gives up.
 * @throws {DOMException} Named `AbortError` if given up.
 */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.schedule(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  cancel();
  signal.throwIfAborted();
}
