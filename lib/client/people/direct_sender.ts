/**
 * Private messages on the direct way, from client to client.
 *
 * @module
 */

import { HandshakeError } from "../../net/handshake_error.ts";
import { foldName } from "../../people/names.ts";
import type { PeerLinkMethodMap } from "../../people/peer_link_methods.ts";
import type { RpcPeer } from "../../rpc/peer.ts";
import { type Clock, SYSTEM_CLOCK } from "../../rpc/ports.ts";
import { RpcError } from "../../rpc/rpc_error.ts";
import { sanitise } from "../../text.ts";
import type { ServerSession } from "../room_directory.ts";
import { peerTicket } from "./peer_shapes.ts";
import type { DirectOutcome, PrivateSender } from "./private_sender.ts";

/** How often it is tried. */
export const TRIES = 5;

/** Milliseconds that each try may take: a neighbour answers in a few. */
export const TRY_MS = 500;

/** Milliseconds that a connection is kept for the next message; its other end closes at 60,000. */
export const KEEP_MS = 50_000;

/** What the recipient's client may refuse for good, with a reason that is worth reading. */
const FINAL: ReadonlySet<string> = new Set(["BAD_TEXT", "BAD_MESSAGE_ID", "TOO_FAST"]);

/** UTF-16 units of somebody else's sentence. */
const MAX_SENTENCE_LENGTH = 300;

/** What a {@linkcode DirectSender} works with. */
export interface DirectSenderOptions {
  /** The session that is asked for the way; undefined if there is none with TLS. */
  readonly session: () => ServerSession | undefined;
  /** Called when a message was delivered: the server does not see that somebody does something. */
  readonly onDelivered: () => void;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
  /**
   * What connections are kept by.
   *
   * @default {SYSTEM_CLOCK}
   */
  readonly clock?: Clock;
}

interface Kept {
  readonly peer: RpcPeer<PeerLinkMethodMap>;
  readonly callOff: () => void;
}

/** Delivers messages to those whose clients can be reached. */
export class DirectSender implements PrivateSender, AsyncDisposable {
  readonly #options: DirectSenderOptions;
  readonly #clock: Clock;
  /** By folded name. */
  readonly #kept = new Map<string, Kept>();
  readonly #closing = new Set<Promise<void>>();

  /**
   * Begins without any connection.
   *
   * @param options What it works with.
   */
  constructor(options: DirectSenderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
  }

  /** How many connections are kept. */
  get connections(): number {
    return this.#kept.size;
  }

  /**
   * Tries to deliver a message; see {@linkcode PrivateSender}.
   *
   * @param to The recipient's name.
   * @param id The message's id.
   * @param text What it says.
   * @param signal Gives up.
   * @returns What became of it.
   */
  async tryDirect(
    to: string,
    id: string,
    text: string,
    signal?: AbortSignal,
  ): Promise<DirectOutcome> {
    const params = { id, text, at: this.#options.now() };
    for (let tries = 0; tries < TRIES; tries++) {
      const late = new AbortController();
      const callOff = this.#clock.schedule(() => late.abort(), TRY_MS);
      const either = AbortSignal.any([late.signal, ...(signal === undefined ? [] : [signal])]);
      try {
        const peer = await this.#connection(to, either);
        await peer.request("message.take", params, { signal: either, timeout: TRY_MS });
        this.#options.onDelivered();
        return "delivered";
      } catch (error) {
        signal?.throwIfAborted();
        const outcome = outcomeOf(error, to);
        // Unheard, the same connection may still be good; refused, it is not.
        if (!late.signal.aborted || outcome !== undefined) this.#drop(to);
        if (outcome !== undefined) return outcome;
        await this.#untilLate(late.signal, signal);
      } finally {
        callOff();
      }
    }
    this.#drop(to);
    return "unreachable";
  }

  /** Ends all connections: one has another name, or another server. */
  forget(): void {
    for (const name of [...this.#kept.keys()]) this.#drop(name);
  }

  /** Ends all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.forget();
    await Promise.all(this.#closing);
  }

  async #connection(to: string, signal: AbortSignal): Promise<RpcPeer<PeerLinkMethodMap>> {
    const kept = this.#kept.get(foldName(to));
    if (kept !== undefined) return kept.peer;
    const session = this.#options.session();
    if (session === undefined) throw new NoWay();
    const way = await session.calls.ask("peer.ticket", { to }, peerTicket, { signal })
      .catch((error) => {
        // What the server refuses is about the person, not about the connection.
        throw error instanceof RpcError ? new NoWay(error) : error;
      });
    // TLS is loaded by whoever goes somewhere: the prompt is there sooner.
    const { callPeer } = await import("./peer_call.ts");
    const peer = await callPeer(way, { signal });
    this.#keep(to, peer);
    return peer;
  }

  #keep(to: string, peer: RpcPeer<PeerLinkMethodMap>): void {
    this.#drop(to);
    const key = foldName(to);
    const kept = { peer, callOff: this.#clock.schedule(() => this.#drop(to), KEEP_MS) };
    this.#kept.set(key, kept);
    peer.closed.then(() => {
      if (this.#kept.get(key) === kept) this.#drop(to);
    });
  }

  #drop(to: string): void {
    const key = foldName(to);
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    kept.callOff();
    const closing = kept.peer.finish("there is nothing more to say").then(() =>
      void this.#closing.delete(closing)
    );
    this.#closing.add(closing);
  }

  /** A try that failed early is no reason for the next one to come early. */
  async #untilLate(late: AbortSignal, signal: AbortSignal | undefined): Promise<void> {
    if (late.aborted) return;
    await new Promise<void>((resolve) => {
      late.addEventListener("abort", () => resolve(), { once: true });
      signal?.addEventListener("abort", () => resolve(), { once: true });
    });
    signal?.throwIfAborted();
  }
}

/** The server leads nobody there. */
class NoWay extends Error {
  constructor(readonly why?: RpcError) {
    super("no way");
  }
}

/** What an error means for the message; undefined if it may be otherwise in a moment. */
function outcomeOf(error: unknown, to: string): DirectOutcome | undefined {
  const refused = error instanceof NoWay ? error.why : error;
  const code = refused instanceof RpcError ? refused.data?.code : undefined;
  if (code === "REFUSED") {
    const cannot = `Cannot send a message to "${sanitise(to)}"`;
    return { refused: `${cannot}: they do not want messages from you.` };
  }
  if (error instanceof NoWay) return "unreachable";
  if (refused instanceof RpcError && FINAL.has(code ?? "")) {
    return { refused: sanitise(refused.message).slice(0, MAX_SENTENCE_LENGTH) };
  }
  // Somebody else has the port; or nobody has it.
  if (error instanceof HandshakeError && error.fault === "untrusted") return "unreachable";
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Deno.errors.ConnectionRefused ? "unreachable" : undefined;
}
