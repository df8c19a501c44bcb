/**
 * Asking for a new password.
 *
 * @module
 */

import { UserError } from "../../errors.ts";
import { faultOfPassword } from "../../people/passwords.ts";
import { type Ask, askNewSecret, type SecretQuestion } from "../secrets.ts";

/** A question for a new password. */
export interface NewPasswordQuestion extends SecretQuestion {
  /** The name it is for. */
  readonly name: string;
  /** How it stands in an error: `with this password`. */
  readonly how: string;
}

/**
 * Asks for a new password, twice. The rule is the server's, and is checked while the user still knows
 * what they typed first.
 *
 * @param ask Asks.
 * @param question What is asked for.
 * @returns The password.
 * @throws {UserError} If none is given, it may not be used, or the two are not the same.
 */
export function askNewPassword(
  ask: Ask,
  { name, how, ...question }: NewPasswordQuestion,
): Promise<string> {
  const check = (password: string): void => {
    const fault = faultOfPassword(password, name);
    if (fault === undefined) return;
    throw new UserError(`Cannot ${question.to} ${how}: ${fault}.`);
  };
  return askNewSecret(ask, { ...question, check });
}
