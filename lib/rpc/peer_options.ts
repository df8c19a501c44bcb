/**
 * What a peer is made with.
 *
 * @module
 */

import type { RpcLimits } from "./limits.ts";
import type { RpcHandlers } from "./methods.ts";
import type { ByteTransport, Clock } from "./ports.ts";

/** What a peer works with. */
export interface RpcPeerOptions {
  /** The connection; the peer closes it. For TCP, `setNoDelay()` should be set. */
  readonly transport: ByteTransport;
  /** What serves the other side's calls and takes its notifications. */
  readonly handlers: RpcHandlers;
  /** Told of a handler that threw anything but an `RpcError`: a fault of ours. Must not throw. */
  readonly onFault: (error: unknown, method: string) => void;
  /** Bytes that were already read from the transport. */
  readonly initial?: Uint8Array;
  /**
   * Whether silence is answered with a `ping` and then with the end; see `RpcPeer.keepAlive`.
   *
   * @default {false}
   */
  readonly keepAlive?: boolean;
  /**
   * Limits that differ from the defaults.
   *
   * @default {DEFAULT_RPC_LIMITS}
   */
  readonly limits?: Partial<RpcLimits>;
  /**
   * Where the time comes from.
   *
   * @default {SYSTEM_CLOCK}
   */
  readonly clock?: Clock;
}

/** How one request waits for its answer. */
export interface RpcRequestOptions {
  /** Ends the waiting; the other side is not told. */
  readonly signal?: AbortSignal;
  /**
   * How long to wait, in milliseconds; may be Infinity.
   *
   * @default {limits.requestTimeout}
   */
  readonly timeout?: number;
}
