/**
 * The types of methods and of what serves them.
 *
 * @module
 */

import type { RpcParams } from "./message.ts";
import type { RpcPeer } from "./peer.ts";

/** Methods of the other side by name. Declare it with `type`, not with `interface`. */
export type MethodMap = Record<string, { params: unknown; result: unknown }>;

/** Parameters of notifications by name. Declare it with `type`, not with `interface`. */
export type NotificationMap = Record<string, unknown>;

/** What a handler knows beside the parameters: one object per peer. */
export interface RpcContext {
  /** The peer that calls; it may be asked and told things in return. */
  readonly peer: RpcPeer;
  /** Aborted when the connection is closed: nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * Serves a method. What it returns is the result (undefined becomes null); an `RpcError` that it
 * throws is the answer; anything else that it throws is a fault of ours and told as such.
 *
 * @param params What a stranger sent: check it. An empty object if there were no parameters.
 * @param context Who asks.
 * @returns The result or a promise of it.
 */
export type RpcHandler<Result = unknown> = (
  params: RpcParams,
  context: RpcContext,
) => Result | Promise<Result>;

/**
 * What serves methods and notifications, by name. One object can serve any number of peers.
 *
 * @example
 * ```ts
 * type Methods = { "rooms.count": { params: Record<string, never>; result: number } };
 *
 * const handlers: RpcHandlers<Methods> = { "rooms.count": () => 3 };
 * ```
 */
export type RpcHandlers<Local extends MethodMap = MethodMap> = {
  readonly [Method in keyof Local]: RpcHandler<Local[Method]["result"]>;
};
