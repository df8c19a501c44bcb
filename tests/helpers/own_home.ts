/**
 * A home for the programs of tests: what they keep must not be among what the user keeps.
 *
 * @module
 */

let home: string | undefined;

/**
 * Makes an environment in which every platform's folders for settings and state are in one folder.
 *
 * @param folder The folder.
 * @returns The variables. Deno's own cache stays where it is: else children would load everything anew.
 */
export function homeIn(folder: string): Record<string, string> {
  const names = ["HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "APPDATA", "LOCALAPPDATA"];
  const kept = denoDir(Deno.build.os, (name) => Deno.env.get(name));
  return {
    ...Object.fromEntries(names.map((name) => [name, folder])),
    ...(kept === undefined ? {} : { DENO_DIR: kept }),
  };
}

/**
 * The environment for what has no folder of its own: a folder that is gone when the tests of this file
 * are over.
 *
 * @returns The variables, see {@linkcode homeIn}.
 */
export function ownHome(): Record<string, string> {
  if (home === undefined) {
    const folder = home = Deno.makeTempDirSync({ prefix: "crds-home-" });
    globalThis.addEventListener("unload", () => {
      try {
        Deno.removeSync(folder, { recursive: true });
      } catch {
        // A program that was ended by a hang-up writes what it keeps in this very moment.
      }
    });
  }
  return homeIn(home);
}

/**
 * Finds Deno's cache.
 *
 * @param os The operating system, as `Deno.build.os` has it.
 * @param env Looks up an environment variable.
 * @returns The folder, as Deno itself chooses it; undefined if the environment names no home.
 */
export function denoDir(
  os: typeof Deno.build.os,
  env: (name: string) => string | undefined,
): string | undefined {
  const given = env("DENO_DIR");
  if (given) return given;
  if (os === "windows") return within(env("LOCALAPPDATA"), "\\deno");
  if (os === "darwin") return within(env("HOME"), "/Library/Caches/deno");
  return within(env("XDG_CACHE_HOME"), "/deno") ?? within(env("HOME"), "/.cache/deno");
}

function within(folder: string | undefined, path: string): string | undefined {
  return folder ? folder + path : undefined;
}
