/**
 * Asking a server with sessions: every failure becomes a sentence, every answer is checked.
 *
 * @module
 */

import type { RoomMethodMap } from "../directory/room_methods.ts";
import { UserError } from "../errors.ts";
import type { MessageMethodMap } from "../people/message_methods.ts";
import type { AccountMethodMap } from "../people/account_methods.ts";
import type { PeerServerMethodMap } from "../people/peer_methods.ts";
import type { PeopleMethodMap } from "../people/people_methods.ts";
import type { RoomLinkMethodMap } from "../room/relay_methods.ts";
import type { RpcPeer } from "../rpc/peer.ts";
import { RpcClosed, RpcError, RpcTimeout } from "../rpc/rpc_error.ts";
import { sanitise } from "../text.ts";
import { ShapeError } from "./server_shapes.ts";

/** UTF-16 units of a server's sentence: a person reads no more, and a screen shows no more. */
const MAX_SENTENCE_LENGTH = 1_000;

/** What may be asked. */
export type SessionMethods =
  & RoomMethodMap
  & PeopleMethodMap
  & RoomLinkMethodMap
  & MessageMethodMap
  & AccountMethodMap
  & PeerServerMethodMap;

/** How long an answer is waited for. */
export interface Waiting {
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
  /** How long to wait, in milliseconds; that of the connection if not given. */
  readonly timeout?: number;
}

/** The questions of one session. */
export class SessionCalls {
  readonly #where: string;
  readonly #peer: RpcPeer<SessionMethods>;

  /**
   * Asks over a connection.
   *
   * @param where The server, as `host:port`.
   * @param peer The connection; stays the caller's.
   */
  constructor(where: string, peer: RpcPeer<SessionMethods>) {
    this.#where = where;
    this.#peer = peer;
  }

  /**
   * Asks for one thing.
   *
   * @param method The method.
   * @param params Its parameters.
   * @param read Checks the answer.
   * @param waiting How long to wait.
   * @returns What was read.
   * @throws {UserError} If the server refuses, does not answer, or answers what `read` refuses.
   */
  async ask<Method extends keyof SessionMethods, Answer>(
    method: Method,
    params: SessionMethods[Method]["params"],
    read: (value: unknown) => Answer,
    waiting: Waiting = {},
  ): Promise<Answer> {
    return await this.understand(method, async () => {
      return read(await this.request(method, params, waiting));
    });
  }

  /**
   * Asks for one thing, as a part of {@linkcode understand}.
   *
   * @param method The method.
   * @param params Its parameters.
   * @param waiting How long to wait.
   * @returns What the server sent, unchecked.
   * @throws {UserError} If the server refuses or does not answer.
   */
  async request<Method extends keyof SessionMethods>(
    method: Method,
    params: SessionMethods[Method]["params"],
    { signal, timeout }: Waiting,
  ): Promise<unknown> {
    try {
      return await this.#peer.request(method, params, {
        ...(signal === undefined ? {} : { signal }),
        ...(timeout === undefined ? {} : { timeout }),
      });
    } catch (error) {
      if (error instanceof RpcError) throw shortened(error);
      const cannot = `Cannot hear the answer of the CRDS at ${this.#where}`;
      const look = "Look what became of it";
      if (error instanceof RpcTimeout) {
        const what = `${cannot}: it did not answer ${method} in time.`;
        throw new UserError(`${what} ${look}, or try again later.`, { cause: error });
      }
      if (!(error instanceof RpcClosed)) throw error;
      const what = `${cannot}: ${sanitise(error.reason)}.`;
      throw new UserError(`${what} ${look} when the connection is back.`, { cause: error });
    }
  }

  /**
   * Says in a sentence that an answer is not what it should be.
   *
   * @param method What was asked for.
   * @param work Asks and reads.
   * @returns What the work returned.
   * @throws {UserError} Instead of a {@linkcode ShapeError}.
   */
  async understand<Answer>(method: string, work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      throw new UserError(
        `Cannot understand the CRDS at ${this.#where}: it answered ${method} with ` +
          `${error.message}. Is it another program, or a newer one than this client?`,
      );
    }
  }
}

/** A refusal whose sentence fits a screen. */
function shortened(error: RpcError): RpcError {
  const { rpcCode, message, data } = error;
  if (message.length <= MAX_SENTENCE_LENGTH) return error;
  return new RpcError(rpcCode, `${message.slice(0, MAX_SENTENCE_LENGTH)}...`, data);
}
