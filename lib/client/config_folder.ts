/**
 * Where settings are kept when nobody says where. Pure.
 *
 * @module
 */

import { below } from "../directory/state_folder.ts";

/**
 * Names the file in which the platform expects the client's settings.
 *
 * @param os The operating system, as `Deno.build.os` has it.
 * @param env Looks up an environment variable (`XDG_CONFIG_HOME` and `HOME`, or `APPDATA`).
 * @returns The path: on Linux `$XDG_CONFIG_HOME/crds/client.json` or `~/.config/crds/client.json` (XDG
 *   Base Directory Specification 0.8), on macOS `~/Library/Application Support/crds/client.json`, on
 *   Windows `%APPDATA%\crds\client.json`; undefined if the environment names no home.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const env = (name: string) => name === "HOME" ? "/home/mel" : undefined;
 * assertEquals(defaultConfigFile("linux", env), "/home/mel/.config/crds/client.json");
 * ```
 */
export function defaultConfigFile(
  os: typeof Deno.build.os,
  env: (name: string) => string | undefined,
): string | undefined {
  if (os === "windows") return below(env("APPDATA"), "\\crds\\client.json");
  if (os === "darwin") {
    return below(env("HOME"), "/Library/Application Support/crds/client.json");
  }
  const config = env("XDG_CONFIG_HOME") ?? "";
  // The specification: a relative path there is invalid and to be ignored.
  if (config.startsWith("/")) return below(config, "/crds/client.json");
  return below(env("HOME"), "/.config/crds/client.json");
}

/**
 * Puts the home in place of a `~`, which no shell does in a line that is typed to the client.
 *
 * @param path A path that somebody typed.
 * @param home Where the home is, if that is known.
 * @returns The path; as it is if it does not begin with `~/`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(expandHome("~/chat.log", "/home/mel"), "/home/mel/chat.log");
 * ```
 */
export function expandHome(path: string, home: string | undefined): string {
  return home && /^~[/\\]/.test(path) ? below(home, path.slice(1))! : path;
}
