/**
 * What another client may say, and how often.
 *
 * @module
 */

import { ALLOWANCE_TIME, faultOfText, MAX_MESSAGES } from "../../people/message_rules.ts";
import { PEER_LINK_ERROR_WORDS } from "../../people/peer_link_methods.ts";
import { TokenBucket } from "../../room/token_bucket.ts";
import { refusal, type RpcError } from "../../rpc/rpc_error.ts";

/** The limit of one connection: as many lines as the server would take. */
export class LineLimit {
  readonly #bucket = new TokenBucket(MAX_MESSAGES / (ALLOWANCE_TIME / 1000), MAX_MESSAGES);
  readonly #now: () => number;

  /**
   * Begins with all lines.
   *
   * @param now A steady clock in milliseconds.
   */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Takes a line.
   *
   * @param text The line.
   * @throws {RpcError} If it is none, or one too many.
   */
  take(text: string): void {
    const fault = faultOfText(text);
    if (fault !== undefined) throw refusal("BAD_TEXT", `Cannot take the line: ${fault}.`);
    if (!this.#bucket.take(1, this.#now())) throw peerRefusal("TOO_FAST", "Cannot take the line");
  }
}

/**
 * Makes the error with which a client refuses another one.
 *
 * @param code The word for programs, of `PEER_LINK_ERROR_WORDS`.
 * @param cannot What is refused.
 * @returns The error.
 */
export function peerRefusal(code: string, cannot: string): RpcError {
  return refusal(code, `${cannot}: ${PEER_LINK_ERROR_WORDS[code]?.replaceAll("`", "")}.`);
}
