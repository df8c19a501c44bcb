/**
 * The direct way to another person, without the server: the port.
 *
 * @module
 */

/** What became of a message on the direct way. */
export type DirectOutcome =
  /** The other's client acknowledged it. */
  | "delivered"
  /** There is no direct way now; the server may have one. */
  | "unreachable"
  /** It is refused, and the server would refuse it, too: a sentence for people. */
  | { readonly refused: string };

/** Sends messages directly from client to client. */
export interface PrivateSender {
  /**
   * Tries to deliver a message directly.
   *
   * @param to The recipient's name.
   * @param id The message's id, the same on every way.
   * @param text What it says.
   * @param signal Gives up.
   * @returns What became of it.
   */
  tryDirect(to: string, id: string, text: string, signal?: AbortSignal): Promise<DirectOutcome>;
}
