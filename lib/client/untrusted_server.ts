/**
 * A server that is not, or may not be, the one that was known.
 *
 * @module
 */

import { UserError } from "../errors.ts";

/** It is not to be spoken to: the user has to decide, unless the right one comes back. */
export class UntrustedServer extends UserError {
  /** The class's name, as errors have it. */
  override readonly name = "UntrustedServer";

  /**
   * Makes the error.
   *
   * @param where The server, as the user calls it.
   * @param why What is wrong, as a part of a sentence.
   * @param what What may be behind it, and what to do.
   */
  constructor(where: string, why: string, what: string) {
    super(`Cannot trust the CRDS at ${where}: ${why}. ${what}`);
  }

  /**
   * It has another certificate than the one that is kept.
   *
   * @param where The server.
   * @param known The fingerprint that is kept.
   * @param shown The one it has now, if that is known.
   * @returns The error.
   */
  static changed(where: string, known: string, shown: string | undefined): UntrustedServer {
    const now = shown === undefined ? "" : `, it shows ${shown}`;
    return new UntrustedServer(
      where,
      `ITS CERTIFICATE HAS CHANGED (known is ${known}${now})`,
      `Somebody may pretend to be the server, or it was set up anew: ask who runs it, ${
        forgetting(where)
      }.`,
    );
  }

  /**
   * It was known to have TLS, and has none.
   *
   * @param where The server.
   * @returns The error.
   */
  static downgraded(where: string): UntrustedServer {
    return new UntrustedServer(
      where,
      "IT HAS NO TLS ANY MORE",
      `Somebody may be in between, or it was started with --no-tls: ask who runs it, ${
        forgetting(where)
      }.`,
    );
  }
}

function forgetting(where: string): string {
  return `then "forget ${where}" and connect again`;
}
