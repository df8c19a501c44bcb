/**
 * Calls of the other side: which handler serves them, how many at a time, what is answered.
 *
 * @module
 */

import { checkLine } from "../framing/json_lines.ts";
import { BatchReply } from "./batch_reply.ts";
import type { RpcLimits } from "./limits.ts";
import {
  formatError,
  formatResult,
  type RpcCall,
  type RpcId,
  type RpcNotification,
  type RpcRequest,
} from "./message.ts";
import type { RpcContext, RpcHandler, RpcHandlers } from "./methods.ts";
import { RpcCode, RpcError, type RpcFault } from "./rpc_error.ts";

/** The method that every peer has: it answers `{}`. */
export const PING_METHOD = "ping";

const NO_METHOD: RpcFault = { rpcCode: RpcCode.methodNotFound, message: "Method not found" };
const INTERNAL: RpcFault = { rpcCode: RpcCode.internalError, message: "Internal error" };

const BUSY: RpcFault = {
  rpcCode: RpcCode.refused,
  message: "Cannot take the request: too many are under way. Ask again when one is answered.",
  data: { code: "BUSY" },
};

/** What {@linkcode Calls} works with. */
export interface CallsOptions {
  /** What serves the methods. */
  readonly handlers: RpcHandlers;
  /** What the handlers are told. */
  readonly context: RpcContext;
  /** How many may be under way. */
  readonly limits: Pick<RpcLimits, "maxCalls" | "maxNestedCalls">;
  /** Whether so much waits to be sent that no further reply should be added. */
  readonly congested: () => boolean;
  /** Takes a line to be sent. */
  readonly send: (line: string) => void;
  /** Told of a handler that failed. */
  readonly onFault: (error: unknown, method: string) => void;
  /** Called when a call ended that took its time. */
  readonly onEnded: () => void;
}

/** Starts calls in the order in which they came; those of a handler that does not wait end so, too. */
export class Calls {
  readonly #options: CallsOptions;
  #underWay = 0;
  #stopped = false;

  /**
   * Begins with none.
   *
   * @param options What it works with.
   */
  constructor(options: CallsOptions) {
    this.#options = options;
  }

  /** Whether no further call should be started now, unless we ask the other side ourselves. */
  get full(): boolean {
    return this.#underWay >= this.#options.limits.maxCalls;
  }

  /** Whether no call is under way. */
  get idle(): boolean {
    return this.#underWay === 0;
  }

  /**
   * Starts a call. With `maxNestedCalls` under way, or replies that are not read, a request is
   * answered with the code `BUSY` instead.
   *
   * @param call The call.
   * @returns False if it could not be started and wants no answer that could say so.
   */
  take(call: RpcCall): boolean {
    return this.#start(call, undefined);
  }

  /**
   * Starts the calls of a batch together, each as `take()` does.
   *
   * @param calls The calls.
   * @returns False if one could not be started and wants no answer that could say so.
   */
  takeBatch(calls: readonly RpcCall[]): boolean {
    const count = calls.reduce((sum, { kind }) => kind === "notification" ? sum : sum + 1, 0);
    const replies = new BatchReply(count, this.#options.send);
    return calls.every((call) => this.#start(call, replies));
  }

  /** Starts nothing more and answers nothing more. */
  stop(): void {
    this.#stopped = true;
  }

  #start(call: RpcCall, batch: BatchReply | undefined): boolean {
    if (this.#stopped) return true;
    if (call.kind === "invalid") {
      this.#refuse(call.id, call.error, batch);
      return true;
    }
    const full = this.#underWay >= this.#options.limits.maxNestedCalls;
    if (call.kind === "notification") {
      if (full) return false;
      this.#serve(call, batch);
    } else if (full || this.#options.congested()) {
      this.#refuse(call.id, BUSY, batch);
    } else {
      this.#serve(call, batch);
    }
    return true;
  }

  #serve(call: RpcRequest | RpcNotification, batch: BatchReply | undefined): void {
    const { handlers, context } = this.#options;
    const { method } = call;
    if (method === PING_METHOD) return this.#succeed(call, {}, batch);
    // Own members only: `constructor` and its like are nobody's methods.
    const handler: RpcHandler | undefined = Object.hasOwn(handlers, method)
      ? handlers[method]
      : undefined;
    if (handler === undefined) {
      if (call.kind === "request") this.#refuse(call.id, NO_METHOD, batch);
      return;
    }
    try {
      const result = handler(call.params, context);
      if (result instanceof Promise) void this.#follow(call, result, batch);
      else this.#succeed(call, result, batch);
    } catch (error) {
      this.#fail(call, error, batch);
    }
  }

  async #follow(
    call: RpcRequest | RpcNotification,
    promise: Promise<unknown>,
    batch: BatchReply | undefined,
  ): Promise<void> {
    this.#underWay++;
    try {
      this.#succeed(call, await promise, batch);
    } catch (error) {
      this.#fail(call, error, batch);
    }
    this.#underWay--;
    this.#options.onEnded();
  }

  #succeed(
    call: RpcRequest | RpcNotification,
    result: unknown,
    batch: BatchReply | undefined,
  ): void {
    if (call.kind === "notification" || this.#stopped) return;
    let line: string;
    try {
      line = checkLine(formatResult(call.id, result));
    } catch (error) {
      // What has no JSON form, or no room in a line, is the handler's fault.
      return this.#fail(call, error, batch);
    }
    this.#reply(line, batch);
  }

  #fail(
    call: RpcRequest | RpcNotification,
    error: unknown,
    batch: BatchReply | undefined,
  ): void {
    if (this.#stopped) return;
    if (!(error instanceof RpcError)) this.#options.onFault(error, call.method);
    if (call.kind === "notification") return;
    this.#refuse(call.id, error instanceof RpcError ? error : INTERNAL, batch);
  }

  #refuse(id: RpcId, fault: RpcFault, batch: BatchReply | undefined): void {
    let line: string;
    try {
      line = checkLine(formatError(id, fault));
    } catch (error) {
      this.#options.onFault(error, fault.message);
      line = formatError(id, INTERNAL);
    }
    this.#reply(line, batch);
  }

  #reply(line: string, batch: BatchReply | undefined): void {
    if (batch === undefined) this.#options.send(line);
    else batch.add(line);
  }
}
