/**
 * The life of one connection of a peer: what is read, called, asked and sent, and how it ends.
 *
 * @module
 */

import { reasonOf } from "../errors.ts";
import { checkLine } from "../framing/json_lines.ts";
import { Alarm } from "./alarm.ts";
import type { CallContext } from "./call_context.ts";
import { Calls, PING_METHOD } from "./calls.ts";
import { KeepAlive } from "./keep_alive.ts";
import { DEFAULT_RPC_LIMITS, type RpcLimits } from "./limits.ts";
import { formatRequest, type RpcMessage } from "./message.ts";
import type { RpcPeerOptions, RpcRequestOptions } from "./peer_options.ts";
import { PendingRequests } from "./pending_requests.ts";
import { type ByteTransport, type Clock, SYSTEM_CLOCK } from "./ports.ts";
import { Receiver } from "./receiver.ts";
import { RpcClosed } from "./rpc_error.ts";
import { SendQueue } from "./send_queue.ts";

/** Its id is no number, as ours are: the answer is ignored, that something arrived is enough. */
const PING_LINE = formatRequest(PING_METHOD, PING_METHOD, {});

/** What an `RpcPeer` does, without the types of its methods; see there. */
export class PeerLife {
  readonly #transport: ByteTransport;
  readonly #clock: Clock;
  readonly #limits: RpcLimits;
  readonly #requests = new PendingRequests();
  readonly #alarm: Alarm;
  readonly #receiver: Receiver;
  readonly #sending: SendQueue;
  readonly #context: CallContext;
  readonly #calls: Calls;
  readonly #closed = Promise.withResolvers<string>();
  readonly #running: Promise<void>;
  #state: "open" | "finishing" | "leaving" | "closed" = "open";
  #reason = "";
  #keepAlive: KeepAlive | undefined;
  /** Made when somebody waits until all is sent. */
  #drained: PromiseWithResolvers<void> | undefined;
  #faults = 0;
  /** Whether the other side sends no more. */
  #isEnded = false;
  /** Whether something was under way when it began to finish: its answer must not be lost. */
  #wasBusy = false;
  /** When a peer that finishes is closed, whatever is under way, or Infinity. */
  #finishDeadline = Infinity;

  /**
   * Begins at once.
   *
   * @param options What it works with.
   * @param context What the handlers are told.
   */
  constructor(options: RpcPeerOptions, context: CallContext) {
    const { transport, handlers, onFault, clock = SYSTEM_CLOCK } = options;
    const limits = { ...DEFAULT_RPC_LIMITS, ...options.limits };
    this.#transport = transport;
    this.#clock = clock;
    this.#limits = limits;
    this.#alarm = new Alarm(clock, (now) => this.#ring(now));
    const now = (): number => clock.now();
    const onDeadline = (deadline: number): void => this.#alarm.by(deadline);
    this.#receiver = new Receiver({
      transport,
      lineTimeout: limits.lineTimeout,
      now,
      onDeadline,
      onHeard: () => this.#keepAlive?.heard(now()),
      mustWait: (message) => this.#mustWait(message),
      take: (message) => this.#take(message),
    });
    this.#sending = new SendQueue({
      transport,
      limits,
      now,
      onDeadline,
      onDrained: () => this.#eased(),
      onFailed: (reason) => this.close(reason),
    });
    const send = (line: string): void => this.#sending.push(line);
    const onEnded = (): void => this.#eased();
    const congested = (): boolean => this.#sending.size > limits.highWater;
    this.#context = context;
    this.#calls = new Calls({ handlers, context, limits, congested, send, onFault, onEnded });
    if (options.keepAlive) this.keepAlive = true;
    // Later, so that a handler finds the variable set to which the peer is assigned.
    this.#running = Promise.resolve().then(() => this.#run(options.initial));
  }

  /** Resolves when the connection is closed, with the reason in a few words; never rejects. */
  get closed(): Promise<string> {
    return this.#closed.promise;
  }

  /** Whether so much waits to be sent that what may be lost, or can wait, should not be added. */
  get congested(): boolean {
    const { size } = this.#sending;
    // Requests and the end wait until all is sent: what never ends must not keep that from happening.
    const isHeld = this.#receiver.held && !this.#calls.full;
    const isDraining = isHeld || this.#state === "finishing";
    return isDraining ? size > 0 : size > this.#limits.highWater / 2;
  }

  /**
   * Waits for what is queued.
   *
   * @returns Resolves when all was sent, or the connection is closed.
   */
  drained(): Promise<void> {
    if (this.#sending.idle) return Promise.resolve();
    this.#drained ??= Promise.withResolvers();
    return this.#drained.promise;
  }

  /** Whether the other side is asked for a sign of life when it is silent: not a person at `nc`. */
  get keepAlive(): boolean {
    return this.#keepAlive !== undefined;
  }

  set keepAlive(on: boolean) {
    if (on === this.keepAlive) return;
    this.#keepAlive = on ? new KeepAlive(this.#limits, this.#clock.now()) : undefined;
    if (this.#keepAlive) this.#alarm.by(this.#keepAlive.deadline);
  }

  /**
   * Asks the other side.
   *
   * @param method The method.
   * @param params Its parameters.
   * @param options How to wait.
   * @returns The result; see `RpcPeer.request()` for how it rejects.
   */
  request(method: string, params: unknown, options: RpcRequestOptions): Promise<unknown> {
    const { signal, timeout = this.#limits.requestTimeout } = options;
    if (this.#isOver) return Promise.reject(new RpcClosed(method, this.#reason));
    if (signal?.aborted) return Promise.reject(signal.reason);
    const id = this.#requests.nextId();
    let line: string;
    try {
      line = checkLine(formatRequest(id, method, params));
    } catch (error) {
      return Promise.reject(error);
    }
    const now = this.#clock.now();
    const answer = this.#requests.wait(id, method, now, { signal, timeout });
    this.#alarm.by(now + timeout);
    this.#sending.push(line);
    // The answer may stand behind calls that were not to be read yet.
    this.#receiver.wake();
    return answer;
  }

  /**
   * Sends a line.
   *
   * @param line The line without `\n`.
   * @throws {RangeError} If it is too long.
   */
  post(line: string): void {
    this.#sending.push(checkLine(line));
  }

  /**
   * Ends the connection now.
   *
   * @param reason Why, in a few words.
   */
  close(reason: string): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#reason = reason;
    this.#calls.stop();
    this.#sending.stop();
    this.#receiver.stop();
    this.#alarm.stop();
    try {
      this.#transport.close();
    } catch {
      // It is closed already, and that is what was wanted.
    }
    this.#requests.close(reason);
    this.#context.close(reason);
    this.#tellDrained();
    this.#closed.resolve(reason);
  }

  /**
   * Ends the connection when all that is under way is done; see `RpcPeer.finish()`.
   *
   * @param reason Why, in a few words.
   * @returns Resolves when it is closed.
   */
  async finish(reason: string): Promise<void> {
    this.#finish(reason);
    await this.#closed.promise;
    await this.#running;
  }

  get #isBusy(): boolean {
    return !this.#calls.idle || !this.#sending.idle;
  }

  get #isOver(): boolean {
    return this.#state === "leaving" || this.#state === "closed";
  }

  async #run(initial: Uint8Array | undefined): Promise<void> {
    try {
      await this.#receiver.run(initial);
      this.#end();
    } catch (error) {
      // Closed by us, read() fails: then this does nothing.
      this.close(reasonOf(error));
    }
  }

  /** The other side sends no more, but it may still read (`nc` with input from a file). */
  #end(): void {
    this.#isEnded = true;
    if (this.#state === "leaving") return this.close(this.#reason);
    const reason = "the other side closed the connection";
    this.#requests.close(reason);
    this.#finish(reason);
  }

  /** Holds back a call for which there is no room, unless we wait for an answer ourselves. */
  #mustWait({ kind }: RpcMessage): boolean {
    if (this.#state !== "open" || this.#requests.size > 0) return false;
    if (kind === "response" || kind === "stray") return false;
    // A notification gets no reply: two peers that only notify never wait for each other.
    return this.#calls.full ||
      (kind !== "notification" && this.#sending.size > this.#limits.highWater);
  }

  #take(message: RpcMessage): void {
    let valid = message.kind !== "invalid" && message.kind !== "stray";
    if (message.kind === "response") {
      this.#requests.settle(message);
    } else if (message.kind === "batch") {
      for (const response of message.responses) this.#requests.settle(response);
      valid = message.calls.every(({ kind }) => kind !== "invalid");
      if (this.#state === "open") this.#taken(this.#calls.takeBatch(message.calls));
    } else if (message.kind !== "stray" && this.#state === "open") {
      this.#taken(this.#calls.take(message));
    }
    this.#faults = valid ? 0 : this.#faults + 1;
    if (this.#faults >= this.#limits.maxFaults) {
      this.#finish(`it sent ${this.#faults} lines in a row that are no messages`);
    }
  }

  #taken(taken: boolean): void {
    // A notification cannot be refused, and must not be lost in silence.
    if (!taken) this.close("it sends more than can be served");
  }

  /** Something ended or was sent: there may be room, or nothing left to do. */
  #eased(): void {
    if (this.#sending.idle) this.#tellDrained();
    if (this.#state === "finishing" && !this.#isBusy) this.#leave();
    else this.#receiver.wake();
  }

  #tellDrained(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  /** All is sent. Ends our side, and waits for the other side to end its own: see `finish()`. */
  #leave(): void {
    const { maxDiscarded, leaveTimeout } = this.#limits;
    if (this.#isEnded || !this.#wasBusy || this.#transport.closeWrite === undefined) {
      return this.close(this.#reason);
    }
    this.#state = "leaving";
    this.keepAlive = false;
    this.#calls.stop();
    this.#sending.stop();
    this.#requests.close(this.#reason);
    this.#receiver.discard(maxDiscarded);
    this.#finishDeadline = Math.min(this.#finishDeadline, this.#clock.now() + leaveTimeout);
    this.#alarm.by(this.#finishDeadline);
    this.#transport.closeWrite().catch(() => this.close(this.#reason));
  }

  #finish(reason: string): void {
    if (this.#state !== "open") return;
    this.#state = "finishing";
    this.#wasBusy = this.#isBusy;
    this.#reason = reason;
    this.#finishDeadline = this.#clock.now() + this.#limits.finishTimeout;
    this.#alarm.by(this.#finishDeadline);
    this.#receiver.wake();
    this.#eased();
  }

  /** Does what is due and returns when something will be next. */
  #ring(now: number): number {
    const { sendTimeout, lineTimeout } = this.#limits;
    if (now >= this.#finishDeadline) this.close(this.#reason);
    if (now >= this.#sending.deadline) this.close(`it took nothing for ${sendTimeout / 1000} s`);
    if (now >= this.#receiver.deadline) {
      this.close(`a line was begun and not finished within ${lineTimeout / 1000} s`);
    }
    this.#askForLife(now);
    return Math.min(
      this.#requests.expire(now),
      this.#sending.deadline,
      this.#receiver.deadline,
      this.#finishDeadline,
      this.#keepAlive?.deadline ?? Infinity,
    );
  }

  #askForLife(now: number): void {
    // While nothing is read, nothing can be heard.
    if (this.#receiver.held) this.#keepAlive?.heard(now);
    const todo = this.#keepAlive?.check(now);
    if (todo === "ping") this.#sending.push(PING_LINE);
    if (todo !== "dead") return;
    const { pingAfter, pongWithin } = this.#limits;
    this.close(`no answer for ${(pingAfter + pongWithin) / 1000} s`);
  }
}
