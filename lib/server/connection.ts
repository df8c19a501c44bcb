/**
 * One connection's life: read, answer, watch the time, close.
 *
 * @module
 */

import { reasonOf } from "../errors.ts";
import type { LabSession } from "./lab_session.ts";
import type { Limits } from "./limits.ts";
import type { Turns } from "./turns.ts";

/**
 * What a waiting connection holds to read into. Requests are short, so thousands of idle
 * connections cost little; a connection that fills it gets more (see `LARGE_READ_BYTES`).
 */
const SMALL_READ_BYTES = 256;

/** What a connection reads into that sends much at once; given back when it sends little again. */
const LARGE_READ_BYTES = 16 * 1024;

/** What is read and thrown away after the last reply, so that a reset does not overtake it. */
const MAX_DISCARDED_BYTES = 64 * 1024;

/** The part of `Deno.TcpConn` that a connection needs. */
export interface Socket {
  /** Reads some bytes; null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some bytes; returns how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends our side only. */
  closeWrite(): Promise<void>;
  /** Ends both sides at once. */
  close(): void;
}

/** How a connection ended, or what it turned out to be. */
export type ConnectionEnd =
  | {
    /** It is closed. */
    readonly kind: "closed";
    /** Why the server closed it; undefined if the client did. */
    readonly why: string | undefined;
  }
  | {
    /** It is open and speaks the session protocol. */
    readonly kind: "session";
    /** What was read of it. */
    readonly initial: Uint8Array;
  };

/** The first byte of a connection that speaks the session protocol: `{`. */
export const SESSION_BYTE = 0x7b;

/** What a {@linkcode Connection} works with. */
export interface ConnectionOptions {
  /** The socket; the connection closes it. */
  readonly socket: Socket;
  /** What answers the bytes. */
  readonly session: LabSession;
  /** Its limits. */
  readonly limits: Limits;
  /** Keeps busy connections from starving others. */
  readonly turns: Turns;
  /** A steady clock, in milliseconds. */
  readonly now: () => number;
}

/** Serves one client until either side ends. Has no timer: its owner calls `check()` regularly. */
export class Connection {
  readonly #socket: Socket;
  readonly #session: LabSession;
  readonly #limits: Limits;
  readonly #turns: Turns;
  readonly #now: () => number;
  #phase: "reading" | "answering" | "sending" | "discarding" = "answering";
  #stopping = false;
  #closed = false;
  #why: string | undefined;
  /** When the request that was begun must be complete, or Infinity. */
  #requestDeadline = Infinity;
  /** Pieces sent so far, and how many those were when `check()` last saw progress, and when. */
  #sends = 0;
  #seenSends = -1;
  #seenAt = 0;

  /**
   * Makes a connection; `run()` starts it.
   *
   * @param options What it works with.
   */
  constructor(options: ConnectionOptions) {
    this.#socket = options.socket;
    this.#session = options.session;
    this.#limits = options.limits;
    this.#turns = options.turns;
    this.#now = options.now;
  }

  /**
   * Serves the client.
   *
   * @returns How it ended, when it has; or at once if it is no lab connection but a session. Then
   *   the socket is open and left to the caller.
   */
  async run(): Promise<ConnectionEnd> {
    try {
      const initial = await this.#serve();
      if (initial !== undefined) return { kind: "session", initial };
      if (!this.#closed && (this.#session.over || this.#stopping)) await this.#bow();
    } catch (error) {
      // A closed socket of our own fails in read() or write(): then the reason is known already.
      this.#why ??= reasonOf(error);
    }
    this.#close();
    return { kind: "closed", why: this.#why };
  }

  /** How many requests were completed: a change is a sign of life. */
  get completed(): number {
    return this.#session.completed;
  }

  /** Ends the connection: at once if it waits for requests, else after the present replies. */
  stop(): void {
    this.#stopping = true;
    if (this.#phase === "reading") this.#close("the server stops");
  }

  /** Ends the connection now, whatever is under way. */
  abort(): void {
    this.#close("the server stops");
  }

  /**
   * Closes the connection if the client let too much time pass.
   *
   * @param now The time in milliseconds, of the same clock as in the options.
   */
  check(now: number): void {
    if (this.#phase === "reading" && now >= this.#requestDeadline) {
      const seconds = this.#limits.requestTimeout / 1000;
      this.#close(`a request was begun and not finished within ${seconds} s`);
    } else if (this.#phase === "sending" || this.#phase === "discarding") {
      if (this.#seenSends !== this.#sends) {
        this.#seenSends = this.#sends;
        this.#seenAt = now;
      } else if (now - this.#seenAt >= this.#limits.sendTimeout) {
        const what = this.#phase === "sending"
          ? "it took no reply for"
          : "it did not close its side for";
        this.#close(`${what} ${this.#limits.sendTimeout / 1000} s`);
      }
    }
  }

  /** Returns what was read if that is no lab request but the begin of a session. */
  async #serve(): Promise<Uint8Array | undefined> {
    let buffer = new Uint8Array(SMALL_READ_BYTES);
    let isFirst = true;
    while (!this.#stopping) {
      this.#phase = "reading";
      const count = await this.#socket.read(buffer);
      this.#turns.arrived();
      // Closed by ourselves while the bytes were on their way here.
      if (this.#closed) return undefined;
      if (count === null) {
        if (this.#session.pending) this.#why = "it ended in the middle of a request";
        return undefined;
      }
      this.#phase = "answering";
      if (isFirst && buffer[0] === SESSION_BYTE) return buffer.subarray(0, count);
      isFirst = false;
      const completed = this.#session.completed;
      this.#session.push(buffer.subarray(0, count));
      for (;;) {
        const next = this.#session.next();
        const piece = next instanceof Promise ? await next : next;
        if (this.#closed) return undefined;
        if (piece === undefined) break;
        this.#phase = "sending";
        this.#sends++;
        const sent = await this.#socket.write(piece);
        if (sent < piece.length) await this.#sendRest(piece, sent);
        this.#phase = "answering";
        if (this.#closed) return undefined;
      }
      if (this.#session.over) return undefined;
      this.#watchRequest(completed);
      if (count === buffer.length) {
        if (count < LARGE_READ_BYTES) buffer = new Uint8Array(LARGE_READ_BYTES);
      } else if (buffer.length > SMALL_READ_BYTES) {
        buffer = new Uint8Array(SMALL_READ_BYTES);
      }
      const turn = this.#turns.next();
      if (turn !== undefined) await turn;
      if (this.#closed) return undefined;
    }
    this.#why ??= "the server stops";
    return undefined;
  }

  /** A request's time runs from its own first byte, not from its latest. */
  #watchRequest(completedBefore: number): void {
    if (!this.#session.pending) this.#requestDeadline = Infinity;
    else if (this.#requestDeadline === Infinity || this.#session.completed !== completedBefore) {
      this.#requestDeadline = this.#now() + this.#limits.requestTimeout;
    }
  }

  async #sendRest(piece: Uint8Array, sent: number): Promise<void> {
    let count = sent;
    while (count < piece.length && !this.#closed) {
      this.#turns.arrived();
      const turn = this.#turns.next();
      if (turn !== undefined) await turn;
      this.#sends++;
      count += await this.#socket.write(piece.subarray(count));
    }
  }

  /** Says goodbye so that the last reply arrives: unread bytes would turn the close into a reset. */
  async #bow(): Promise<void> {
    this.#why ??= this.#session.fault;
    await this.#socket.closeWrite();
    this.#phase = "discarding";
    this.#sends++;
    const buffer = new Uint8Array(LARGE_READ_BYTES);
    for (let left = MAX_DISCARDED_BYTES; (left > 0 || this.#stopping) && !this.#closed;) {
      const count = await this.#socket.read(buffer);
      if (count === null) return;
      left -= count;
    }
  }

  #close(why?: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#why ??= why;
    // The store may be slow: what it is asked for after this, nobody waits for.
    this.#session.cancel();
    this.#socket.close();
  }
}
