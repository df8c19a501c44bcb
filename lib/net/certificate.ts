/**
 * Making certificates that say nothing but "the one who has this key".
 *
 * @module
 */

import { formatPem } from "./pem.ts";

/**
 * The name in all certificates that are made here. It proves nothing, as everybody may make one with
 * it; what is trusted is one certificate. No public authority gives certificates for it (RFC 2606), so
 * none of theirs can stand in.
 */
export const CERTIFICATE_NAME = "crds.invalid";

/** What a TLS server shows, and the key that makes it its own. */
export interface TlsIdentity {
  /** The certificate, in PEM; behind it, those that lead from it to its issuer, if there are any. */
  readonly certificate: string;
  /** Its private key, in PEM (PKCS #8). */
  readonly key: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Old enough for a machine whose clock was never set. */
const NOT_BEFORE = new Date("1970-01-01T00:00:00Z");

/** Without an end (RFC 5280, section 4.1.2.5): it is replaced when somebody wants another one. */
const NOT_AFTER = new Date("9999-12-31T23:59:59Z");

/** As many as RFC 5280 allows; random, so that no two are alike. */
const SERIAL_BYTES = 19;

/**
 * Makes a key and a self-signed certificate for it: ECDSA P-256, no CA, for
 * {@linkcode CERTIFICATE_NAME}. The package for it is loaded when the first one is made.
 *
 * @returns Both.
 */
export async function makeIdentity(): Promise<TlsIdentity> {
  const x509 = await import("@peculiar/x509");
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const serial = crypto.getRandomValues(new Uint8Array(SERIAL_BYTES));
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    // The first byte keeps it positive and its length fixed.
    serialNumber: `01${serial.toHex()}`,
    name: `CN=${CERTIFICATE_NAME}`,
    notBefore: NOT_BEFORE,
    notAfter: NOT_AFTER,
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.SubjectAlternativeNameExtension([{ type: "dns", value: CERTIFICATE_NAME }]),
    ],
  }, crypto);
  return {
    certificate: formatPem("CERTIFICATE", new Uint8Array(made.rawData)),
    key: formatPem(
      "PRIVATE KEY",
      new Uint8Array(await crypto.subtle.exportKey("pkcs8", keys.privateKey)),
    ),
  };
}
