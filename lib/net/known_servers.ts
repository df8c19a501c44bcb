/**
 * The text of the file in which a client keeps the servers that it trusts, one line each, as ssh does.
 *
 * @module
 */

import { decodeBase64, encodeBase64 } from "../framing/base64.ts";
import { type Endpoint, formatEndpoint } from "./endpoint.ts";
import { formatPem, parsePem } from "./pem.ts";
import { isCertificateName, type TrustAnchor } from "./trust_anchor.ts";

/** A server that is trusted. */
export interface KnownServer extends TrustAnchor {
  /** The fingerprint of the certificate. */
  readonly fingerprint: string;
  /** The TCP port at which it was reached in TLS; it may have another one now. */
  readonly port: number;
}

/** One line of the file. */
export interface KnownLine {
  /** The line as it is. */
  readonly text: string;
  /** Which server it is about, as {@linkcode knownAs} has it; undefined for a comment. */
  readonly where?: string;
  /** What is known of it; undefined if that cannot be understood. */
  readonly server?: KnownServer;
}

/** Bytes of a certificate; those with the longest keys have two kilobytes. */
const MAX_CERTIFICATE_BYTES = 16 * 1024;

/**
 * Says under which name a server is kept.
 *
 * @param endpoint Where it is, as the user calls it.
 * @returns `host:port`, in small letters.
 */
export function knownAs({ host, port }: Endpoint): string {
  return formatEndpoint({ host: host.toLowerCase(), port });
}

/**
 * Reads the file. What cannot be understood stays what it is.
 *
 * @param text The file.
 * @returns Its lines.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const [line] = parseKnownServers("lab-7:50001 SHA256:kq3 50002 crds.invalid AQID\n");
 * assertEquals(line?.where, "lab-7:50001");
 * assertEquals(line?.server?.port, 50002);
 * ```
 */
export function parseKnownServers(text: string): KnownLine[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== "").map((line) => {
    const [where = "", ...fields] = line.trim().split(/\s+/);
    if (where.startsWith("#")) return { text: line };
    const server = parseServer(fields);
    return { text: line, where: where.toLowerCase(), ...(server === undefined ? {} : { server }) };
  });
}

/**
 * Writes a line.
 *
 * @param where Which server it is about.
 * @param server What is known of it.
 * @returns The line, without its end.
 */
export function formatKnownServer(where: string, server: KnownServer): string {
  const { fingerprint, port, name, certificate } = server;
  const der = parsePem(certificate)[0]?.der ?? new Uint8Array();
  return [where, fingerprint, port, name, encodeBase64(der)].join(" ");
}

function parseServer(fields: readonly string[]): KnownServer | undefined {
  const [fingerprint = "", digits = "", name = "", base64 = "", ...more] = fields;
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  const der = decodeBase64(base64, MAX_CERTIFICATE_BYTES);
  const isWhole = fingerprint.startsWith("SHA256:") && port >= 1 && port <= 65535 &&
    isCertificateName(name) && der !== undefined && more.length === 0;
  return isWhole
    ? { fingerprint, port, name, certificate: formatPem("CERTIFICATE", der) }
    : undefined;
}
