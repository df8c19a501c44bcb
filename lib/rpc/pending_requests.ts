/**
 * Requests of ours that wait for their answers.
 *
 * @module
 */

import type { RpcResponse } from "./message.ts";
import { RpcClosed, RpcTimeout } from "./rpc_error.ts";

/** One request that waits. */
interface Pending {
  readonly method: string;
  readonly timeout: number;
  readonly deadline: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: (() => void) | undefined;
}

/** How long a request waits. */
export interface PendingOptions {
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
  /** How long to wait, in milliseconds; may be Infinity. */
  readonly timeout: number;
}

/** Keeps the requests by their ids and ends each exactly once. */
export class PendingRequests {
  readonly #requests = new Map<number, Pending>();
  #lastId = 0;

  /** How many wait. */
  get size(): number {
    return this.#requests.size;
  }

  /**
   * Names the next request.
   *
   * @returns An id that none before had.
   */
  nextId(): number {
    return ++this.#lastId;
  }

  /**
   * Begins to wait.
   *
   * @param id The request's id.
   * @param method What is asked for.
   * @param now The time in milliseconds.
   * @param options How long to wait.
   * @returns Resolves with the result; rejects with what ended the waiting.
   */
  wait(id: number, method: string, now: number, options: PendingOptions): Promise<unknown> {
    const { signal, timeout } = options;
    return new Promise((resolve, reject) => {
      const onAbort = signal && (() => this.#take(id)?.reject(signal.reason));
      if (onAbort) signal.addEventListener("abort", onAbort);
      const deadline = now + timeout;
      this.#requests.set(id, { method, timeout, deadline, resolve, reject, signal, onAbort });
    });
  }

  /**
   * Ends a request with its answer; an answer to nothing (late, or invented) is ignored.
   *
   * @param response The answer.
   */
  settle(response: RpcResponse): void {
    const pending = typeof response.id === "number" ? this.#take(response.id) : undefined;
    if (pending === undefined) return;
    if (response.error === undefined) pending.resolve(response.result);
    else pending.reject(response.error);
  }

  /**
   * Ends the requests whose time is up.
   *
   * @param now The time in milliseconds.
   * @returns When to call it again, or Infinity.
   */
  expire(now: number): number {
    let next = Infinity;
    for (const [id, { method, timeout, deadline }] of this.#requests) {
      if (deadline <= now) this.#take(id)?.reject(new RpcTimeout(method, timeout));
      else if (deadline < next) next = deadline;
    }
    return next;
  }

  /**
   * Ends all requests, since no answer can come any more.
   *
   * @param reason Why, in a few words.
   */
  close(reason: string): void {
    for (const [id, { method }] of this.#requests) {
      this.#take(id)?.reject(new RpcClosed(method, reason));
    }
  }

  #take(id: number): Pending | undefined {
    const pending = this.#requests.get(id);
    if (pending === undefined) return undefined;
    this.#requests.delete(id);
    if (pending.onAbort) pending.signal?.removeEventListener("abort", pending.onAbort);
    return pending;
  }
}
