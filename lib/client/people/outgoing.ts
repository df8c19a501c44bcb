/**
 * Messages on their way: directly, else through the server; what becomes of each is told.
 *
 * @module
 */

import { UserError } from "../../errors.ts";
import { MESSAGES_FEATURE } from "../../people/message_methods.ts";
import { faultOfText } from "../../people/message_rules.ts";
import { RpcClosed } from "../../rpc/rpc_error.ts";
import { sanitise } from "../../text.ts";
import type { Answers } from "../answers.ts";
import type { RoomDirectory } from "../room_directory.ts";
import type { ServerLink } from "../server_link.ts";
import type { SessionCalls } from "../session_calls.ts";
import { broadcastResult, putResult } from "./message_shapes.ts";
import type { PrivateSender } from "./private_sender.ts";

/** How long the server may take, in milliseconds: it waits for the recipient, who may be slow. */
const PUT_TIMEOUT = 20_000;

/** How often a message is given to the server whose connection was lost before it answered. */
const MAX_TRIES = 3;

/** What {@linkcode Outgoing} works with. */
export interface OutgoingOptions {
  /** The connection. */
  readonly link: Pick<ServerLink, "use">;
  /** Who one is there: after a lost connection, the same message must come from the same person. */
  readonly self: () => string;
  /** The direct way; undefined if there is none. */
  readonly direct: () => PrivateSender | undefined;
  /** Where outcomes are told. */
  readonly answers: Pick<Answers, "done">;
}

/** Sends messages. All errors are sentences for people. */
export class Outgoing {
  readonly #options: OutgoingOptions;

  /**
   * Makes it.
   *
   * @param options What it works with.
   */
  constructor(options: OutgoingOptions) {
    this.#options = options;
  }

  /**
   * Sends a private message, and tells whether it was delivered.
   *
   * @param to The recipient's name.
   * @param text What it says.
   * @param signal Gives up.
   * @throws {UserError} If it was not delivered and is not stored, with the reason.
   */
  async send(to: string, text: string, signal: AbortSignal): Promise<void> {
    const cannot = `send a message to "${sanitise(to)}"`;
    checkText(cannot, text);
    const calls = await this.#calls(cannot, signal);
    const id = crypto.randomUUID();
    const direct = this.#options.direct();
    const tried = await direct?.tryDirect(to, id, text, signal);
    if (typeof tried === "object") throw new UserError(tried.refused);
    const params = { to, id, text, ...(tried === "unreachable" ? { unreachable: true } : {}) };
    const outcome = tried === "delivered" ? tried : await this.#put(calls, params, cannot, signal);
    const name = sanitise(to);
    const sentence = outcome === "delivered"
      ? `Delivered to ${name}.`
      : `Stored: ${name} gets it at the next login.`;
    this.#options.answers.done(sentence, { to, outcome });
  }

  /**
   * Tells everybody who is on something, and how many of them got it.
   *
   * @param text What.
   * @param signal Gives up.
   * @throws {UserError} If that is not possible, with the reason.
   */
  async broadcast(text: string, signal: AbortSignal): Promise<void> {
    const cannot = "tell everybody";
    checkText(cannot, text);
    const calls = await this.#calls(cannot, signal);
    const params = { id: crypto.randomUUID(), text };
    const told = await calls.ask("message.broadcast", params, broadcastResult, {
      signal,
      timeout: PUT_TIMEOUT,
    });
    const { delivered, missed } = told;
    const some = delivered === 1 ? "1 person" : `${delivered} people`;
    const but = missed === 0 ? "" : `; ${missed} did not get it`;
    const nobody = "Nobody else is on who takes messages";
    const sentence = delivered + missed === 0 ? `${nobody}.` : `Delivered to ${some}${but}.`;
    this.#options.answers.done(sentence, { delivered, missed });
  }

  /** Gives it to the server, again if the connection is lost: the server knows it by its id. */
  async #put(
    calls: SessionCalls,
    params: { to: string; id: string; text: string },
    cannot: string,
    signal: AbortSignal,
  ): Promise<"delivered" | "stored"> {
    const self = this.#options.self();
    for (let tries = 1;; tries++) {
      try {
        const waiting = { signal, timeout: PUT_TIMEOUT };
        return (await calls.ask("message.put", params, putResult, waiting)).outcome;
      } catch (error) {
        const isLost = error instanceof UserError && error.cause instanceof RpcClosed;
        if (!isLost || tries === MAX_TRIES) throw error;
        calls = await this.#calls(cannot, signal);
        if (this.#options.self() !== self) throw error;
      }
    }
  }

  async #calls(action: string, signal: AbortSignal): Promise<SessionCalls> {
    const directory: RoomDirectory = await this.#options.link.use(action, signal);
    const { session, where } = directory;
    if (session?.features.has(MESSAGES_FEATURE)) return session.calls;
    const why = session === undefined
      ? "speaks the lab protocol only"
      : "passes messages on over TLS only, and this connection is not";
    throw new UserError(`Cannot ${action}: the CRDS at ${where} ${why}.`);
  }
}

function checkText(cannot: string, text: string): void {
  const fault = faultOfText(text);
  if (fault !== undefined) throw new UserError(`Cannot ${cannot}: ${fault}.`);
}
