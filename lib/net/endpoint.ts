/**
 * Host and port, as people write them.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import { sanitise } from "../text.ts";

/** A host and a TCP port. */
export interface Endpoint {
  /** A host name or an IP address, without brackets. */
  readonly host: string;
  /** The port, 1-65535. */
  readonly port: number;
}

/**
 * Reads `host`, `host:port`, `address`, `[address]:port` or a plain IPv6 address.
 *
 * @param text What somebody wrote.
 * @param defaultPort The port if none is written.
 * @returns The endpoint.
 * @throws {UsageError} If it is none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseEndpoint("lab-7", 50001), { host: "lab-7", port: 50001 });
 * assertEquals(parseEndpoint("[::1]:7", 50001), { host: "::1", port: 7 });
 * ```
 */
export function parseEndpoint(text: string, defaultPort: number): Endpoint {
  const cannot = `Cannot understand server "${sanitise(text)}"`;
  const [host, digits] = split(text);
  if (host === "" || /[\s[\]/]/.test(host)) {
    throw new UsageError(`${cannot}: it is no HOST or HOST:PORT. Write for example lab-7:50001.`);
  }
  const port = digits === undefined ? defaultPort : /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  if (!(port >= 1 && port <= 65535)) {
    throw new UsageError(
      `${cannot}: "${sanitise(digits ?? "")}" is no port. Use a number in 1-65535.`,
    );
  }
  return { host, port };
}

/**
 * Writes an endpoint.
 *
 * @param endpoint Host and port.
 * @returns `host:port`, with brackets around an IPv6 address.
 */
export function formatEndpoint({ host, port }: Endpoint): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function split(text: string): [host: string, port: string | undefined] {
  const [, address, rest] = /^\[([^\]]*)\](.*)$/.exec(text) ?? [];
  if (address !== undefined && rest !== undefined) {
    return rest === ""
      ? [address, undefined]
      : [rest.startsWith(":") ? address : "", rest.slice(1)];
  }
  const parts = text.split(":");
  // A plain IPv6 address has several colons, and none of them begins a port.
  return parts.length === 2 ? [parts[0] ?? "", parts[1]] : [text, undefined];
}
