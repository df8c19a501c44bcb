/**
 * A login, as its client keeps it.
 *
 * @module
 */

import { UserError } from "../../errors.ts";
import { foldName } from "../../people/names.ts";
import type { RoomDirectory } from "../room_directory.ts";
import { secureCalls } from "./account_calls.ts";
import { loginResult } from "./account_shapes.ts";

/** A login, at one server. */
export interface OwnLogin {
  /** The server, as `host:port`. */
  readonly where: string;
  /** The certificate of that server: the token is told to no other. */
  readonly fingerprint: string | undefined;
  /** The account's name. */
  readonly name: string;
  /** What lets this client, and nobody else, in again. It stays in memory. */
  readonly token: string;
  /** The name from before. */
  readonly guest: string;
}

/**
 * Says whether a name is that of an account one was logged in to.
 *
 * @param login The login.
 * @param wanted A name, in any spelling.
 * @param directory The server where it is wanted.
 * @returns The account's name; undefined if it is not, or not at that server.
 */
export function ownName(
  { where, fingerprint, name }: OwnLogin,
  wanted: string,
  directory: Pick<RoomDirectory, "where" | "session">,
): string | undefined {
  const isThere = where === directory.where && fingerprint === directory.session?.fingerprint;
  return isThere && foldName(name) === foldName(wanted) ? name : undefined;
}

/**
 * Logs in again, at the server of a login and at no other.
 *
 * @param login The login.
 * @param directory The server.
 * @param signal Gives up.
 * @returns The account's name there.
 * @throws {UserError} If it does not let one in again, or is another one.
 */
export async function resumeLogin(
  { token, fingerprint }: OwnLogin,
  directory: RoomDirectory,
  signal: AbortSignal | undefined,
): Promise<string> {
  const calls = secureCalls(directory, "log in again");
  if (directory.session?.fingerprint !== fingerprint) {
    throw new UserError("Cannot log in again: the server has another certificate now.");
  }
  const { name } = await calls.ask("account.resume", { token }, loginResult, { signal });
  return name;
}
