/**
 * What one server and one connection may use.
 *
 * @module
 */

/** Limits of a server; each has a default with its reason in {@linkcode DEFAULT_LIMITS}. */
export interface Limits {
  /** Connections at one time. */
  readonly maxConnections: number;
  /** Members at one time that are in rooms through the server. */
  readonly maxRelays: number;
  /** Milliseconds from the first byte of a request to its last. */
  readonly requestTimeout: number;
  /** Milliseconds without progress while a reply is being sent. */
  readonly sendTimeout: number;
  /** Milliseconds that connections get to finish when the server stops. */
  readonly stopTimeout: number;
  /** Bytes of one piece of replies; one listing may be longer. */
  readonly maxReplyBytes: number;
}

/** The limits when nothing else is said. */
export const DEFAULT_LIMITS: Limits = {
  // Every machine of a campus at once, and below the usual hard limit of open files (20,000).
  maxConnections: 10_000,
  // Each takes four sockets and gets its own copy of all that its room says. Multicast reaches the rest.
  maxRelays: 200,
  // A program sends a request in one go; ten seconds forgive a person typing into a socket.
  requestTimeout: 10_000,
  // A peer that takes nothing for this long does not read: its connection is closed.
  sendTimeout: 10_000,
  // What is under way takes milliseconds; whoever does not read must not hold up the end.
  stopTimeout: 2_000,
  // Sixteen listings of 1,000 rooms in one write. All connections share the piece, so that 10,000 that
  // wait for it cost no more than one.
  maxReplyBytes: 512 * 1024,
};
