/**
 * What one must know of a TLS server to be sure that it is that one.
 *
 * @module
 */

import { parsePem } from "./pem.ts";

/** A certificate that is trusted, and the name that is to be in the one the server shows. */
export interface TrustAnchor {
  /** The certificate, in PEM: the server's own, or its issuer's. */
  readonly certificate: string;
  /** The name to ask for in the handshake. */
  readonly name: string;
}

/**
 * Takes a certificate's fingerprint, in the form that ssh has for keys.
 *
 * @param certificate The certificate, in PEM.
 * @returns `SHA256:` and the base64 of the SHA-256 of its bytes, without padding.
 * @throws {SyntaxError} If it is not one certificate in PEM.
 */
export async function fingerprintOf(certificate: string): Promise<string> {
  const [block, ...more] = parsePem(certificate);
  if (block?.label !== "CERTIFICATE" || more.length > 0) throw new SyntaxError("no certificate");
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", block.der));
  return `SHA256:${digest.toBase64({ omitPadding: true })}`;
}

/** What a name in a certificate looks like: of a host, or an IP address. */
const NAME = /^[A-Za-z0-9_.:-]{1,253}$/;

/**
 * Says whether a name can be asked for in a handshake.
 *
 * @param name The name.
 * @returns True if it is the name of a host, or an IP address.
 */
export function isCertificateName(name: string): boolean {
  return NAME.test(name);
}
