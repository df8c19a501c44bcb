import { assert, assertEquals } from "@std/assert";
import { JsonScreen } from "../../lib/client/json_screen.ts";
import { chooseLooks, type Looks } from "../../lib/client/looks.ts";
import { DEFAULT_PREFERENCES, type Preferences } from "../../lib/client/preferences.ts";
import { PipeScreen } from "../../lib/client/room_screen.ts";
import type { TerminalSettings } from "../../lib/client/settings.ts";
import { FakeConsole } from "../helpers/fake_console.ts";

const CAPABLE = { color: undefined, noColor: undefined, capable: true };

function looksOf(
  console: FakeConsole,
  { json = false, terminal = CAPABLE, color = "auto" }: {
    json?: boolean;
    terminal?: TerminalSettings;
    color?: Preferences["color"];
  } = {},
): Looks {
  return chooseLooks(
    console,
    { json, terminal },
    () => ({ ...DEFAULT_PREFERENCES, color }),
    () => true,
  );
}

Deno.test("chooseLooks() leaves a pipe plain, or makes it JSON", () => {
  const console = new FakeConsole(false);
  const plain = looksOf(console, { terminal: { ...CAPABLE, color: "always" } });
  assert(plain.screen instanceof PipeScreen && plain.console === console);
  plain.console.status("a");
  assertEquals(console.shown, ["err a"]);
  assert(looksOf(console, { json: true }).screen instanceof JsonScreen);
});

Deno.test("chooseLooks() colours as the command line says, then as is set, then as NO_COLOR", () => {
  const noColor = "1";
  for (
    const [flag, color, env, colored] of [
      [undefined, "auto", {}, true],
      [undefined, "auto", { noColor }, false],
      [undefined, "always", { noColor }, true],
      ["never", "always", {}, false],
      ["always", "never", { noColor }, true],
      ["always", "always", { capable: false }, false],
    ] as const
  ) {
    const console = new FakeConsole(true);
    const terminal = { ...CAPABLE, ...env, color: flag };
    looksOf(console, { terminal, color }).console.status("a");
    assertEquals(console.text.includes("\x1b["), colored, `${flag} ${color} ${console.text}`);
  }
});
