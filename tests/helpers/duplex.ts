/**
 * Two ends of a connection in memory, with buffers as small as those of a real one.
 *
 * @module
 */

import type { ByteTransport } from "../../lib/rpc/ports.ts";

/** One direction: bytes written at one end, read at the other. */
class Pipe {
  readonly #capacity: number;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #ended = false;
  #changed = Promise.withResolvers<void>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#size;
  }

  async read(buffer: Uint8Array, fails: () => boolean): Promise<number | null> {
    while (this.#size === 0) {
      if (fails()) throw new Deno.errors.BadResource("closed");
      if (this.#ended) return null;
      await this.#changed.promise;
    }
    if (fails()) throw new Deno.errors.BadResource("closed");
    let count = 0;
    while (count < buffer.length && this.#chunks.length > 0) {
      const chunk = this.#chunks[0]!;
      const part = chunk.subarray(0, buffer.length - count);
      buffer.set(part, count);
      count += part.length;
      if (part.length === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(part.length);
    }
    this.#size -= count;
    this.change();
    return count;
  }

  async write(bytes: Uint8Array, fails: () => boolean): Promise<number> {
    for (;;) {
      if (fails()) throw new Deno.errors.BadResource("closed");
      if (this.#ended) throw new Deno.errors.BrokenPipe("closed");
      if (this.#size < this.#capacity) break;
      await this.#changed.promise;
    }
    const part = bytes.slice(0, this.#capacity - this.#size);
    this.#chunks.push(part);
    this.#size += part.length;
    this.change();
    return part.length;
  }

  end(): void {
    this.#ended = true;
    this.change();
  }

  change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** One end of a {@linkcode duplex}. */
export class DuplexEnd implements ByteTransport {
  readonly #incoming: Pipe;
  readonly #outgoing: Pipe;
  #closed = false;
  /** How many writes were made. */
  writes = 0;

  /**
   * Makes an end.
   *
   * @param incoming What is read.
   * @param outgoing Where it is written.
   */
  constructor(incoming: Pipe, outgoing: Pipe) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  /** Whether this end was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** How many bytes wait here to be read. */
  get waiting(): number {
    return this.#incoming.size;
  }

  /** Reads some bytes; null at the end. */
  read(buffer: Uint8Array): Promise<number | null> {
    return this.#incoming.read(buffer, () => this.#closed);
  }

  /** Writes some bytes; waits while the buffer is full. */
  write(bytes: Uint8Array): Promise<number> {
    this.writes++;
    return this.#outgoing.write(bytes, () => this.#closed);
  }

  /** Ends the side that is written, and only that. */
  end(): void {
    this.#outgoing.end();
  }

  /** Ends both sides; throws the second time, as a real one does. */
  close(): void {
    if (this.#closed) throw new Deno.errors.BadResource("closed twice");
    this.#closed = true;
    this.#outgoing.end();
    this.#incoming.end();
  }

  /**
   * Writes text, all of it.
   *
   * @param text The text.
   */
  async say(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    for (let sent = 0; sent < bytes.length;) sent += await this.write(bytes.subarray(sent));
  }

  /**
   * Reads the text that is there.
   *
   * @returns The text, empty if there is none.
   */
  async hear(): Promise<string> {
    const buffer = new Uint8Array(this.waiting);
    if (buffer.length > 0) await this.read(buffer);
    return new TextDecoder().decode(buffer);
  }
}

/**
 * Makes a connection.
 *
 * @param capacity Bytes that fit between writer and reader, in each direction.
 * @returns Its two ends.
 */
export function duplex(capacity = 64 * 1024): [DuplexEnd, DuplexEnd] {
  const one = new Pipe(capacity);
  const other = new Pipe(capacity);
  return [new DuplexEnd(one, other), new DuplexEnd(other, one)];
}
