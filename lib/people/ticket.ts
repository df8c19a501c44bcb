/**
 * Tickets: how the server vouches to one client for another one. Pure, but for chance.
 *
 * `base64url(JSON of the claims) . base64url(HMAC-SHA-256 of what stands before the dot)`, under a key
 * that only the recipient and the server know. So a ticket is good for one recipient; its id is good for
 * one use, and it is good for a short time.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import { UserError } from "../errors.ts";
import { checkChatName } from "../framing/chat_name.ts";
import { isRecord } from "../json.ts";
import { foldName } from "./names.ts";
import { MAX_TICKET_LENGTH } from "./peer_methods.ts";

/** Milliseconds that a ticket is good for: five tries on a slow network, and no more. */
export const TICKET_LIFETIME_MS = 30_000;

/** Bytes of a recipient's key: as many as HMAC-SHA-256 can use. */
export const TICKET_KEY_BYTES = 32;

/** UTF-16 units of an id: a UUID has 36. */
const MAX_ID_LENGTH = 64;

/** Ids that are remembered until they expire: more use than a person has for messages in 30 s. */
export const MAX_USED_IDS = 1024;

/** Milliseconds by which the clock of a recipient may seem to be behind: the way of one answer. */
const CLOCK_TOLERANCE_MS = 5_000;

/** What a ticket says. */
export interface TicketClaims {
  /** Different for each ticket. */
  readonly id: string;
  /** The name of who asked for it, as the server knows them. */
  readonly from: string;
  /** Whether that name is the name of an account, whose owner has logged in. */
  readonly account: boolean;
  /** The name of whom it leads to. */
  readonly to: string;
  /** Until when it is good, in milliseconds since 1970 by the clock of the server. */
  readonly expires: number;
  /** The private session that it leads into, if it does. */
  readonly session?: string;
}

/** Why a ticket is refused: a word for programs. */
export type TicketFault = "BAD_TICKET" | "EXPIRED" | "USED" | "NOT_FOR_ME" | "BUSY";

const ID = /^[A-Za-z0-9_-]+$/;

/**
 * Makes a ticket.
 *
 * @param key The recipient's key.
 * @param claims What it says.
 * @returns The ticket.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const key = crypto.getRandomValues(new Uint8Array(TICKET_KEY_BYTES));
 * const claims = { id: "1", from: "Mel", account: false, to: "Ann", expires: 30_000 };
 * const gate = new TicketGate({ key, serverNow: 0, now: 0 });
 * assertEquals(gate.admit(makeTicket(key, claims), "ann", 5), { claims });
 * assertEquals(gate.admit(makeTicket(key, claims), "ann", 6), { fault: "USED" });
 * ```
 */
export function makeTicket(key: Uint8Array, claims: TicketClaims): string {
  const body = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `${body}.${Buffer.from(sign(key, body)).toString("base64url")}`;
}

/** What a {@linkcode TicketGate} is made with. */
export interface TicketGateOptions {
  /** One's own key, from the server. */
  readonly key: Uint8Array;
  /** The time of the server when it gave the key, in milliseconds since 1970. */
  readonly serverNow: number;
  /** The time when that was heard, in milliseconds of any steady clock of this machine. */
  readonly now: number;
}

/**
 * The recipient's side: lets each good ticket in once. Times are those of the server: its time of day at
 * the moment of the key, and a steady clock from there on. So it does not matter whether the clocks of the
 * two machines agree, or whether somebody sets one of them.
 */
export class TicketGate {
  readonly #key: Uint8Array;
  readonly #ahead: number;
  /** When each used id expires. */
  readonly #used = new Map<string, number>();

  /**
   * Begins with a new key: no ticket of an earlier one is good.
   *
   * @param options The key, and when it was.
   */
  constructor({ key, serverNow, now }: TicketGateOptions) {
    this.#key = key.slice();
    this.#ahead = serverNow - now;
  }

  /** How many ids are remembered, at most {@linkcode MAX_USED_IDS}. */
  get remembered(): number {
    return this.#used.size;
  }

  /**
   * Looks at a ticket; a good one is used up.
   *
   * @param ticket What somebody sent.
   * @param own The name one has.
   * @param now The time in milliseconds, of the clock that it was made with.
   * @returns What it says, or why it is refused.
   */
  admit(
    ticket: string,
    own: string,
    now: number,
  ): { readonly claims: TicketClaims } | { readonly fault: TicketFault } {
    const claims = this.#read(ticket);
    if (claims === undefined) return { fault: "BAD_TICKET" };
    const left = claims.expires - (now + this.#ahead);
    if (left <= 0) return { fault: "EXPIRED" };
    // Ids are remembered until they expire: what expires too late would stay for too long.
    if (left > TICKET_LIFETIME_MS + CLOCK_TOLERANCE_MS) return { fault: "BAD_TICKET" };
    if (foldName(claims.to) !== foldName(own)) return { fault: "NOT_FOR_ME" };
    this.#forget(now + this.#ahead);
    if (this.#used.has(claims.id)) return { fault: "USED" };
    if (this.#used.size >= MAX_USED_IDS) return { fault: "BUSY" };
    this.#used.set(claims.id, claims.expires);
    return { claims };
  }

  /** The claims of a ticket that was made with the key. */
  #read(ticket: string): TicketClaims | undefined {
    if (ticket.length > MAX_TICKET_LENGTH) return undefined;
    const [body = "", mac = "", ...more] = ticket.split(".");
    if (more.length > 0) return undefined;
    const given = Buffer.from(mac, "base64url");
    const wanted = sign(this.#key, body);
    // One MAC has one form: what decodes to the same bytes with other padding is another ticket.
    if (given.toString("base64url") !== mac || given.length !== wanted.length) return undefined;
    if (!timingSafeEqual(given, wanted)) return undefined;
    return claimsOf(body);
  }

  /** Ids come with increasing times, nearly: the oldest go while they are over. */
  #forget(serverTime: number): void {
    for (const [id, expires] of this.#used) {
      if (expires <= serverTime) this.#used.delete(id);
      else if (expires > serverTime + CLOCK_TOLERANCE_MS) break;
    }
  }
}

/**
 * Reads a key.
 *
 * @param text Base64url, as the server sent it.
 * @returns The key; undefined if it is none.
 */
export function parseTicketKey(text: string): Uint8Array | undefined {
  if (text.length > 2 * TICKET_KEY_BYTES) return undefined;
  const key = Buffer.from(text, "base64url");
  const isKey = key.length === TICKET_KEY_BYTES && key.toString("base64url") === text;
  return isKey ? new Uint8Array(key) : undefined;
}

/**
 * Writes a key.
 *
 * @param key The key.
 * @returns Base64url.
 */
export function formatTicketKey(key: Uint8Array): string {
  return Buffer.from(key).toString("base64url");
}

function sign(key: Uint8Array, body: string): Uint8Array {
  return createHmac("sha256", key).update(body).digest();
}

/** The server made it; a mistake of it is no reason to show nonsense. */
function claimsOf(body: string): TicketClaims | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body, "base64url").toString());
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { id, from, account, to, expires, session } = value;
  if (!isId(id) || !isName(from) || !isName(to)) return undefined;
  if (typeof account !== "boolean" || !Number.isSafeInteger(expires)) return undefined;
  if (session !== undefined && !isId(session)) return undefined;
  const claims = { id, from, account, to, expires: expires as number };
  return session === undefined ? claims : { ...claims, session };
}

function isId(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_ID_LENGTH && ID.test(value);
}

function isName(value: unknown): value is string {
  if (typeof value !== "string") return false;
  try {
    return checkChatName(value) === value;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
