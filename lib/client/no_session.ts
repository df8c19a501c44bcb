/**
 * A server with which no session can be begun.
 *
 * @module
 */

import { UserError } from "../errors.ts";

/** What a server did instead of greeting. */
export type NoSessionKind =
  /** It did not answer in time. */
  | "silent"
  /** It closed the connection: so does one that is full, and one that speaks the lab protocol only. */
  | "closed"
  /** It answered something else. */
  | "other";

const WHY: Readonly<Record<NoSessionKind, string>> = {
  silent: "it did not answer in time. It may be stopped or busy; try again later.",
  closed: "it closed the connection without an answer. It may be full, which its own output " +
    "tells, or be no CRDS; try again later.",
  other: "it answers in no protocol of a CRDS. Is it another program?",
};

/** There is no session: perhaps another protocol helps, else its sentence tells why. */
export class NoSession extends UserError {
  /** The class's name, as errors have it. */
  override readonly name = "NoSession";
  /** What the server did. */
  readonly kind: NoSessionKind;

  /**
   * Makes the error.
   *
   * @param where The server, as `host:port`.
   * @param kind What it did.
   */
  constructor(where: string, kind: NoSessionKind) {
    super(`Cannot use the CRDS at ${where}: ${WHY[kind]}`);
    this.kind = kind;
  }
}
