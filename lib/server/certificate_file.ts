/**
 * The files of the server's certificate and its key.
 *
 * @module
 */

import { replacePrivateFile } from "../private_files.ts";
import { reasonOf, UserError } from "../errors.ts";
import { makeIdentity, type TlsIdentity } from "../net/certificate.ts";
import { formatPem, parsePem, type PemBlock } from "../net/pem.ts";

/** A file of certificates and keys has a few kilobytes; what is larger is another one. */
const MAX_FILE_BYTES = 256 * 1024;

/** The permissions that nobody but the owner may have on a key that the server made. */
const OF_OTHERS = 0o077;

/** The permission that strangers may not have on any key; a group may be trusted. */
const READ_BY_ALL = 0o004;

/**
 * Names the file of the certificate that the server makes itself.
 *
 * @param data The file of the directory.
 * @returns The file beside it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(certificateFileOf("/var/lib/crds/crds.db"), "/var/lib/crds/crds-tls.pem");
 * ```
 */
export function certificateFileOf(data: string): string {
  return `${data.replace(/\.db$/, "")}-tls.pem`;
}

/**
 * Reads the certificate that the server made itself, or makes it.
 *
 * @param path The file.
 * @returns The certificate and its key.
 * @throws {UserError} If the file cannot be read or made, is not what it should be, or others may read
 *   the key.
 */
export async function ownIdentity(path: string): Promise<TlsIdentity> {
  const blocks = await readBlocks(path, OF_OTHERS, "the certificate").catch((error) => {
    if (error instanceof UserError && error.cause instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (blocks !== undefined) {
    const help = `Restore it, or delete it: then a new one is made, which clients must be told of.`;
    return { certificate: certificatesOf(path, blocks, help), key: keyOf(path, blocks, help) };
  }
  const identity = await makeIdentity();
  await writeWhole(path, identity.certificate + identity.key);
  return identity;
}

/**
 * Reads a certificate that somebody else made.
 *
 * @param certificateFile The file of the certificate and those of its issuers.
 * @param keyFile The file of its key; may be the same.
 * @returns The certificates and the key.
 * @throws {UserError} If a file cannot be read, is not what it should be, or everybody may read the key.
 */
export async function givenIdentity(
  certificateFile: string,
  keyFile: string,
): Promise<TlsIdentity> {
  const certificates = await readBlocks(certificateFile, 0, "the certificate");
  const keys = await readBlocks(keyFile, READ_BY_ALL, "the key");
  return {
    certificate: certificatesOf(
      certificateFile,
      certificates,
      "Name another one: --tls-cert FILE.",
    ),
    key: keyOf(keyFile, keys, "Name another one: --tls-key FILE."),
  };
}

async function readBlocks(path: string, forbidden: number, what: string): Promise<PemBlock[]> {
  const cannot = `Cannot use ${what} "${path}"`;
  try {
    using file = await Deno.open(path);
    const { mode, size, isFile } = await file.stat();
    if (!isFile) throw new UserError(`${cannot}: it is no file.`);
    if (size > MAX_FILE_BYTES) {
      throw new UserError(`${cannot}: it is too large for a file of certificates.`);
    }
    const blocks = parsePem(await new Response(file.readable).text());
    const isSecret = blocks.some(({ label }) => label.endsWith("PRIVATE KEY"));
    if (isSecret && mode !== null && (mode & forbidden) !== 0) {
      const why = `others can read the key in it (mode ${(mode & 0o777).toString(8)})`;
      throw new UserError(`${cannot}: ${why}. Forbid them to: chmod 600 "${path}".`);
    }
    return blocks;
  } catch (error) {
    if (error instanceof UserError) throw error;
    const why = error instanceof Deno.errors.NotFound ? "there is no such file" : reasonOf(error);
    throw new UserError(`${cannot}: ${why}.`, { cause: error });
  }
}

function certificatesOf(path: string, blocks: readonly PemBlock[], help: string): string {
  const found = blocks.filter(({ label }) => label === "CERTIFICATE");
  if (found.length > 0) return found.map(({ label, der }) => formatPem(label, der)).join("");
  throw new UserError(`Cannot use the certificate "${path}": there is none in it. ${help}`);
}

function keyOf(path: string, blocks: readonly PemBlock[], help: string): string {
  const cannot = `Cannot use the key "${path}"`;
  const [key, ...more] = blocks.filter(({ label }) => label.endsWith("PRIVATE KEY"));
  if (key === undefined) throw new UserError(`${cannot}: there is none in it. ${help}`);
  if (more.length > 0) throw new UserError(`${cannot}: there are several in it. ${help}`);
  if (key.label !== "ENCRYPTED PRIVATE KEY") return formatPem(key.label, key.der);
  const how = `openssl pkey -in "${path}" -out FILE`;
  throw new UserError(`${cannot}: it is protected with a password. Take that off: ${how}.`);
}

/** A server that is killed meanwhile leaves no half of a file under its name. */
async function writeWhole(path: string, text: string): Promise<void> {
  try {
    await replacePrivateFile(path, text);
  } catch (error) {
    throw new UserError(
      `Cannot keep the certificate in "${path}": ${
        reasonOf(error)
      }. Correct that, name one with --tls-cert and --tls-key, or do without: --no-tls.`,
      { cause: error },
    );
  }
}
