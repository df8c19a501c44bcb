/**
 * The first bytes of an SQLite file: enough to refuse a file without touching it.
 *
 * @module
 */

import type { FileKind } from "./file_kind.ts";

/** How long the header of an SQLite file is, in bytes (SQLite file format, section 1.3). */
export const HEADER_BYTES = 100;

/** What every SQLite file starts with (same section). */
const MAGIC = "SQLite format 3\0";

/** Where the schema version stands in the header (same section). */
const USER_VERSION_AT = 60;

/** Where the application's mark stands in the header (same section). */
const APPLICATION_ID_AT = 68;

/**
 * Says why a file cannot be of a kind, from its first bytes.
 *
 * @param header Its first {@linkcode HEADER_BYTES} bytes, or fewer if it is shorter.
 * @param kind What it should be.
 * @returns The fault with what to do about it, or undefined if the file may be opened.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const kind = { name: "directory file", applicationId: 1, migrations: [] };
 * const fault = faultOfHeader(new TextEncoder().encode("Dear diary"), kind);
 * assertEquals(fault?.startsWith("it is no SQLite database."), true);
 * ```
 */
export function faultOfHeader(header: Uint8Array, kind: FileKind): string | undefined {
  const magic = new TextDecoder().decode(header.subarray(0, MAGIC.length));
  if (header.length < HEADER_BYTES || magic !== MAGIC) {
    return "it is no SQLite database. Name another file with --data, or move this one away.";
  }
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (view.getUint32(APPLICATION_ID_AT) !== kind.applicationId) {
    return "it is a database of another program. Name another file with --data.";
  }
  return faultOfVersion(view.getUint32(USER_VERSION_AT), kind);
}

/**
 * Says why a file of a schema version cannot be used.
 *
 * @param version The version.
 * @param kind What it should be.
 * @returns The fault with what to do about it, or undefined if the version is known.
 */
export function faultOfVersion(version: number, kind: FileKind): string | undefined {
  const known = kind.migrations.length;
  if (version <= known) return undefined;
  return `a newer version of this program wrote it (schema ${version}, and ${known} is ` +
    "known here). Use that program, or name another file with --data.";
}
