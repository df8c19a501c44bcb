/**
 * A lab server that answers as the test says, in this process, at 127.0.0.1.
 *
 * @module
 */

import { type LabRequest, LabRequestDecoder } from "../../lib/framing/lab.ts";
import { LoopbackServer } from "./loopback_server.ts";

/** What is done after a request: send bytes, go on without, or end the connection. */
export type Reaction = Uint8Array | undefined | "close";

/** The server. */
export class ScriptedLabServer extends LoopbackServer {
  /** Every request so far, of whatever connection. */
  readonly requests: LabRequest[] = [];
  readonly #first = Promise.withResolvers<LabRequest>();
  readonly #react: (request: LabRequest) => Reaction;

  /**
   * Starts to listen.
   *
   * @param react Is asked what to do after each request.
   */
  constructor(react: (request: LabRequest) => Reaction) {
    super();
    this.#react = react;
  }

  /**
   * Waits for the first request.
   *
   * @returns The request; at once if it has come already.
   */
  first(): Promise<LabRequest> {
    return this.#first.promise;
  }

  protected override async serve(connection: Deno.TcpConn): Promise<void> {
    const decoder = new LabRequestDecoder();
    const buffer = new Uint8Array(1024);
    for (let count; (count = await connection.read(buffer)) !== null;) {
      decoder.push(buffer.subarray(0, count));
      for (let request; (request = decoder.next()) !== undefined;) {
        this.requests.push(request);
        this.#first.resolve(request);
        const reaction = this.#react(request);
        if (reaction === "close") return;
        if (reaction !== undefined) await connection.write(reaction);
      }
    }
  }
}
