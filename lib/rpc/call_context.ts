/**
 * What the handlers of a peer are told beside the parameters.
 *
 * @module
 */

import type { RpcContext } from "./methods.ts";
import type { RpcPeer } from "./peer.ts";
import { RpcClosed } from "./rpc_error.ts";

/** One per peer; its signal is made when somebody asks for it, since most peers never need it. */
export class CallContext implements RpcContext {
  /** The peer that calls. */
  readonly peer: RpcPeer;
  #controller: AbortController | undefined;
  #reason: string | undefined;

  /**
   * Makes the context.
   *
   * @param peer The peer.
   */
  constructor(peer: RpcPeer) {
    this.peer = peer;
  }

  /** Aborted when the connection is closed. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined) this.close(this.#reason);
    return this.#controller.signal;
  }

  /**
   * The connection is closed.
   *
   * @param reason Why, in a few words.
   */
  close(reason: string): void {
    this.#reason = reason;
    this.#controller?.abort(new RpcClosed("a call", reason));
  }
}
