/**
 * What a server may send about accounts, checked where it comes in.
 *
 * @module
 */

import { isRecord } from "../../json.ts";
import type {
  EndedLoginParams,
  LoginResult,
  LogoutResult,
  RecentPerson,
  SinceResult,
} from "../../people/account_methods.ts";
import { isChatName, ShapeError, show } from "../server_shapes.ts";

/** UTF-16 units of a token: it is sent back as it came. */
const MAX_TOKEN_LENGTH = 256;

/** Who went on or off with an account. */
export interface AccountTurn {
  /** Which of both. */
  readonly kind: "on" | "off";
  /** The account's name. */
  readonly name: string;
}

/**
 * Reads the answer to a login.
 *
 * @param value What the server sent.
 * @returns The name and the token.
 * @throws {ShapeError} If it is no such answer.
 */
export function loginResult(value: unknown): LoginResult {
  const { name, token } = isRecord(value) ? value : {};
  if (typeof name !== "string" || !isChatName(name)) throw new ShapeError(`the name ${show(name)}`);
  // Not shown: it is a secret, perhaps.
  const isToken = typeof token === "string" && token !== "" && token.length <= MAX_TOKEN_LENGTH;
  if (!isToken) throw new ShapeError("no token");
  return { name, token };
}

/**
 * Reads the answer to what ends a login.
 *
 * @param value What the server sent.
 * @returns The name from now on.
 * @throws {ShapeError} If it is no such answer.
 */
export function logoutResult(value: unknown): LogoutResult {
  const name = isRecord(value) ? value.name : undefined;
  if (typeof name === "string" && isChatName(name)) return { name };
  throw new ShapeError(`the name ${show(name)}`);
}

/**
 * Reads an `account.ended` notification.
 *
 * @param value What the server sent.
 * @returns Why, and the name from now on.
 * @throws {ShapeError} If it is none.
 */
export function endedLogin(value: unknown): EndedLoginParams {
  const why = isRecord(value) && value.why === "idle" ? "idle" : "elsewhere";
  return { why, ...logoutResult(value) };
}

/**
 * Reads a number of seconds from an `account.idle` notification.
 *
 * @param value What the server sent.
 * @returns The seconds.
 * @throws {ShapeError} If it is none.
 */
export function idleSeconds(value: unknown): number {
  const seconds = isRecord(value) ? value.seconds : undefined;
  if (isCount(seconds)) return seconds;
  throw new ShapeError(`${show(seconds)} seconds`);
}

/**
 * Reads who went on or off from a `people.changed` notification.
 *
 * @param value What the server sent.
 * @returns Who; undefined if it is about something else.
 * @throws {ShapeError} If it is no such notification.
 */
export function accountTurn(value: unknown): AccountTurn | undefined {
  const { account, person, formerly } = isRecord(value) ? value : {};
  if (account !== "on" && account !== "off") return undefined;
  const now = isRecord(person) ? person.name : undefined;
  const name = account === "off" ? formerly ?? now : now;
  if (typeof name === "string" && isChatName(name)) return { kind: account, name };
  throw new ShapeError(`the name ${show(name)}`);
}

/**
 * Reads a page of `people.since`.
 *
 * @param value What the server sent.
 * @param after What it was asked with: the next page begins after it.
 * @returns The page.
 * @throws {ShapeError} If it is none, or does not lead on.
 */
export function sincePage(value: unknown, after: number | undefined): SinceResult {
  const { people, from, next } = isRecord(value) ? value : {};
  if (!Array.isArray(people)) throw new ShapeError(`no list in "people" (${show(people)})`);
  if (!isCount(from)) throw new ShapeError(`the time ${show(from)}`);
  const page = { people: people.map(recentPerson), from };
  if (next === undefined) return page;
  const leadsOn = isCount(next) && people.length > 0 && next > (after ?? -1);
  if (!leadsOn) throw new ShapeError(`pages that lead nowhere (next is ${show(next)})`);
  return { ...page, next };
}

function recentPerson(value: unknown): RecentPerson {
  const { name, last, on } = isRecord(value) ? value : {};
  if (typeof name !== "string" || !isChatName(name)) throw new ShapeError(`the name ${show(name)}`);
  if (!isCount(last)) throw new ShapeError(`the time ${show(last)}`);
  return on === true ? { name, last, on } : { name, last };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
