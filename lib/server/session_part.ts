/**
 * What a session is put together from: each part serves some methods of the protocol.
 *
 * @module
 */

import type { Endpoint } from "../net/endpoint.ts";
import type { Session } from "../people/presence.ts";
import type { RpcRequestOptions } from "../rpc/peer_options.ts";
import type { Post } from "./news.ts";

/** One session, as its parts see it. */
export interface SessionContext {
  /** What stands for the session among the people. */
  readonly session: Session;
  /** The client's address and port. */
  readonly peer: Endpoint;
  /** Whether nobody on the way can read what is said: it came over TLS. */
  readonly secure: boolean;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
  /** Sends a notification, as a line, to the client. */
  readonly post: Post;
  /**
   * Asks the client.
   *
   * @param method The method.
   * @param params Its parameters.
   * @param options How to wait.
   * @returns What it answers, unchecked; rejects like `RpcPeer.request()`.
   */
  readonly ask: (method: string, params: unknown, options?: RpcRequestOptions) => Promise<unknown>;
  /** Ends the connection, with the reason. */
  readonly close: (why: string) => void;
  /** Tells the operator of a mishap that is not the client's fault. */
  readonly problem: (what: string) => void;
}

/** Serves some methods of one session. Disposed when its connection has ended. */
export interface SessionPart extends AsyncDisposable {
  /**
   * One function per method. What it takes has been checked against the method's table, which must be
   * among `SERVER_METHODS`.
   */
  // deno-lint-ignore no-explicit-any
  readonly handlers: Readonly<Record<string, (params: any) => unknown>>;
  /** What `hello` tells of it. */
  readonly features: readonly string[];
}
