/**
 * A session by hand: lines out, lines in, always at 127.0.0.1. It answers no `ping`.
 *
 * @module
 */

import { bytes } from "./bytes.ts";
import { isDisconnect, RawConnection } from "./lab_connection.ts";

/** A message as it came. */
export interface SessionMessage {
  /** Of a response: the request's. */
  readonly id?: unknown;
  /** Of a notification. */
  readonly method?: string;
  /** Of a notification. */
  // deno-lint-ignore no-explicit-any
  readonly params?: any;
  /** Of a good response. */
  // deno-lint-ignore no-explicit-any
  readonly result?: any;
  /** Of a bad response. */
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: { readonly code: string; readonly [detail: string]: unknown };
  };
}

/** A raw session; closed when disposed. */
export class SessionClient implements Disposable {
  /** The connection under it. */
  readonly conn: RawConnection;
  /** Notifications that came before a response that was waited for, oldest first. */
  readonly notes: SessionMessage[] = [];
  readonly #decoder = new TextDecoder();
  #text = "";
  #id = 0;

  private constructor(conn: RawConnection) {
    this.conn = conn;
  }

  /**
   * Connects.
   *
   * @param port The server's port.
   * @returns The session, which has not said hello.
   */
  static async open(port: number): Promise<SessionClient> {
    return new SessionClient(await RawConnection.open(port));
  }

  /**
   * Connects and says hello.
   *
   * @param port The server's port.
   * @param params Further parameters of hello.
   * @returns The session.
   */
  static async greet(port: number, params: object = {}): Promise<SessionClient> {
    const client = await SessionClient.open(port);
    const hello = await client.ask("hello", { client: "test", protocol: 1, ...params });
    if (hello.error === undefined) return client;
    client[Symbol.dispose]();
    throw new Error(hello.error.message);
  }

  /**
   * Sends text as it is.
   *
   * @param text The text, with its line ends.
   */
  async say(text: string): Promise<void> {
    await this.conn.send(bytes(text));
  }

  /**
   * Reads a line.
   *
   * @returns The line, or undefined if the server closed.
   */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\n");
      if (end !== -1) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return line;
      }
      const part = await this.conn.readSome();
      if (part === undefined) return undefined;
      this.#text += this.#decoder.decode(part, { stream: true });
    }
  }

  /**
   * Reads a message.
   *
   * @returns The message.
   * @throws {Error} If the server closed.
   */
  async hear(): Promise<SessionMessage> {
    const line = await this.line();
    if (line === undefined) throw new Error("the server closed");
    return JSON.parse(line);
  }

  /**
   * Sends a request, without waiting.
   *
   * @param method The method.
   * @param params Its parameters.
   * @returns The request's id.
   */
  async call(method: string, params?: unknown): Promise<number> {
    const id = ++this.#id;
    await this.say(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    return id;
  }

  /**
   * Sends a request and reads until its response; notifications before it go to `notes`.
   *
   * @param method The method.
   * @param params Its parameters.
   * @returns The response.
   */
  async ask(method: string, params?: unknown): Promise<SessionMessage> {
    const id = await this.call(method, params);
    for (;;) {
      const message = await this.hear();
      if (message.id === id) return message;
      this.notes.push(message);
    }
  }

  /**
   * Reads what the server still sends until it closes, with or without a reset.
   *
   * @returns The lines.
   */
  async untilEnd(): Promise<string[]> {
    const lines: string[] = [];
    try {
      for (let line = await this.line(); line !== undefined; line = await this.line()) {
        lines.push(line);
      }
    } catch (error) {
      if (!isDisconnect(error)) throw error;
    }
    return lines;
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.conn[Symbol.dispose]();
  }
}
