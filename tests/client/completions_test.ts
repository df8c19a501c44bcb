import { assertEquals, assertStringIncludes } from "@std/assert";
import { completionScript, type Shell } from "../../lib/client/completions.ts";
import { SHELL_COMPLETIONS } from "../../lib/client/command_line.ts";
import { CLIENT_FLAGS } from "../../lib/client/settings.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

const decoder = new TextDecoder();

function has(shell: string): boolean {
  if (Deno.build.os === "windows") return false;
  try {
    return new Deno.Command(shell, { args: ["-c", "exit 0"] }).outputSync().success;
  } catch {
    return false;
  }
}

/** Registers a test that needs a shell; where there is none, it is skipped aloud. */
function shellTest(shell: Shell, name: string, fn: () => void): void {
  const ignore = !has(shell);
  if (ignore) console.warn(`SKIPPED "${name}": this machine has no ${shell}.`);
  Deno.test({ name, ignore, fn });
}

function script(shell: Shell): string {
  return completionScript(shell, SHELL_COMPLETIONS, CLIENT_FLAGS);
}

function checkSyntax(shell: Shell): void {
  using folder = new TempFolder();
  const file = folder.file("completions");
  Deno.writeTextFileSync(file, script(shell));
  const { code, stderr } = new Deno.Command(shell, { args: ["-n", file] }).outputSync();
  assertEquals([code, decoder.decode(stderr)], [0, ""]);
}

/** Presses Tab in a real bash, with a client that lists these rooms. */
function complete(words: readonly string[], rooms: readonly string[] = []): string[] {
  using folder = new TempFolder();
  const json = JSON.stringify(rooms.map((name) => ({ name, address: "239.1.2.3", port: 1 })));
  Deno.writeTextFileSync(folder.file("completions"), script("bash"));
  Deno.writeTextFileSync(folder.file("rooms"), json);
  const driver = `cd "$1" && source completions && shift &&
    crds-client() { cat rooms; echo "$@" > asked; } &&
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) && _crds_client && printf '%s\\n' "\${COMPREPLY[@]}"
    ls; [ ! -e asked ] || cat asked`;
  const args = ["-c", driver, "bash", folder.path, "crds-client", ...words];
  const { stdout, stderr } = new Deno.Command("bash", { args }).outputSync();
  assertEquals(decoder.decode(stderr), "");
  const lines = decoder.decode(stdout).split("\n");
  const rest = lines.splice(lines.lastIndexOf("completions") - (lines.includes("asked") ? 1 : 0));
  const expected = words[0] === "chat" || words[0] === "deleteroom"
    ? ["asked", "completions", "rooms", "getdir --json", ""]
    : ["completions", "rooms", ""];
  // Nothing else came into being: no name of a room was carried out.
  assertEquals(rest, expected);
  return lines.filter((line) => line !== "");
}

shellTest("bash", "completionScript() for bash is well-formed", () => checkSyntax("bash"));
shellTest("zsh", "completionScript() for zsh is well-formed", () => checkSyntax("zsh"));
shellTest("fish", "completionScript() for fish is well-formed", () => checkSyntax("fish"));

shellTest("bash", "completionScript() for bash completes commands, flags and shells", () => {
  assertEquals(complete(["get"]), ["getdir"]);
  assertEquals(complete(["ma"]), ["makeroom"]);
  assertEquals(complete(["--js"]), ["--json"]);
  assertEquals(complete(["getdir", "--j"]), ["--json"]);
  assertEquals(complete(["completions", ""]), ["bash", "zsh", "fish"]);
  assertEquals(complete(["zzz"]), []);
  const all = complete([""]);
  for (const { name } of SHELL_COMPLETIONS) assertEquals(all.includes(name), true, name);
  for (const { name } of CLIENT_FLAGS) assertEquals(all.includes(`--${name}`), true, name);
});

shellTest("bash", "completionScript() for bash completes rooms, asked at that moment", () => {
  const rooms = ["lobby", "lab", "tea", "ห้อง"];
  assertEquals(complete(["chat", "l"], rooms), ["lobby", "lab"]);
  assertEquals(complete(["deleteroom", "t"], rooms), ["tea"]);
  assertEquals(complete(["chat", ""], []), []);
});

shellTest(
  "bash",
  "completionScript() for bash carries out nothing that stands in a room's name",
  () => {
    const rooms = ["a$(touch${IFS}owned)", "a`touch${IFS}owned`", "a;touch", "a*", "a'b"];
    assertEquals(complete(["chat", "a"], rooms), [
      "a\\$\\(touch\\$\\{IFS\\}owned\\)",
      "a\\`touch\\$\\{IFS\\}owned\\`",
      "a\\;touch",
      "a\\*",
      "a\\'b",
    ]);
  },
);

Deno.test("completionScript() names every command and flag, for every shell", () => {
  for (const shell of ["bash", "zsh", "fish"] as const) {
    const text = script(shell);
    for (const { name } of SHELL_COMPLETIONS) assertStringIncludes(text, name);
    for (const { name } of CLIENT_FLAGS) assertStringIncludes(text, name);
  }
});
