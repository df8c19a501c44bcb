/**
 * Rooms for tests that run at the same time: all of them share one loopback interface.
 *
 * @module
 */

/** Where a room is. */
export interface SomeRoom {
  /** Its group address. */
  readonly address: string;
  /** Its port. */
  readonly port: number;
  /** Both, as `address:port`. */
  readonly endpoint: string;
}

/**
 * Chooses a room that nobody else on this machine is in, for all practical purposes.
 *
 * @returns A random one of 650 million, in the range that DESIGN section 6 allocates from.
 */
export function someRoom(): SomeRoom {
  const [a = 0, b = 0, c = 0] = crypto.getRandomValues(new Uint16Array(3));
  const address = `239.255.${1 + a % 254}.${b % 256}`;
  const port = 20000 + c % 10000;
  return { address, port, endpoint: `${address}:${port}` };
}
