/**
 * What becomes of a TLS handshake that does not succeed. Apart from TLS itself, which is loaded by whoever
 * needs it.
 *
 * @module
 */

/** What went wrong with a handshake. */
export type HandshakeFault =
  /** Another certificate than the one that is trusted, or one that is not good now. */
  | "untrusted"
  /** It is no TLS, or the connection broke. */
  | "broken"
  /** There was no answer in time. */
  | "silent";

/** A handshake that did not succeed. */
export class HandshakeError extends Error {
  /** The class's name, as errors have it. */
  override readonly name = "HandshakeError";
  /** What went wrong. */
  readonly fault: HandshakeFault;

  /**
   * Makes the error.
   *
   * @param fault What went wrong.
   * @param why The same in a few words.
   * @param cause What the system said.
   */
  constructor(fault: HandshakeFault, why: string, cause?: unknown) {
    super(why, { cause });
    this.fault = fault;
  }
}
