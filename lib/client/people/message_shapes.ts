/**
 * What a server may send about messages and blocks, checked where it comes in.
 *
 * @module
 */

import { isRecord } from "../../json.ts";
import type { BroadcastResult, PutResult, TakeParams } from "../../people/message_methods.ts";
import { isMessageId, MAX_MESSAGE_LENGTH } from "../../people/message_rules.ts";
import { isChatName, ShapeError, show } from "../server_shapes.ts";

/** More names than a server may have us hide. */
const MAX_NAMES = 1_000;

/**
 * Reads the answer to `message.put`.
 *
 * @param value What the server sent.
 * @returns What became of the message.
 * @throws {ShapeError} If it is no such answer.
 */
export function putResult(value: unknown): PutResult {
  const outcome = isRecord(value) ? value.outcome : undefined;
  if (outcome === "delivered" || outcome === "stored") return { outcome };
  throw new ShapeError(`the outcome ${show(outcome)}`);
}

/**
 * Reads the answer to `message.broadcast`.
 *
 * @param value What the server sent.
 * @returns How many got it.
 * @throws {ShapeError} If it is no such answer.
 */
export function broadcastResult(value: unknown): BroadcastResult {
  const { delivered, missed } = isRecord(value) ? value : {};
  if (isCount(delivered) && isCount(missed)) return { delivered, missed };
  throw new ShapeError(`the counts ${show(delivered)} and ${show(missed)}`);
}

/**
 * Reads the answer to `block.add` and `block.remove`.
 *
 * @param value What the server sent.
 * @returns The name.
 * @throws {ShapeError} If it is no such answer.
 */
export function blockedName(value: unknown): string {
  const name = isRecord(value) ? value.name : undefined;
  if (typeof name === "string" && isChatName(name)) return name;
  throw new ShapeError(`the name ${show(name)}`);
}

/**
 * Reads the answer to `block.list`.
 *
 * @param value What the server sent.
 * @returns The names.
 * @throws {ShapeError} If it is no such answer.
 */
export function blockedNames(value: unknown): readonly string[] {
  const names = isRecord(value) ? value.names : undefined;
  if (!Array.isArray(names) || names.length > MAX_NAMES) {
    throw new ShapeError(`no list in "names" (${show(names)})`);
  }
  return names.map((name) => blockedName({ name }));
}

/**
 * Reads what somebody says, from the server or from their own client.
 *
 * @param value What came.
 * @returns The message.
 * @throws {ShapeError} If it is none.
 */
export function takenMessage(value: unknown): TakeParams {
  const { from, account, id, text, at, kind } = isRecord(value) ? value : {};
  if (typeof from !== "string" || !isChatName(from)) {
    throw new ShapeError(`a message from ${show(from)}`);
  }
  if (typeof id !== "string" || !isMessageId(id)) {
    throw new ShapeError(`a message whose id is ${show(id)}`);
  }
  if (typeof text !== "string" || text.length > MAX_MESSAGE_LENGTH) {
    throw new ShapeError(`a message whose text is ${show(text)}`);
  }
  if (!isCount(at)) throw new ShapeError(`a message whose time is ${show(at)}`);
  if (kind !== "private" && kind !== "broadcast") {
    throw new ShapeError(`a message of the kind ${show(kind)}`);
  }
  return { from, account: account === true, id, text, at, kind };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
