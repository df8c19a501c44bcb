/**
 * What the server shows who connects in TLS, and whether they will take it.
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import { makeIdentity, type TlsIdentity } from "../net/certificate.ts";
import { belongTogether, readCertificate } from "../net/certificate_facts.ts";
import { formatPem, parsePem } from "../net/pem.ts";
import { acceptTls, beginTls, secureContextOf } from "../net/tls.ts";
import { fingerprintOf, isCertificateName, type TrustAnchor } from "../net/trust_anchor.ts";
import { certificateFileOf, givenIdentity, ownIdentity } from "./certificate_file.ts";

/** The server's certificate, found good. */
export interface ServerTls {
  /** What it shows. */
  readonly context: ReturnType<typeof secureContextOf>;
  /** What clients are told to trust. */
  readonly anchor: TrustAnchor;
  /** The fingerprint of that. */
  readonly fingerprint: string;
  /** Whether there will be another one after a restart. */
  readonly ephemeral: boolean;
}

/** Which certificate. */
export type TlsSource =
  /** Made for this run. */
  | { readonly kind: "ephemeral" }
  /** Beside the file of the directory, made if it is not there. */
  | { readonly kind: "beside"; readonly data: string }
  /** Made by somebody else. */
  | { readonly kind: "given"; readonly certificate: string; readonly key: string };

/**
 * Gets the certificate, and makes sure that clients will accept it.
 *
 * @param source Which one.
 * @returns What is needed to listen, and to be trusted.
 * @throws {UserError} If it cannot be had or used: why, and what to do about it.
 */
export async function prepareTls(source: TlsSource): Promise<ServerTls> {
  const identity = await identityOf(source);
  const shown = source.kind === "given"
    ? source.certificate
    : source.kind === "beside"
    ? certificateFileOf(source.data)
    : undefined;
  const cannot = `Cannot use the certificate${shown === undefined ? "" : ` "${shown}"`}`;
  const anchor = await anchorOf(identity.certificate, cannot);
  await checkKey(identity, cannot);
  const context = secureContextOf(identity);
  await shakeHands(context, anchor, cannot);
  return {
    context,
    anchor,
    fingerprint: await fingerprintOf(anchor.certificate),
    ephemeral: source.kind === "ephemeral",
  };
}

async function identityOf(source: TlsSource): Promise<TlsIdentity> {
  switch (source.kind) {
    case "ephemeral":
      return await makeIdentity();
    case "beside":
      return await ownIdentity(certificateFileOf(source.data));
    case "given":
      return await givenIdentity(source.certificate, source.key);
  }
}

/** The last certificate is what clients trust; the name is that of the first, which the server shows. */
async function anchorOf(chain: string, cannot: string): Promise<TrustAnchor> {
  const all = parsePem(chain).map(({ label, der }) => formatPem(label, der));
  const [leaf, last] = [all[0] ?? "", all.at(-1) ?? ""];
  const facts = await readCertificate(leaf).catch(() => {
    throw new UserError(`${cannot}: it is damaged.`);
  });
  const name = facts.names.map((each) => each.replace(/^\*\./, "crds.")).find(isCertificateName);
  const why = facts.validTo < Date.now()
    ? `it expired on ${new Date(facts.validTo).toISOString().slice(0, 10)}`
    : facts.validFrom > Date.now()
    ? `it is not good before ${new Date(facts.validFrom).toISOString().slice(0, 10)}`
    : facts.isAuthority
    ? "it is that of an authority (CA:TRUE), which no server may show; " +
      "the server's own must come first"
    : name === undefined
    ? "it names no host (subjectAltName)"
    : all.length === 1 && !facts.isSelfSigned
    ? "its issuer's is missing; put that behind it in the same file"
    : undefined;
  if (why !== undefined || name === undefined) {
    throw new UserError(`${cannot}: ${why}.`);
  }
  return { certificate: last, name };
}

async function checkKey({ certificate, key }: TlsIdentity, cannot: string): Promise<void> {
  let fits: boolean;
  try {
    fits = await belongTogether(certificate, key);
  } catch (error) {
    throw new UserError(`${cannot}: its key cannot be understood.`, { cause: error });
  }
  if (!fits) throw new UserError(`${cannot}: the key is not the one that belongs to it.`);
}

/** Does what a client will do. */
async function shakeHands(
  context: ServerTls["context"],
  anchor: TrustAnchor,
  cannot: string,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    const { hostname, port } = listener.addr;
    const greeted = listener.accept().then(async (connection) => {
      const socket = acceptTls(connection, context);
      await socket.read(new Uint8Array(1)).catch(() => {});
      socket.close();
    });
    // If there is no client, nobody waits for this.
    greeted.catch(() => {});
    const client = await beginTls(await Deno.connect({ hostname, port }), anchor);
    client.close();
    await greeted;
  } catch (error) {
    const said = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = `clients would not accept it (${reasonOf(said)})`;
    throw new UserError(
      `${cannot}: ${why}. The file is to have the server's certificate first and its issuer's last.`,
      { cause: error },
    );
  } finally {
    listener.close();
  }
}
