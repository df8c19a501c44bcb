/**
 * Asking for passphrases and passwords.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import type { AskOptions } from "./question.ts";

/**
 * Asks the user for something; undefined if there is nobody to ask or no answer. Fails if they give a
 * command instead.
 */
export type Ask = (question: string, options?: AskOptions) => Promise<string | undefined>;

/**
 * Where nobody can be asked.
 *
 * @returns No answer.
 */
export function askNobody(): Promise<undefined> {
  return Promise.resolve(undefined);
}

/** A question for a secret. */
export interface SecretQuestion {
  /** What is asked for: "Passphrase". */
  readonly what: string;
  /** What it is for, as it stands in an error: `create room "vault"`. */
  readonly to: string;
}

/** A question for a secret that is new. */
export interface NewSecretQuestion extends SecretQuestion {
  /**
   * Fails with a sentence if the secret may not be used.
   *
   * @default Any may be used.
   */
  readonly check?: (secret: string) => void;
}

/**
 * Asks for a secret once.
 *
 * @param ask Asks.
 * @param question What is asked for.
 * @returns The secret, not empty.
 * @throws {UserError} If none is given.
 */
export async function askSecret(ask: Ask, { what, to }: SecretQuestion): Promise<string> {
  return given(await ask(`${what}: `, { secret: true }), { what, to });
}

/**
 * Asks for a secret that is new: twice, since nobody sees what they type. One that may not be used
 * is refused at once. A script gives it twice, too, on two lines: the second one is passed over then
 * by whoever counts them (`Command.secrets`).
 *
 * @param ask Asks.
 * @param question What is asked for.
 * @returns The secret, not empty.
 * @throws {UserError} If none is given, it may not be used, or the two are not the same.
 */
export async function askNewSecret(
  ask: Ask,
  { what, to, check = () => {} }: NewSecretQuestion,
): Promise<string> {
  const secret = await askSecret(ask, { what, to });
  check(secret);
  const again = await ask(`${what} again: `, { secret: true });
  if (given(again, { what, to }) === secret) return secret;
  throw new UserError(`Cannot ${to}: the two are not the same. Try again.`);
}

function given(secret: string | undefined, { what, to }: SecretQuestion): string {
  if (secret !== undefined && secret !== "") return secret;
  throw new UserError(`Cannot ${to}: no ${what.toLowerCase()} was given.`);
}
