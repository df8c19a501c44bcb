/**
 * Where a program keeps its state when nobody says where.
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
  const file = stateFile(os, env, "crds.db");
  if (file !== undefined) return file;
  throw new UserError(
    `Cannot find a place for the directory file: $${
      os === "windows" ? "LOCALAPPDATA" : "HOME"
    } is not set. Name one with --data FILE, or keep the rooms in memory with --memory.`,
  );
}

/**
 * Names a file in the folder where the platform expects programs to keep their state.
 *
 * @param os The operating system, as `Deno.build.os` has it.
 * @param env Looks up an environment variable, see {@linkcode defaultDataFile}.
 * @param name What the file is called.
 * @returns The path; undefined if the environment names no home.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const env = (name: string) => name === "HOME" ? "/home/mel" : undefined;
 * assertEquals(stateFile("linux", env, "history"), "/home/mel/.local/state/crds/history");
 * ```
 */
export function stateFile(
  os: typeof Deno.build.os,
  env: (name: string) => string | undefined,
  name: string,
): string | undefined {
  if (os === "windows") return below(env("LOCALAPPDATA"), `\\crds\\${name}`);
  if (os === "darwin") return below(env("HOME"), `/Library/Application Support/crds/${name}`);
  const state = env("XDG_STATE_HOME") ?? "";
  // The specification: a relative path there is invalid and to be ignored.
  if (state.startsWith("/")) return below(state, `/crds/${name}`);
  return below(env("HOME"), `/.local/state/crds/${name}`);
}

/**
 * Names a file in a folder that may not be known; separators at its end do not count.
 *
 * @param folder The folder, from the environment.
 * @param path What is behind it, with its separator.
 * @returns The path; nothing if there is no folder.
 */
export function below(folder: string | undefined, path: string): string | undefined {
  const trimmed = (folder ?? "").replace(/[/\\]+$/, "");
  return trimmed === "" ? undefined : trimmed + path;
}
