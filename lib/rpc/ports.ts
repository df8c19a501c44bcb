/**
 * What a peer needs of the world: a stream of bytes and a clock.
 *
 * @module
 */

/** A connection; `Deno.TcpConn`, `Deno.TlsConn` and `Deno.UnixConn` are such. */
export interface ByteTransport {
  /** Reads some bytes; null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some bytes; returns how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends our side only, once all was written; where it is missing, there is no such thing. */
  closeWrite?(): Promise<void>;
  /** Ends both sides at once; what is being read or written then fails. */
  close(): void;
}

/** A steady clock. */
export interface Clock {
  /** The time in milliseconds since some moment. */
  now(): number;
  /**
   * Calls a function later.
   *
   * @param fn What to call, once.
   * @param ms After how many milliseconds.
   * @returns Call it to call the function off.
   */
  schedule(fn: () => void, ms: number): () => void;
}

/** The clock of the machine, which no change of the time of day disturbs. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  schedule(fn: () => void, ms: number): () => void {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};
