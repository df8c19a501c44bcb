/**
 * Certificates as other people make them: an authority, and what it signs.
 *
 * @module
 */

import * as x509 from "@peculiar/x509";
import type { TlsIdentity } from "../../lib/net/certificate.ts";
import { formatPem } from "../../lib/net/pem.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY = 86_400_000;

/** What is to be in a certificate. */
export interface CertificateWish {
  /** The names of hosts; `lab-7.example` if not given. */
  readonly names?: readonly string[];
  /** From when it is good, in milliseconds from now. */
  readonly from?: number;
  /** Until when, in milliseconds from now. */
  readonly to?: number;
}

/** An authority. */
export interface Authority {
  /** Its own certificate, in PEM, and its key. */
  readonly identity: TlsIdentity;
  /**
   * Makes a certificate for a server.
   *
   * @param wish What is to be in it.
   * @returns The certificate without that of the authority, and its key.
   */
  sign(wish?: CertificateWish): Promise<TlsIdentity>;
}

/**
 * Makes an authority.
 *
 * @param name What it is called.
 * @returns The authority.
 */
export async function makeAuthority(name = "Lab CA"): Promise<Authority> {
  const keys = await newKeys();
  const issuer = `CN=${name}`;
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: issuer,
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + DAY),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    identity: { certificate: pemOf(own), key: await keyOf(keys) },
    async sign({ names = ["lab-7.example"], from = -DAY, to = DAY } = {}) {
      const theirs = await newKeys();
      const signed = await x509.X509CertificateGenerator.create({
        serialNumber: "02",
        subject: "CN=lab-7",
        issuer,
        notBefore: new Date(Date.now() + from),
        notAfter: new Date(Date.now() + to),
        signingAlgorithm: ALGORITHM,
        publicKey: theirs.publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          ...(names.length === 0 ? [] : [
            new x509.SubjectAlternativeNameExtension(
              names.map((value) => ({
                type: /^[\d.]+$/.test(value) ? "ip" as const : "dns" as const,
                value,
              })),
            ),
          ]),
        ],
      });
      return { certificate: pemOf(signed), key: await keyOf(theirs) };
    },
  };
}

async function newKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

function pemOf(certificate: x509.X509Certificate): string {
  return formatPem("CERTIFICATE", new Uint8Array(certificate.rawData));
}

async function keyOf({ privateKey }: CryptoKeyPair): Promise<string> {
  const bytes = await crypto.subtle.exportKey("pkcs8", privateKey);
  return formatPem("PRIVATE KEY", new Uint8Array(bytes));
}
