/**
 * A connection to a server that speaks the lab protocol.
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import { encodeLabRequest, LabFormatError, type LabRequest } from "../framing/lab.ts";
import { type LabReply, LabReplyDecoder, type LabReplyKind } from "../framing/lab_reply.ts";
import { openConnection } from "../net/connect.ts";
import { type Endpoint, formatEndpoint } from "../net/endpoint.ts";
import { sanitise } from "../text.ts";

/** How long to wait for a reply: long enough for a large listing over bad Wi-Fi. */
export const REPLY_TIMEOUT = 10_000;

const READ_BYTES = 16 * 1024;

/** What ended a connection: a sentence's part, as in `... is gone: <why>`. */
type Reason = string;

/**
 * One TCP connection, requests in order, replies in order. The server may end it at any time:
 * then {@linkcode closed} resolves, and so does what waits for a reply, with an error.
 */
export class LabConnection implements AsyncDisposable {
  /** The server. */
  readonly endpoint: Endpoint;
  /** The address of this machine that leads to the server. */
  readonly localAddress: string;
  readonly #socket: Deno.TcpConn;
  readonly #decoder = new LabReplyDecoder();
  readonly #waiting: PromiseWithResolvers<LabReply>[] = [];
  readonly #closed = Promise.withResolvers<Reason>();
  #writing: Promise<void> = Promise.resolve();
  #reason: Reason | undefined;
  readonly #reading: Promise<void>;

  private constructor(endpoint: Endpoint, socket: Deno.TcpConn) {
    this.endpoint = endpoint;
    this.localAddress = socket.localAddr.hostname;
    this.#socket = socket;
    this.#reading = this.#read();
  }

  /**
   * Connects to a server.
   *
   * @param endpoint Where it is.
   * @param signal Gives up.
   * @returns The open connection.
   * @throws {UserError} If nobody answers there within `CONNECT_TIMEOUT`.
   */
  static async connect(endpoint: Endpoint, signal?: AbortSignal): Promise<LabConnection> {
    return new LabConnection(endpoint, await openConnection(endpoint, signal));
  }

  /** Resolves with the reason when the connection has ended, whoever ended it. */
  get closed(): Promise<string> {
    return this.#closed.promise;
  }

  /**
   * Sends a request that gets no reply.
   *
   * @param request The request.
   * @throws {UserError} If the connection has ended.
   */
  async send(request: LabRequest): Promise<void> {
    const bytes = encodeLabRequest(request);
    const written = this.#writing.then(() => this.#write(bytes));
    this.#writing = written.catch(() => {});
    await written;
  }

  /**
   * Sends a request and waits for its reply.
   *
   * @param request The request: getdir (once) or chat.
   * @param signal Gives up waiting; the connection is closed then, since the reply may still come.
   * @returns The reply.
   * @throws {UserError} If the connection ends first or no reply comes in {@linkcode REPLY_TIMEOUT}.
   */
  async ask(request: LabRequest, signal?: AbortSignal): Promise<LabReply> {
    signal?.throwIfAborted();
    const kind: LabReplyKind = request.op === "chat" ? "room" : "listing";
    const slot = Promise.withResolvers<LabReply>();
    this.#waiting.push(slot);
    this.#decoder.expect(kind);
    // The reply's failure is told by the slot; without this the send's failure would be unhandled.
    this.send(request).catch((error) => slot.reject(error));
    const timeout = setTimeout(() => this.#end("there was no answer in time"), REPLY_TIMEOUT);
    const abort = (): void => this.#end("it was interrupted");
    signal?.addEventListener("abort", abort);
    try {
      return await slot.promise;
    } finally {
      clearTimeout(timeout);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Closes the connection after what was sent has left. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
    this.#end("it was closed here");
    await this.#reading;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      let rest = bytes;
      while (rest.length > 0) rest = rest.subarray(await this.#socket.write(rest));
    } catch (error) {
      this.#end(reasonOf(error));
      throw this.#gone();
    }
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    try {
      for (;;) {
        const count = await this.#socket.read(buffer);
        if (count === null) return this.#end("the server closed it");
        for (const reply of this.#decoder.push(buffer.subarray(0, count))) {
          this.#waiting.shift()?.resolve(reply);
        }
      }
    } catch (error) {
      this.#end(error instanceof LabFormatError ? error.message : reasonOf(error));
    }
  }

  /** Everything that ends the connection comes here; the first reason counts. */
  #end(reason: Reason): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#socket.close();
    for (const slot of this.#waiting.splice(0)) slot.reject(this.#gone());
    this.#closed.resolve(reason);
  }

  #gone(): UserError {
    const where = formatEndpoint(this.endpoint);
    return new UserError(
      `Cannot ask the CRDS at "${where}": ${
        sanitise(this.#reason ?? "")
      }. Use "connect" to try again.`,
    );
  }
}
