/**
 * One end of a session: JSON-RPC 2.0 in both directions over one stream of bytes.
 *
 * @module
 */

import { CallContext } from "./call_context.ts";
import { formatNotification } from "./message.ts";
import type { MethodMap, NotificationMap } from "./methods.ts";
import { PeerLife } from "./peer_life.ts";
import type { RpcPeerOptions, RpcRequestOptions } from "./peer_options.ts";

export type { RpcPeerOptions, RpcRequestOptions } from "./peer_options.ts";

/**
 * A peer: asks the other side, serves it, and ends when either side closes. It works from its making
 * (handlers are first called after the constructor returned) until it is closed or disposed.
 *
 * Calls of the other side start in order. While `maxCalls` are under way, or the other side does not
 * read its replies, nothing more is read - unless we wait for an answer ourselves, which must get
 * through, and may depend on calls that stand before it: then up to `maxNestedCalls` are started, and
 * requests beyond them, or with unread replies before them, are answered with the code `BUSY`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * type Methods = { "rooms.count": { params: { topic: string }; result: number } };
 *
 * const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const connecting = Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
 * const options = { onFault: (error: unknown) => console.error(error) };
 * {
 *   await using _server = new RpcPeer({
 *     ...options,
 *     transport: await listener.accept(),
 *     handlers: { "rooms.count": () => 3 },
 *   });
 *   await using client = new RpcPeer<Methods>({
 *     ...options,
 *     transport: await connecting,
 *     handlers: {},
 *   });
 *   assertEquals(await client.request("rooms.count", { topic: "tea" }), 3);
 * }
 * listener.close();
 * ```
 */
export class RpcPeer<
  Remote extends MethodMap = MethodMap,
  Told extends NotificationMap = NotificationMap,
> implements AsyncDisposable {
  readonly #life: PeerLife;

  /**
   * Makes a peer, which starts at once.
   *
   * @param options What it works with.
   */
  constructor(options: RpcPeerOptions) {
    this.#life = new PeerLife(options, new CallContext(this as unknown as RpcPeer));
  }

  /** Resolves when the connection is closed, with the reason in a few words; never rejects. */
  get closed(): Promise<string> {
    return this.#life.closed;
  }

  /** Whether so much waits to be sent that what may be lost, or can wait, should not be added. */
  get congested(): boolean {
    return this.#life.congested;
  }

  /**
   * Waits for what is queued.
   *
   * @returns Resolves when all was sent, or the connection is closed.
   */
  drained(): Promise<void> {
    return this.#life.drained();
  }

  /** Whether the other side is asked for a sign of life when it is silent: not a person at `nc`. */
  get keepAlive(): boolean {
    return this.#life.keepAlive;
  }

  set keepAlive(on: boolean) {
    this.#life.keepAlive = on;
  }

  /**
   * Asks the other side.
   *
   * @param method The method.
   * @param params Its parameters.
   * @param options How to wait.
   * @returns The result, as the other side sent it.
   * @throws {RpcError} If the other side says no.
   * @throws {RpcTimeout} If no answer came in time.
   * @throws {RpcClosed} If the connection is closed.
   * @throws {RangeError} If the request does not fit into a line.
   */
  request<Method extends keyof Remote & string>(
    method: Method,
    params: Remote[Method]["params"],
    options: RpcRequestOptions = {},
  ): Promise<Remote[Method]["result"]> {
    return this.#life.request(method, params, options) as Promise<Remote[Method]["result"]>;
  }

  /**
   * Tells the other side something. After the end of the connection it does nothing.
   *
   * @param method The notification's name.
   * @param params Its parameters.
   * @throws {RangeError} If the notification does not fit into a line.
   */
  notify<Method extends keyof Told & string>(method: Method, params: Told[Method]): void {
    this.post(formatNotification(method, params));
  }

  /**
   * Sends a line that was made with `formatNotification`: made once, it can go to many peers.
   *
   * @param line The line without `\n`.
   * @throws {RangeError} If it is too long.
   */
  post(line: string): void {
    this.#life.post(line);
  }

  /**
   * Ends the connection now: what is queued is dropped, requests of ours fail, handlers are told by
   * their signal.
   *
   * @param reason Why, in a few words.
   */
  close(reason: string): void {
    this.#life.close(reason);
  }

  /**
   * Takes no further calls, answers those under way and sends what is queued (for `finishTimeout`
   * at most), then closes. If there was anything to answer or to send, it waits for the other side to
   * close first (for `leaveTimeout` at most): to close with unread bytes resets the connection, and
   * a reset may overtake what was sent.
   *
   * @param reason Why, in a few words.
   * @returns Resolves when it is closed.
   */
  async finish(reason: string): Promise<void> {
    await this.#life.finish(reason);
  }

  /**
   * Finishes.
   *
   * @returns Resolves when it is closed.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.finish("we closed the connection");
  }
}
