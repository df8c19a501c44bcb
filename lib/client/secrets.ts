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
 * Asks for a secret that is new: twice, since nobody sees what they type. A script gives it twice,
 * too, on two lines.
 *
 * @param ask Asks.
 * @param question What is asked for.
 * @returns The secret, not empty.
 * @throws {UserError} If none is given, or the two are not the same.
 */
export async function askNewSecret(ask: Ask, { what, to }: SecretQuestion): Promise<string> {
  const first = await ask(`${what}: `, { secret: true });
  // A script that gave it twice must not have the second one taken for a command.
  const again = first === undefined ? first : await ask(`${what} again: `, { secret: true });
  const secret = given(first, { what, to });
  if (given(again, { what, to }) === secret) return secret;
  throw new UserError(`Cannot ${to}: the two are not the same. Try again.`);
}

function given(secret: string | undefined, { what, to }: SecretQuestion): string {
  if (secret !== undefined && secret !== "") return secret;
  throw new UserError(`Cannot ${to}: no ${what.toLowerCase()} was given.`);
}
