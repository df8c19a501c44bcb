import { assertEquals, assertThrows } from "@std/assert";
import { defaultDataFile } from "../../lib/directory/state_folder.ts";
import { UserError } from "../../lib/errors.ts";

type Env = Record<string, string>;

const FOUND: [os: typeof Deno.build.os, env: Env, path: string][] = [
  ["linux", { HOME: "/home/mel" }, "/home/mel/.local/state/crds/crds.db"],
  ["linux", { HOME: "/home/mel/" }, "/home/mel/.local/state/crds/crds.db"],
  ["linux", { HOME: "/home/mel", XDG_STATE_HOME: "/var/s" }, "/var/s/crds/crds.db"],
  ["linux", { XDG_STATE_HOME: "/var/s/" }, "/var/s/crds/crds.db"],
  ["linux", { HOME: "/h", XDG_STATE_HOME: "" }, "/h/.local/state/crds/crds.db"],
  ["linux", { HOME: "/h", XDG_STATE_HOME: "state" }, "/h/.local/state/crds/crds.db"],
  ["freebsd", { HOME: "/h" }, "/h/.local/state/crds/crds.db"],
  ["darwin", { HOME: "/Users/m" }, "/Users/m/Library/Application Support/crds/crds.db"],
  ["darwin", { HOME: "/U", XDG_STATE_HOME: "/s" }, "/U/Library/Application Support/crds/crds.db"],
  ["windows", { LOCALAPPDATA: "C:\\Users\\m\\Local" }, "C:\\Users\\m\\Local\\crds\\crds.db"],
  ["windows", { LOCALAPPDATA: "C:\\L\\", HOME: "/h" }, "C:\\L\\crds\\crds.db"],
];

Deno.test("defaultDataFile() names the platform's state folder", () => {
  for (const [os, env, path] of FOUND) assertEquals(defaultDataFile(os, (name) => env[name]), path);
});

const LOST: [os: typeof Deno.build.os, env: Env, variable: string][] = [
  ["linux", {}, "$HOME"],
  ["linux", { HOME: "", XDG_STATE_HOME: "relative" }, "$HOME"],
  ["darwin", { LOCALAPPDATA: "C:\\L" }, "$HOME"],
  ["windows", { HOME: "/h" }, "$LOCALAPPDATA"],
];

Deno.test("defaultDataFile() says what to do when there is no home", () => {
  for (const [os, env, variable] of LOST) {
    const error = assertThrows(() => defaultDataFile(os, (name) => env[name]), UserError);
    assertEquals(
      error.message,
      `Cannot find a place for the directory file: ${variable} is not set. ` +
        "Name one with --data FILE, or keep the rooms in memory with --memory.",
    );
  }
});
