/**
 * Why something cannot be done with an account.
 *
 * @module
 */

import { UserError } from "../errors.ts";

/** What a program can tell apart; the words of the session protocol. */
export type AccountErrorCode =
  | "WRONG_PASSWORD"
  | "LOCKED"
  | "NAME_TAKEN"
  | "BAD_PASSWORD"
  | "BAD_TOKEN"
  | "TOO_MANY_ACCOUNTS"
  | "BUSY";

/** Why something cannot be done with an account. */
export class AccountError extends UserError {
  /** The class's name, as errors have it. */
  override readonly name = "AccountError";

  /**
   * Makes the error.
   *
   * @param code The reason, for programs.
   * @param message The sentence for people.
   * @param details What else programs may want to know: `left` (tries), `seconds`.
   */
  constructor(
    readonly code: AccountErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/**
 * Makes the error of a name that belongs to an account.
 *
 * @param cannot The beginning of the sentence: `Cannot register "Mel"`.
 * @returns The error.
 */
export function nameTaken(cannot: string): AccountError {
  return new AccountError(
    "NAME_TAKEN",
    `${cannot}: the name belongs to an account. Choose another.`,
  );
}
