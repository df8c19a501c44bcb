import { assertEquals } from "@std/assert";
import { defaultDataFile } from "../../lib/directory/state_folder.ts";
import { defaultConfigFile } from "../../lib/client/config_folder.ts";
import { denoDir, homeIn, ownHome } from "./own_home.ts";
import { startProgram } from "./processes.ts";

Deno.test("homeIn() keeps settings and state of every platform in the folder", () => {
  const env = homeIn("/t");
  for (const os of ["linux", "darwin", "windows", "freebsd"] as const) {
    for (const find of [defaultDataFile, defaultConfigFile]) {
      assertEquals(find(os, (name) => env[name])?.startsWith("/t"), true, os);
    }
  }
});

Deno.test("denoDir() is where Deno keeps its cache", () => {
  for (
    const [os, env, path] of [
      ["linux", { DENO_DIR: "/d", HOME: "/h" }, "/d"],
      ["linux", { HOME: "/h" }, "/h/.cache/deno"],
      ["linux", { HOME: "/h", XDG_CACHE_HOME: "/c" }, "/c/deno"],
      ["darwin", { HOME: "/h", XDG_CACHE_HOME: "/c" }, "/h/Library/Caches/deno"],
      ["windows", { LOCALAPPDATA: "C:\\L", HOME: "/h" }, "C:\\L\\deno"],
      ["linux", {}, undefined],
    ] as const
  ) {
    const variables: Record<string, string> = env;
    assertEquals(denoDir(os, (name) => variables[name]), path);
  }
});

Deno.test("startProgram() gives programs a home of their own", async () => {
  await using program = startProgram({ args: ["eval", "console.log(Deno.env.get('HOME'))"] });
  const [, home] = await program.waitFor(/(.*)\n/);
  assertEquals(home, ownHome().HOME);
});
