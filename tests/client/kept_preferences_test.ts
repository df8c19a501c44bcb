import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ConfigFile, MAX_CONFIG_BYTES } from "../../lib/client/config_file.ts";
import { defaultConfigFile, expandHome } from "../../lib/client/config_folder.ts";
import { KeptPreferences } from "../../lib/client/kept_preferences.ts";
import { DEFAULT_PREFERENCES } from "../../lib/client/preferences.ts";
import { UserError } from "../../lib/errors.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

Deno.test("defaultConfigFile() follows the platform", () => {
  const env = (values: Record<string, string>) => (name: string) => values[name];
  const home = { HOME: "/home/mel/" };
  for (
    const [os, values, path] of [
      ["linux", home, "/home/mel/.config/crds/client.json"],
      ["linux", { ...home, XDG_CONFIG_HOME: "/cfg" }, "/cfg/crds/client.json"],
      ["linux", { ...home, XDG_CONFIG_HOME: "cfg" }, "/home/mel/.config/crds/client.json"],
      ["darwin", home, "/home/mel/Library/Application Support/crds/client.json"],
      ["windows", { APPDATA: "C:\\x" }, "C:\\x\\crds\\client.json"],
      ["linux", {}, undefined],
      ["windows", home, undefined],
    ] as const
  ) assertEquals(defaultConfigFile(os, env(values)), path);
});

Deno.test("expandHome() knows one's own home only", () => {
  assertEquals(
    ["~/a", "~mel/a", "~", "a/~/b", "/a"].map((path) => expandHome(path, "/home/mel/")),
    ["/home/mel/a", "~mel/a", "~", "a/~/b", "/a"],
  );
  assertEquals(expandHome("~/a", undefined), "~/a");
});

Deno.test("KeptPreferences keeps a change in a file of its owner's, in a folder it makes", async () => {
  using folder = new TempFolder();
  const path = folder.file("a/b/client.json");
  const kept = new KeptPreferences(new ConfigFile(path));
  assertEquals(await kept.load(), undefined);
  assertEquals(kept.now, DEFAULT_PREFERENCES);
  assertEquals(await kept.set("times", "off"), "times is off.");
  assertEquals(kept.now.times, false);
  assertEquals(await Deno.readTextFile(path), '{\n  "times": false\n}\n');
  if (Deno.build.os !== "windows") {
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    assertEquals((await Deno.stat(folder.file("a/b"))).mode! & 0o777, 0o700);
  }
  // Nothing is left aside.
  assertEquals([...Deno.readDirSync(folder.file("a/b"))].map(({ name }) => name), ["client.json"]);
  const next = new KeptPreferences(new ConfigFile(path));
  await next.load();
  assertEquals(next.now, { ...DEFAULT_PREFERENCES, times: false });
});

Deno.test("KeptPreferences keeps what another client set meanwhile, and what it does not know", async () => {
  using folder = new TempFolder();
  const path = folder.file("client.json");
  await Deno.writeTextFile(path, '{"later":1}');
  const [one, two] = [path, path].map((each) => new KeptPreferences(new ConfigFile(each)));
  await one!.load();
  await two!.load();
  await one!.set("bell", "off");
  await two!.set("joins", "off");
  assertEquals(JSON.parse(await Deno.readTextFile(path)), { later: 1, bell: "off", joins: false });
});

Deno.test("KeptPreferences never writes a file that is damaged", async () => {
  using folder = new TempFolder();
  const path = folder.file("client.json");
  for (
    const [text, why] of [
      ['{"times":', "it is no JSON"],
      ['{"times":"perhaps"}', '"times" is none of on, off'],
      [new Uint8Array([0x22, 0xff, 0x22]), "it is no UTF-8"],
      [new Uint8Array(MAX_CONFIG_BYTES + 1).fill(0x20), "it is longer than 64 KiB"],
    ] as const
  ) {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    await Deno.writeFile(path, bytes);
    const kept = new KeptPreferences(new ConfigFile(path));
    assertEquals(
      await kept.load(),
      `Cannot use the settings in "${path}": ${why}. The defaults hold; correct the file or remove it.`,
    );
    assertEquals(kept.now, DEFAULT_PREFERENCES);
    await assertRejects(
      () => kept.set("bell", "off"),
      UserError,
      `Cannot keep the settings in "${path}": ${why}. bell is off for this session only`,
    );
    assertEquals(kept.now.bell, "off");
    assertEquals(await Deno.readFile(path), bytes);
  }
});

Deno.test("KeptPreferences tells of what is no file", async () => {
  using folder = new TempFolder();
  const kept = new KeptPreferences(new ConfigFile(folder.path));
  assertMatch(await kept.load() ?? "", /: it is no plain file\. The defaults hold/);
  // A folder cannot be made where a file is.
  await Deno.writeTextFile(folder.file("file"), "");
  const below = new KeptPreferences(new ConfigFile(folder.file("file/client.json")));
  await assertRejects(() => below.set("bell", "off"), UserError, "Cannot keep the settings in");
});

Deno.test("ConfigFile leaves a link a link", async () => {
  if (Deno.build.os === "windows") return;
  using folder = new TempFolder();
  await Deno.writeTextFile(folder.file("real.json"), "{}");
  await Deno.symlink(folder.file("real.json"), folder.file("client.json"));
  await new ConfigFile(folder.file("client.json")).replace("new");
  assert((await Deno.lstat(folder.file("client.json"))).isSymlink);
  assertEquals(await Deno.readTextFile(folder.file("real.json")), "new");
});

Deno.test("KeptPreferences without a file holds for the session", async () => {
  const kept = new KeptPreferences();
  assertEquals(await kept.load(), undefined);
  assertEquals(await kept.set("times", "off"), "times is off, for this session.");
  assertMatch(await kept.list(), /^times +off /m);
  assertMatch(await kept.list(), /\nThey are for this session: /);
});
