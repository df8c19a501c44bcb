/**
 * What one peer may use, and how long it may take.
 *
 * @module
 */

/** Limits of a peer; each has a default with its reason in {@linkcode DEFAULT_RPC_LIMITS}. */
export interface RpcLimits {
  /** Milliseconds that a request of ours waits for its answer. */
  readonly requestTimeout: number;
  /** Calls of the other side that are under way at one time; further ones are not read. */
  readonly maxCalls: number;
  /** The same while we wait for an answer, which may need them; further ones are refused. */
  readonly maxNestedCalls: number;
  /** UTF-16 units of messages (bytes, if ASCII) that wait to be sent. */
  readonly maxQueued: number;
  /** UTF-16 units that wait to be sent above which no further request is taken. */
  readonly highWater: number;
  /** Milliseconds without progress while something is being sent. */
  readonly sendTimeout: number;
  /** Milliseconds from the first byte of a line to its last. */
  readonly lineTimeout: number;
  /** Milliseconds of silence after which a `ping` is sent. */
  readonly pingAfter: number;
  /** Milliseconds of silence after the `ping`, after which the other side is taken for dead. */
  readonly pongWithin: number;
  /** Lines in a row that are no messages. */
  readonly maxFaults: number;
  /** Milliseconds that what is under way gets to finish when the connection ends. */
  readonly finishTimeout: number;
  /** Milliseconds that the other side gets to close, once all was sent. */
  readonly leaveTimeout: number;
  /** Bytes that are read and thrown away meanwhile. */
  readonly maxDiscarded: number;
}

/** The limits when nothing else is said. */
export const DEFAULT_RPC_LIMITS: RpcLimits = {
  // Answers take milliseconds; after ten seconds a person has given up.
  requestTimeout: 10_000,
  // Enough to group commits of a busy peer, few enough times 10,000 peers.
  maxCalls: 64,
  // Each may hold a line: 16 MiB at worst, and only while a peer keeps us waiting.
  maxNestedCalls: 256,
  // Sixteen of the longest lines: a burst of a busy room, and 10 GB only if 10,000 peers stall.
  maxQueued: 1024 * 1024,
  // What a peer did not read yet keeps it from asking for more.
  highWater: 256 * 1024,
  // A peer that takes nothing for this long does not read.
  sendTimeout: 10_000,
  // A program sends a line in one go; ten seconds forgive a slow link.
  lineTimeout: 10_000,
  // Together 25 s: a dead peer is noticed within 30 s, and a live one is asked rarely.
  pingAfter: 10_000,
  pongWithin: 15_000,
  // A person who tries things out makes fewer mistakes in a row.
  maxFaults: 100,
  // What is under way takes milliseconds; whoever does not read must not hold up the end.
  finishTimeout: 2_000,
  // A round trip to a program that reads; a person at `nc` is not waited for longer.
  leaveTimeout: 1_000,
  // What a peer may have sent before it saw our end: the buffers of both systems.
  maxDiscarded: 1024 * 1024,
};
