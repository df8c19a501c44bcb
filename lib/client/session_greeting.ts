/**
 * The begin of a session: what the client says of itself, and what it hears.
 *
 * @module
 */

import type { RoomChange } from "../directory/room_methods.ts";
import { SESSION_PROTOCOL } from "../people/people_methods.ts";
import type { RpcHandlers } from "../rpc/methods.ts";
import type { ByteTransport } from "../rpc/ports.ts";
import { RpcClosed, RpcError, RpcTimeout } from "../rpc/rpc_error.ts";
import { VERSION } from "../version.ts";
import { NoSession } from "./no_session.ts";
import { type Greeting, greeting, seenAddress } from "./server_shapes.ts";
import type { SessionCalls, Waiting } from "./session_calls.ts";

/** How long a server may take to greet, in milliseconds: long enough for one under load. */
export const HELLO_TIMEOUT = 6_000;

/** What a client says of itself when it connects. */
export interface SessionOptions {
  /** The chat name to hold; without one the client is anonymous. */
  readonly name?: string | undefined;
  /** The secret with which the name is taken over from a lost connection. */
  readonly resume: string;
  /** Called for each change of the directory. */
  readonly onChange?: ((change: RoomChange) => void) | undefined;
  /** The last revision of the directory that is known from a connection before. */
  readonly since?: number | undefined;
  /**
   * How long the server may take to greet, in milliseconds.
   *
   * @default {HELLO_TIMEOUT}
   */
  readonly helloTimeout?: number;
  /** What serves what the server asks and tells, beside rooms and relays. */
  readonly handlers?: RpcHandlers | undefined;
  /**
   * Whether the server is told nothing of the client at first: it is asked what it is, and whether to
   * go on with it is decided then, see {@linkcode SessionDirectory.introduce}.
   *
   * @default {false}
   */
  readonly unnamed?: boolean;
}

/** A connection, and what is known of it. */
export interface SessionLine {
  /** The connection; the session closes it. */
  readonly socket: ByteTransport & Pick<Deno.TcpConn, "localAddr" | "remoteAddr">;
  /** If it goes over TLS: the fingerprint of the certificate that is trusted. */
  readonly fingerprint?: string;
}

/** What a client may say of itself. */
export type Introduction = Partial<Pick<SessionOptions, "name" | "resume">>;

/**
 * Says hello. The server knows best which similar name is free if the wanted one is taken.
 *
 * @param calls Asks.
 * @param where The server, as `host:port`.
 * @param who What the client says of itself.
 * @param waiting How long to wait.
 * @returns What the server told, and the address that it sees the client at.
 * @throws {NoSession} If the server speaks no session protocol, or does not answer.
 * @throws {UserError} If it refuses, or answers what cannot be understood.
 */
export async function greet(
  calls: SessionCalls,
  where: string,
  { name, resume }: Introduction,
  waiting: Waiting,
): Promise<Greeting & { readonly seenAs: string | undefined }> {
  const params = {
    client: `crds-client ${VERSION}`,
    protocol: SESSION_PROTOCOL,
    orSimilar: true,
    keepAlive: true,
    ...(resume === undefined ? {} : { resume }),
    ...(name === undefined ? {} : { name }),
  };
  const read = (value: unknown): Greeting & { seenAs: string | undefined } => {
    return { seenAs: seenAddress(value), ...greeting(value, name !== undefined) };
  };
  return await calls.ask("hello", params, read, waiting).catch((error) => {
    const why = error instanceof RpcError ? error : error.cause;
    if (why instanceof RpcClosed) throw new NoSession(where, "closed");
    if (why instanceof RpcTimeout) throw new NoSession(where, "silent");
    // Its answer has no code of ours: whatever it speaks, it is not this protocol.
    if (why instanceof RpcError && why.data === undefined) throw new NoSession(where, "other");
    throw error;
  });
}
