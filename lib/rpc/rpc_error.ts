/**
 * What can go wrong with a request (JSON-RPC 2.0, section 5.1).
 *
 * @module
 */

import { UserError } from "../errors.ts";

/** The error codes of JSON-RPC 2.0, section 5.1, and the one for what our methods refuse. */
export const RpcCode = {
  /** The line is no JSON. */
  parseError: -32700,
  /** The JSON is no request. */
  invalidRequest: -32600,
  /** There is no such method. */
  methodNotFound: -32601,
  /** The parameters are not those of the method. */
  invalidParams: -32602,
  /** The handler failed; the operator is told why, the peer is not. */
  internalError: -32603,
  /** The method refused: `data.code` says why. */
  refused: -32000,
} as const;

/** What programs read of an error: an upper-case word, and details of that kind of error. */
export interface RpcErrorData {
  /** An upper-case word, such as `ROOM_EXISTS`. */
  readonly code: string;
  /** Details. */
  readonly [detail: string]: unknown;
}

/** An error as it stands in a response. */
export interface RpcFault {
  /** One of {@linkcode RpcCode}, or another peer's own. */
  readonly rpcCode: number;
  /** A sentence for people. */
  readonly message: string;
  /** What programs read. */
  readonly data?: RpcErrorData | undefined;
}

/**
 * An answer that says no. A handler throws it to answer so; a request fails with it when the other
 * side answered so.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const why = 'Cannot create room "lobby": the name is taken (239.255.7.1:50100).';
 * const error = refusal("ROOM_EXISTS", why, { name: "lobby" });
 * assertEquals(error.rpcCode, RpcCode.refused);
 * assertEquals(error.data, { code: "ROOM_EXISTS", name: "lobby" });
 * ```
 */
export class RpcError extends UserError implements RpcFault {
  /** The class's name, as errors have it. */
  override readonly name = "RpcError";
  /** One of {@linkcode RpcCode}, or another peer's own. */
  readonly rpcCode: number;
  /** What programs read. */
  readonly data: RpcErrorData | undefined;

  /**
   * Makes an error.
   *
   * @param rpcCode One of {@linkcode RpcCode}.
   * @param message A sentence for people.
   * @param data What programs read.
   */
  constructor(rpcCode: number, message: string, data?: RpcErrorData) {
    super(message);
    this.rpcCode = rpcCode;
    this.data = data;
  }
}

/**
 * Makes the error of a method that refuses.
 *
 * @param code An upper-case word that programs test.
 * @param message A sentence for people.
 * @param details What else programs may want to know.
 * @returns The error, to be thrown by a handler.
 */
export function refusal(
  code: string,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): RpcError {
  return new RpcError(RpcCode.refused, message, { ...details, code });
}

/** A request that was not answered in time. A late answer is ignored. */
export class RpcTimeout extends UserError {
  /** The class's name, as errors have it. */
  override readonly name = "RpcTimeout";

  /**
   * Makes an error.
   *
   * @param method What was asked for.
   * @param timeout How long it was waited, in milliseconds.
   */
  constructor(method: string, timeout: number) {
    super(
      `Cannot get an answer to "${method}": none came within ${timeout / 1000} s. Try again later.`,
    );
  }
}

/** A request that will not be answered, since the connection is closed. */
export class RpcClosed extends UserError {
  /** The class's name, as errors have it. */
  override readonly name = "RpcClosed";
  /** Why the connection is closed, in a few words. */
  readonly reason: string;

  /**
   * Makes an error.
   *
   * @param method What was asked for, or what was under way.
   * @param reason Why the connection is closed, in a few words.
   */
  constructor(method: string, reason: string) {
    super(`Cannot finish "${method}": the connection is closed (${reason}). Connect again.`);
    this.reason = reason;
  }
}
