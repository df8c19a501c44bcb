/**
 * Where a directory is kept when nobody says where.
 *
 * @module
 */

import { UserError } from "../errors.ts";

/**
 * Names the file in which the platform expects a program to keep its state.
 *
 * @param os The operating system, as `Deno.build.os` has it.
 * @param env Looks up an environment variable (`XDG_STATE_HOME` and `HOME`, or `LOCALAPPDATA`).
 * @returns The path: on Linux `$XDG_STATE_HOME/crds/crds.db` or `~/.local/state/crds/crds.db` (XDG
 *   Base Directory Specification 0.8), on macOS `~/Library/Application Support/crds/crds.db`, on
 *   Windows `%LOCALAPPDATA%\crds\crds.db`.
 * @throws {UserError} If the environment names no home.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const env = (name: string) => name === "HOME" ? "/home/mel" : undefined;
 * assertEquals(defaultDataFile("linux", env), "/home/mel/.local/state/crds/crds.db");
 * ```
 */
export function defaultDataFile(
  os: typeof Deno.build.os,
  env: (name: string) => string | undefined,
): string {
  if (os === "windows") return `${folder("LOCALAPPDATA", env)}\\crds\\crds.db`;
  if (os === "darwin") return `${folder("HOME", env)}/Library/Application Support/crds/crds.db`;
  const state = env("XDG_STATE_HOME") ?? "";
  // The specification: a relative path there is invalid and to be ignored.
  if (state.startsWith("/")) return `${trim(state)}/crds/crds.db`;
  return `${folder("HOME", env)}/.local/state/crds/crds.db`;
}

/** Reads a variable that names a folder. */
function folder(name: string, env: (name: string) => string | undefined): string {
  const value = trim(env(name) ?? "");
  if (value !== "") return value;
  throw new UserError(
    `Cannot find a place for the directory file: $${name} is not set. ` +
      "Name one with --data FILE, or keep the rooms in memory with --memory.",
  );
}

/** Drops separators at the end. */
function trim(path: string): string {
  return path.replace(/[/\\]+$/, "");
}
