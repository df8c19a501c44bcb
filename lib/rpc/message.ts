/**
 * JSON-RPC 2.0 messages (https://www.jsonrpc.org/specification): parsing a line, writing a line.
 * Pure: no I/O. Members named `__proto__` stay plain data, since nothing here copies or merges.
 *
 * @module
 */

import { MAX_LINE_BYTES } from "../framing/json_lines.ts";
import { sanitise } from "../text.ts";
import { RpcCode, RpcError, type RpcErrorData, type RpcFault } from "./rpc_error.ts";

/** Most messages of one batch: all of them are under way at once. */
export const MAX_BATCH_LENGTH = 100;

/** Most UTF-16 units of an id: it is repeated in the reply, which must fit into a line. */
export const MAX_ID_LENGTH = 256;

/** What tells a request from another; null is legal and useless (section 4). */
export type RpcId = string | number | null;

/** Parameters by name or by position; without any in the message, an empty object. */
export type RpcParams = Readonly<Record<string, unknown>> | readonly unknown[];

/** A call that wants an answer. */
export interface RpcRequest {
  /** Tells the kinds of messages apart. */
  readonly kind: "request";
  /** To be repeated in the answer. */
  readonly id: RpcId;
  /** What is asked for. */
  readonly method: string;
  /** With what. */
  readonly params: RpcParams;
}

/** A call that wants no answer. */
export interface RpcNotification {
  /** Tells the kinds of messages apart. */
  readonly kind: "notification";
  /** What is told. */
  readonly method: string;
  /** With what. */
  readonly params: RpcParams;
}

/** An answer; `error` is undefined in a good one. */
export interface RpcResponse {
  /** Tells the kinds of messages apart. */
  readonly kind: "response";
  /** The request's id. */
  readonly id: RpcId;
  /** The result, if there is no error. */
  readonly result: unknown;
  /** What the other side said no with. */
  readonly error: RpcError | undefined;
}

/** What is no message and must be answered with an error. */
export interface RpcInvalid {
  /** Tells the kinds of messages apart. */
  readonly kind: "invalid";
  /** The id if it could be found, else null. */
  readonly id: RpcId;
  /** The answer. */
  readonly error: RpcFault;
}

/** A broken response: never answered, or two peers would answer each other's errors for ever. */
export interface RpcStray {
  /** Tells the kinds of messages apart. */
  readonly kind: "stray";
}

/** A message that the receiver has to do something for. */
export type RpcCall = RpcRequest | RpcNotification | RpcInvalid;

/** Several messages in one line (section 6); the replies come together. */
export interface RpcBatch {
  /** Tells the kinds of messages apart. */
  readonly kind: "batch";
  /** What is to be done. */
  readonly calls: readonly RpcCall[];
  /** Answers to requests of ours. */
  readonly responses: readonly RpcResponse[];
}

/** What one line holds. */
export type RpcMessage = RpcCall | RpcResponse | RpcStray | RpcBatch;

const PARSE_ERROR: RpcFault = { rpcCode: RpcCode.parseError, message: "Parse error" };
const INVALID_REQUEST: RpcFault = { rpcCode: RpcCode.invalidRequest, message: "Invalid Request" };
const BAD_ID: RpcFault = {
  ...INVALID_REQUEST,
  data: { code: "BAD_ID", maxLength: MAX_ID_LENGTH },
};

/** The answer to an empty array: not an array (section 6). */
const NO_BATCH: RpcInvalid = { kind: "invalid", id: null, error: INVALID_REQUEST };

/** The answer to a line that is no JSON. */
export const NO_JSON: RpcInvalid = { kind: "invalid", id: null, error: PARSE_ERROR };

/** The answer to a line that is too long. */
export const LINE_TOO_LONG: RpcInvalid = {
  kind: "invalid",
  id: null,
  error: { ...PARSE_ERROR, data: { code: "LINE_TOO_LONG", maxBytes: MAX_LINE_BYTES } },
};

/** The answer to a line that is no UTF-8. */
export const LINE_NO_UTF8: RpcInvalid = {
  kind: "invalid",
  id: null,
  error: { ...PARSE_ERROR, data: { code: "INVALID_UTF8" } },
};

/** The answer to a batch that is too long. */
const BATCH_TOO_LONG: RpcInvalid = {
  kind: "invalid",
  id: null,
  error: { ...INVALID_REQUEST, data: { code: "BATCH_TOO_LONG", maxLength: MAX_BATCH_LENGTH } },
};

const STRAY: RpcStray = { kind: "stray" };
const NO_PARAMS: RpcParams = Object.freeze({});

/**
 * Parses one line.
 *
 * @param text The line.
 * @returns What it holds; never throws.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const message = parseMessage('{"jsonrpc":"2.0","id":1,"method":"rooms.find","params":{"name":"lab"}}');
 * assertEquals(message, { kind: "request", id: 1, method: "rooms.find", params: { name: "lab" } });
 * assertEquals(parseMessage("{"), NO_JSON);
 * ```
 */
export function parseMessage(text: string): RpcMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return NO_JSON;
  }
  return Array.isArray(value) ? batchOf(value) : messageOf(value);
}

function batchOf(values: readonly unknown[]): RpcMessage {
  if (values.length === 0) return NO_BATCH;
  if (values.length > MAX_BATCH_LENGTH) return BATCH_TOO_LONG;
  const calls: RpcCall[] = [];
  const responses: RpcResponse[] = [];
  for (const value of values) {
    const message = messageOf(value);
    if (message.kind === "response") responses.push(message);
    else if (message.kind !== "stray") calls.push(message);
  }
  return calls.length + responses.length === 0 ? STRAY : { kind: "batch", calls, responses };
}

/** The members of a message that matter; whether they are there and what they are is unknown. */
interface Members {
  readonly jsonrpc?: unknown;
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

function messageOf(value: unknown): RpcCall | RpcResponse | RpcStray {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return NO_BATCH;
  const { jsonrpc, id, method, params, result, error } = value as Members;
  if (method === undefined && (result !== undefined || error !== undefined)) {
    return jsonrpc === "2.0" && isId(id) ? responseOf(id, result, error) : STRAY;
  }
  if (id !== undefined && !isId(id)) return { kind: "invalid", id: null, error: BAD_ID };
  if (
    jsonrpc !== "2.0" || typeof method !== "string" ||
    (params !== undefined && (typeof params !== "object" || params === null))
  ) {
    return { kind: "invalid", id: id ?? null, error: INVALID_REQUEST };
  }
  const given = params === undefined ? NO_PARAMS : params as RpcParams;
  return id === undefined
    ? { kind: "notification", method, params: given }
    : { kind: "request", id, method, params: given };
}

function isId(id: unknown): id is RpcId {
  return typeof id === "number"
    ? Number.isFinite(id)
    : typeof id === "string"
    ? id.length <= MAX_ID_LENGTH
    : id === null;
}

function responseOf(id: RpcId, result: unknown, error: unknown): RpcResponse | RpcStray {
  if (error === undefined) return { kind: "response", id, result, error: undefined };
  if (result !== undefined || typeof error !== "object" || error === null) return STRAY;
  const { code, message, data } = error as { code?: unknown; message?: unknown; data?: unknown };
  if (typeof code !== "number" || typeof message !== "string") return STRAY;
  const known = isErrorData(data) ? data : undefined;
  // The sentence is shown to people, and it is a stranger's.
  return { kind: "response", id, result, error: new RpcError(code, sanitise(message), known) };
}

function isErrorData(data: unknown): data is RpcErrorData {
  return typeof data === "object" && data !== null && "code" in data &&
    typeof data.code === "string";
}

/**
 * Writes a request.
 *
 * @param id Tells it from the others.
 * @param method What is asked for.
 * @param params With what.
 * @returns The line without `\n`.
 */
export function formatRequest(id: RpcId, method: string, params: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

/**
 * Writes a notification.
 *
 * @param method What is told.
 * @param params With what.
 * @returns The line without `\n`.
 */
export function formatNotification(method: string, params: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params });
}

/**
 * Writes the answer to a request.
 *
 * @param id The request's id.
 * @param result The result; undefined becomes null, since an answer must have one.
 * @returns The line without `\n`.
 * @throws {TypeError} If the result has no JSON form (a cycle, a bigint).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatResult("a", { ok: true }), '{"jsonrpc":"2.0","id":"a","result":{"ok":true}}');
 * ```
 */
export function formatResult(id: RpcId, result: unknown): string {
  // Half the time of making an object around the result; the id is the only thing to escape.
  const shown = typeof id === "string" ? JSON.stringify(id) : id;
  return `{"jsonrpc":"2.0","id":${shown},"result":${JSON.stringify(result) ?? null}}`;
}

/**
 * Writes the answer that says no.
 *
 * @param id The request's id, null if it could not be found.
 * @param fault What went wrong.
 * @returns The line without `\n`.
 * @throws {TypeError} If `data` has no JSON form (a cycle, a bigint).
 */
export function formatError(id: RpcId, fault: RpcFault): string {
  const error = { code: fault.rpcCode, message: fault.message, data: fault.data };
  return JSON.stringify({ jsonrpc: "2.0", id, error });
}
