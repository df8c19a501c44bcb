/**
 * A server with sessions that misbehaves as the test says, in this process, at 127.0.0.1.
 *
 * @module
 */

import { LoopbackServer } from "./loopback_server.ts";

/** A request that a client sent. */
export interface HostileRequest {
  /** Its id. */
  readonly id: number;
  /** The method. */
  readonly method: string;
  /** The parameters. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** What is done after a request. */
export type Misdeed =
  /** Answer with a result. */
  | { readonly result: unknown }
  /** Answer with an error. */
  | { readonly error: unknown }
  /** Send any text, at any pace. */
  | { readonly raw: (write: (text: string) => Promise<void>) => Promise<void> | void }
  /** Close the connection. */
  | "close"
  /** Nothing. */
  | "silence";

/** A greeting as it should be. */
export const GREETING: Misdeed = {
  result: {
    server: "hostile",
    protocol: 1,
    you: { address: "127.0.0.1", port: 1, name: "Mel" },
    features: [],
  },
};

/** A room as it should be. */
export const GOOD_ROOM: Readonly<Record<string, unknown>> = {
  name: "lab",
  address: "239.255.7.1",
  port: 20100,
  members: 0,
  topic: "Tea",
  createdBy: "Mel",
  createdAt: 1_793_240_000_000,
};

/** The server. */
export class HostileServer extends LoopbackServer {
  readonly #misbehave: (request: HostileRequest) => Misdeed;

  /**
   * Starts to listen. A connection that does not speak JSON is closed.
   *
   * @param misbehave Is asked what to do after each request, except `ping`, which is answered.
   */
  constructor(misbehave: (request: HostileRequest) => Misdeed) {
    super();
    this.#misbehave = misbehave;
  }

  protected override async serve(connection: Deno.TcpConn): Promise<void> {
    let text = "";
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(64 * 1024);
    for (let count; (count = await connection.read(buffer)) !== null;) {
      text += decoder.decode(buffer.subarray(0, count), { stream: true });
      if (!text.startsWith("{")) return;
      for (let end; (end = text.indexOf("\n")) !== -1; text = text.slice(end + 1)) {
        const request = JSON.parse(text.slice(0, end));
        if (request.id !== undefined && request.method !== undefined) {
          if (await this.#answer(connection, request) === "close") return;
        }
      }
    }
  }

  async #answer(connection: Deno.TcpConn, request: HostileRequest): Promise<"close" | void> {
    const write = (text: string): Promise<void> => writeAll(connection, text);
    const { id } = request;
    const misdeed = request.method === "ping" ? { result: {} } : this.#misbehave(request);
    if (misdeed === "close") return "close";
    if (misdeed === "silence") return;
    if ("raw" in misdeed) return void await misdeed.raw(write);
    await write(JSON.stringify({ jsonrpc: "2.0", id, ...misdeed }) + "\n");
  }
}

async function writeAll(connection: Deno.TcpConn, text: string): Promise<void> {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
}
