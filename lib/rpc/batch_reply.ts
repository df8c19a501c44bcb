/**
 * The replies to a batch (JSON-RPC 2.0, section 6), which are sent together.
 *
 * @module
 */

import { MAX_LINE_BYTES } from "../framing/json_lines.ts";

/**
 * Collects the replies to one batch.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const batch = new BatchReply(2, (line) => lines.push(line));
 * batch.add('{"id":2}');
 * batch.add('{"id":1}');
 * assertEquals(lines, ['[{"id":2},{"id":1}]']);
 * ```
 */
export class BatchReply {
  readonly #send: (line: string) => void;
  #line = "";
  #size = 0;
  #missing: number;

  /**
   * Begins to collect.
   *
   * @param count How many replies there will be.
   * @param send Takes the finished line; several lines, each an array, where one is too short.
   */
  constructor(count: number, send: (line: string) => void) {
    this.#missing = count;
    this.#send = send;
  }

  /**
   * Adds a reply; with the last one, all are sent.
   *
   * @param reply A reply that fits into a line.
   */
  add(reply: string): void {
    // A UTF-16 unit takes at most three bytes, and a comma or bracket stands with each reply.
    const added = 3 * reply.length + 1;
    if (this.#line !== "" && this.#size + added >= MAX_LINE_BYTES) this.#flush();
    this.#line += this.#line === "" ? `[${reply}` : `,${reply}`;
    this.#size += added;
    if (--this.#missing === 0) this.#flush();
  }

  #flush(): void {
    this.#send(`${this.#line}]`);
    this.#line = "";
    this.#size = 0;
  }
}
