import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseClientArgs } from "../../lib/client/command_line.ts";
import { promptSettings } from "../../lib/client/settings.ts";
import { UsageError } from "../../lib/errors.ts";

const ENV: Readonly<Record<string, string>> = {
  USER: "mel",
  HOME: "/home/mel",
  CRDS_IFACE: "eth1",
};
const env = (name: string): string | undefined => ENV[name];

Deno.test("promptSettings() reads flags as parseClientArgs() does", () => {
  for (
    const args of [
      [],
      ["--"],
      ["--server", "lab-7:7", "--iface", "lo", "--name", "Mel", "--ttl", "3", "--relay"],
      ["--json", "--color", "never", "--config", "my.json", "--known-servers", "mine"],
    ]
  ) {
    const settings = promptSettings(args, env);
    assert(settings !== undefined, args.join(" "));
    assertEquals(parseClientArgs(args, env), { kind: "run", settings }, args.join(" "));
  }
});

Deno.test("promptSettings() leaves everything but the prompt to parseClientArgs()", () => {
  for (
    const args of [
      ["getdir"],
      ["chat", "lobby"],
      ["help"],
      ["completions"],
      ["no-such-command"],
      ["--help"],
      ["--version"],
      ["--sealed"],
      // Who asks for help gets it, whatever else is wrong.
      ["--help", "--ttl", "x"],
    ]
  ) {
    assertEquals(promptSettings(args, env), undefined, args.join(" "));
  }
});

Deno.test("promptSettings() refuses what parseClientArgs() refuses, in the same words", () => {
  for (
    const args of [
      ["--no-such-flag"],
      ["--server"],
      ["--server", "a b"],
      ["--ttl", "0"],
      ["--name", ":"],
      ["--relay", "--no-relay"],
      ["--color", "pink"],
    ]
  ) {
    const { message } = assertThrows(() => parseClientArgs(args, env), UsageError);
    assertEquals(assertThrows(() => promptSettings(args, env), UsageError).message, message);
  }
});
