/**
 * What is written in a certificate.
 *
 * @module
 */

/** What is written in a certificate. */
export interface CertificateFacts {
  /** The names of hosts, and the IP addresses, that it is for. */
  readonly names: readonly string[];
  /** Whether it may sign others. */
  readonly isAuthority: boolean;
  /** Whether it is signed by its own key. */
  readonly isSelfSigned: boolean;
  /** From when it is good, in milliseconds since 1970. */
  readonly validFrom: number;
  /** Until when, in milliseconds since 1970. */
  readonly validTo: number;
}

/**
 * Says whether a key is that of a certificate.
 *
 * @param certificate The certificate, in PEM; if there are several, the first one counts.
 * @param key The private key, in PEM.
 * @returns Whether they belong together.
 * @throws {Error} If one of them cannot be understood.
 */
export async function belongTogether(certificate: string, key: string): Promise<boolean> {
  const { createPrivateKey, X509Certificate } = await import("node:crypto");
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
}

/**
 * Reads a certificate. What reads it is loaded at the first call.
 *
 * @param certificate The certificate, in PEM; if there are several, the first one counts.
 * @returns What is written in it.
 * @throws {Error} If it is none.
 */
export async function readCertificate(certificate: string): Promise<CertificateFacts> {
  const { X509Certificate } = await import("node:crypto");
  const read = new X509Certificate(certificate);
  // As Node.js writes them: "DNS:lab.example, IP Address:10.0.0.1".
  const names = (read.subjectAltName ?? "").split(", ")
    .flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? []);
  return {
    names,
    isAuthority: read.ca,
    isSelfSigned: read.issuer === read.subject,
    validFrom: Date.parse(read.validFrom),
    validTo: Date.parse(read.validTo),
  };
}
