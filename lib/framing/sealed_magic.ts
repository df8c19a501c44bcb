/**
 * How sealed bytes begin, for those who do not open them.
 *
 * @module
 */

/** ESC "CRS": an escape character stands in no chat line that anybody means. */
export const SEALED_MAGIC: readonly number[] = [0x1b, 0x43, 0x52, 0x53];

/**
 * Says whether bytes claim to be sealed, in whatever version.
 *
 * @param bytes A datagram.
 * @returns True if it starts with the magic.
 */
export function isSealed(bytes: Uint8Array): boolean {
  for (let i = 0; i < SEALED_MAGIC.length; i++) if (bytes[i] !== SEALED_MAGIC[i]) return false;
  return true;
}
