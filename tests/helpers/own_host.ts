/**
 * An address of this machine that no other test listens on.
 *
 * @module
 */

/**
 * Picks an address for a test that closes a port and needs it again: on an address of its own, no
 * other test that asks for any free port is given it meanwhile.
 *
 * @returns A random address in 127.0.0.0/8; 127.0.0.1 on macOS, which has no other.
 */
export function ownHost(): string {
  if (Deno.build.os === "darwin") return "127.0.0.1";
  const [high = 0, middle = 0, low = 0] = crypto.getRandomValues(new Uint8Array(3));
  return `127.${1 + high % 254}.${middle}.${1 + low % 254}`;
}
