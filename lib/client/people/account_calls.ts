/**
 * Asking about accounts: only where nobody listens, and with patience.
 *
 * @module
 */

import { UserError } from "../../errors.ts";
import { ACCOUNTS_FEATURE } from "../../people/account_methods.ts";
import { RpcError } from "../../rpc/rpc_error.ts";
import type { PeopleDirectory, RoomDirectory } from "../room_directory.ts";
import type { ServerLink } from "../server_link.ts";
import { ShapeError } from "../server_shapes.ts";
import type { SessionCalls } from "../session_calls.ts";

/** How long a password may take to be checked, in milliseconds: servers do that one by one. */
export const PASSWORD_PATIENCE = 60_000;

/**
 * Finds where passwords may be told.
 *
 * @param directory A server.
 * @param to What is wanted, as it stands in an error: `log in as "Mel"`.
 * @returns What asks there.
 * @throws {UserError} If it has no accounts, or others may listen.
 */
export function secureCalls(
  { session, where }: Pick<RoomDirectory, "session" | "where">,
  to: string,
): SessionCalls {
  if (session?.secure && session.features.has(ACCOUNTS_FEATURE)) return session.calls;
  const why = session === undefined
    ? "speaks the lab protocol only, which knows no accounts"
    : session.secure
    ? "has no accounts"
    : "is reached without encryption: passwords stay here. Its operator can turn TLS on";
  throw new UserError(`Cannot ${to}: the CRDS at ${where} ${why}.`);
}

/** Where something about accounts is asked. */
export interface Asking {
  /** The directory there. */
  readonly directory: RoomDirectory;
  /** What asks. */
  readonly calls: SessionCalls;
}

/** What a password was asked for, and where it was to go then. */
export interface Asked {
  /** What it is for, as it stands in an error. */
  readonly to: string;
  /** Where it was to go. */
  readonly before: Asking;
}

/**
 * Finds where passwords may be told; a connection that is lost is waited for.
 *
 * @param link The connection.
 * @param to What is wanted, as it stands in an error.
 * @param signal Gives up.
 * @returns Where to ask.
 * @throws {UserError} If there is no connection, or no such place.
 */
export async function accountSession(
  link: Pick<ServerLink, "use">,
  to: string,
  signal: AbortSignal,
): Promise<Asking> {
  const directory = await link.use(to, signal);
  return { directory, calls: secureCalls(directory, to) };
}

/**
 * Finds the same place again: while the user typed, the connection may have been lost, and got back
 * from somebody else.
 *
 * @param link The connection.
 * @param asked What was asked for.
 * @param signal Gives up.
 * @returns Where to ask.
 * @throws {UserError} If there is no connection, or another server.
 */
export async function sameServer(
  link: Pick<ServerLink, "use">,
  { to, before }: Asked,
  signal: AbortSignal,
): Promise<Asking> {
  const asking = await accountSession(link, to, signal);
  const [now, then] = [asking, before].map(({ directory }) => directory.session?.fingerprint);
  if (now === then) return asking;
  throw new UserError(
    `Cannot ${to}: the server shows another certificate than when the password was asked for. ` +
      "Nothing was sent. Ask who runs it, then try again.",
  );
}

/**
 * Takes a name, or what the server has instead.
 *
 * @param people The server's people.
 * @param name The name.
 * @param signal Gives up.
 * @returns The name that one has there now.
 * @throws {UserError} If one has none.
 */
export async function takeName(
  people: PeopleDirectory,
  name: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    await people.rename(name, signal);
  } catch (error) {
    const suggestion = error instanceof RpcError ? error.data?.suggestion : undefined;
    if (typeof suggestion !== "string") throw error;
    await people.rename(suggestion, signal);
  }
  return people.name;
}

/**
 * Says whether a question was not answered at all, so that it may be asked again.
 *
 * @param error What was thrown.
 * @returns True if so; false if the server refused.
 */
export function isLost(error: UserError): boolean {
  return !(error instanceof RpcError) && error.cause !== undefined;
}

/**
 * Waits for something that goes on when it is called off.
 *
 * @param work What is waited for.
 * @param signal Calls off.
 * @param late Takes what comes then.
 * @returns What comes before.
 */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  late: (value: T) => void,
): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    signal.throwIfAborted();
    return await Promise.race([work, aborted.promise]);
  } catch (error) {
    if (signal.aborted) work.then(late, () => {});
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/**
 * Takes a notification; one that cannot be understood is none.
 *
 * @param work Reads it and does what it says.
 * @returns Resolves when that is done.
 */
export async function understand(work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
  }
}
