/**
 * Reading a connection to its end, with little memory while it is silent.
 *
 * @module
 */

import type { ByteTransport } from "./ports.ts";

/** What a waiting peer holds to read into: a few requests, and little times 10,000 peers. */
const SMALL_READ_BYTES = 512;

/** What a peer reads into whose other side sends much at once; given back when it sends little. */
const LARGE_READ_BYTES = 16 * 1024;

/**
 * Reads until the end. The buffer is small until the other side fills it.
 *
 * @param transport What to read.
 * @param receive Takes what was read; the bytes are overwritten once its promise resolves.
 * @param goesOn Whether to go on.
 * @returns Resolves at the end; rejects with what `read()` or `receive()` throws.
 */
export async function readAll(
  transport: ByteTransport,
  receive: (bytes: Uint8Array) => Promise<void>,
  goesOn: () => boolean,
): Promise<void> {
  let buffer = new Uint8Array(SMALL_READ_BYTES);
  while (goesOn()) {
    const count = await transport.read(buffer);
    if (count === null) return;
    await receive(buffer.subarray(0, count));
    if (count === buffer.length) {
      if (count < LARGE_READ_BYTES) buffer = new Uint8Array(LARGE_READ_BYTES);
    } else if (buffer.length > SMALL_READ_BYTES) {
      buffer = new Uint8Array(SMALL_READ_BYTES);
    }
  }
}
