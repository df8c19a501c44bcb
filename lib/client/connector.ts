/**
 * Connecting to a server, whatever protocol it speaks.
 *
 * @module
 */

import { openConnection } from "../net/connect.ts";
import { type Endpoint, formatEndpoint } from "../net/endpoint.ts";
import { LabConnection } from "./lab_connection.ts";
import { LabDirectory } from "./lab_directory.ts";
import { NoSession } from "./no_session.ts";
import type { RoomDirectory } from "./room_directory.ts";
import { SessionDirectory } from "./session_directory.ts";
import { HELLO_TIMEOUT, type SessionOptions } from "./session_greeting.ts";
import { within } from "./within.ts";

/** How one connects. */
export interface ConnectOptions extends SessionOptions {
  /**
   * Whether the lab protocol will not do: a server that spoke sessions before is not taken for less
   * because it is slow, or full.
   *
   * @default {false}
   */
  readonly sessionsOnly?: boolean;
}

type Outcome =
  | { readonly directory: RoomDirectory }
  | { readonly error: unknown };

/**
 * Connects to a server: with the session protocol, and if the server does not speak it, with the
 * lab protocol on a new connection. A server that is silent for half of the time it has is asked in
 * the lab protocol too; it speaks that only if it answers there, and first.
 *
 * @param endpoint Where it is.
 * @param options What the client says of itself in a session.
 * @param signal Gives up.
 * @returns The directory; its `people` tells which protocol it is.
 * @throws {UserError} If nobody answers there in time, or the server refuses.
 */
export async function connectDirectory(
  endpoint: Endpoint,
  options: ConnectOptions,
  signal?: AbortSignal,
): Promise<RoomDirectory> {
  const { helloTimeout = HELLO_TIMEOUT, sessionsOnly = false } = options;
  const socket = await openConnection(endpoint, signal);
  const rest = new AbortController();
  const stop = AbortSignal.any([rest.signal, ...(signal === undefined ? [] : [signal])]);
  const session = outcomeOf(SessionDirectory.begin(endpoint, { socket }, options, stop));
  const early = sessionsOnly ? await session : await within(session, helloTimeout / 2);
  if (early !== undefined && !meansPerhapsLab(early, sessionsOnly)) return take(early);

  const lab = outcomeOf(askLab(endpoint, helloTimeout / 2, stop));
  const first = await Promise.race(early === undefined ? [session, lab] : [lab]);
  const won = "directory" in first ? first : await better(session, lab);
  rest.abort();
  // Whoever comes second is not needed.
  for (const other of [session, lab]) {
    other.then((outcome) => {
      if (outcome !== won && "directory" in outcome) outcome.directory[Symbol.asyncDispose]();
    });
  }
  signal?.throwIfAborted();
  return take(won);
}

/** Whether a server that gave no session may still speak the lab protocol. */
function meansPerhapsLab(outcome: Outcome, sessionsOnly: boolean): boolean {
  return !sessionsOnly && "error" in outcome && outcome.error instanceof NoSession;
}

/** The one that worked, else the failure that says most. */
async function better(session: Promise<Outcome>, lab: Promise<Outcome>): Promise<Outcome> {
  const [one, other] = await Promise.all([session, lab]);
  if ("directory" in one) return one;
  if ("directory" in other) return other;
  if (!(one.error instanceof NoSession)) return one;
  // Closed there and silent here: it is up, and slow.
  return other.error instanceof NoSession && one.error.kind === "closed" ? other : one;
}

function take(outcome: Outcome): RoomDirectory {
  if ("error" in outcome) throw outcome.error;
  return outcome.directory;
}

function outcomeOf(work: Promise<RoomDirectory>): Promise<Outcome> {
  return work.then((directory) => ({ directory }), (error) => ({ error }));
}

/** Asks for the listing: who answers that speaks the lab protocol. */
async function askLab(
  endpoint: Endpoint,
  timeout: number,
  stop: AbortSignal,
): Promise<LabDirectory> {
  const connection = await LabConnection.connect(endpoint, stop);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeout);
  try {
    const either = AbortSignal.any([late.signal, stop]);
    await connection.ask({ op: "getdir", times: 1 }, either);
    return new LabDirectory(connection);
  } catch {
    await connection[Symbol.asyncDispose]();
    throw new NoSession(formatEndpoint(endpoint), late.signal.aborted ? "silent" : "closed");
  } finally {
    clearTimeout(timer);
  }
}
