/**
 * Messages of the session protocol that were good once, or never.
 *
 * @module
 */

/** What is put in the middle of a message. */
const PIECES = [
  ...['"id"', '"method"', '"params"', '"result"', '"error"', '"__proto__":{"evil":1},', '"2.0"'],
  ...["{", "}", "[", "]", ":", ",", '"', "\\", "\\u0000", "\\ud800", "null", "true", "-1e999"],
  ...["\n", "\r", "\r\n", "\0", "\ufeff", "\u2028", "😀"],
] as const;

/** What messages are made of. */
export interface MutationOptions {
  /** Good messages. */
  readonly good: readonly string[];
  /** Long pieces, beside those that are always put in. */
  readonly long: readonly string[];
  /** Draws whole numbers from 0 on that are below another. */
  readonly below: (count: number) => number;
}

/**
 * Makes a message and damages it: cut, repeated, with something in its middle or with other bytes; now
 * and then nothing but random bytes.
 *
 * @param options See there.
 * @returns A line, or several, or part of one.
 */
export function mutated({ good, long, below }: MutationOptions): Uint8Array<ArrayBuffer> {
  const pieces = [...PIECES, ...long];
  let text = good[below(good.length)]!;
  for (let changes = below(4); changes > 0; changes--) {
    const at = below(text.length + 1);
    const kind = below(4);
    if (kind === 0) text = text.slice(0, at);
    else if (kind === 1) text = text.slice(0, at) + text.slice(at + 1 + below(5));
    else if (kind === 2) text = text.slice(0, at) + pieces[below(pieces.length)] + text.slice(at);
    else text = text.slice(at) + text.slice(0, at);
  }
  const bytes = new TextEncoder().encode(`${text}\n`);
  for (let changes = below(3); changes > 0; changes--) bytes[below(bytes.length)] = below(256);
  return below(20) === 0 ? bytes.map(() => below(256)) : bytes;
}
