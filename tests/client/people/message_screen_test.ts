import { assertEquals } from "@std/assert";
import {
  JsonMessages,
  type MessageScreen,
  PipeMessages,
  TerminalMessages,
} from "../../../lib/client/people/message_screen.ts";
import { RoomStyle } from "../../../lib/client/style/room_style.ts";
import { COLORED, PLAIN } from "../../../lib/client/style/paint.ts";
import { SYSTEM_MARK } from "../../../lib/client/style/system_mark.ts";
import type { TakeParams } from "../../../lib/people/message_methods.ts";
import { FakeConsole } from "../../helpers/fake_console.ts";

const AT = new Date(2026, 10, 22, 9, 5, 7).getTime();
const HI: TakeParams = {
  from: "Ann",
  account: true,
  id: "1",
  text: "Lunch?",
  at: AT,
  kind: "private",
};

function terminal(console: FakeConsole): MessageScreen {
  return new TerminalMessages({ console, paint: () => PLAIN, now: () => AT });
}

Deno.test("TerminalMessages shows time, mark, sender and to whom it is", () => {
  const console = new FakeConsole(true);
  const screen = terminal(console);
  screen.message(HI);
  screen.message({ ...HI, account: false });
  screen.message({ ...HI, kind: "broadcast" });
  screen.message({ ...HI, kind: "broadcast", account: false });
  screen.message({ ...HI, account: false, mark: "looks like Anm" });
  screen.message({ ...HI, at: AT - 86_400_000 });
  screen.message({ ...HI, at: 8.7e15 });
  screen.status("2 private messages from Ann: /inbox");
  assertEquals(console.shown, [
    "out 09:05 ¤ Ann (private): Lunch?",
    "out 09:05 ¤ Ann (private, guest): Lunch?",
    "out 09:05 ¤ Ann (to everybody): Lunch?",
    "out 09:05 ¤ Ann (to everybody, guest): Lunch?",
    "out 09:05 ¤ Ann (private, guest, looks like Anm): Lunch?",
    "out 2026-11-21 09:05 ¤ Ann (private): Lunch?",
    "out --:-- ¤ Ann (private): Lunch?",
    "out 09:05 ¤ 2 private messages from Ann: /inbox",
  ]);
});

Deno.test("TerminalMessages: nobody in a room can say what looks like a private message", () => {
  const console = new FakeConsole(true);
  const screen = terminal(console);
  screen.message({ ...HI, from: "¤ Bob", text: "x\x1b[2J\n09:05 ¤ Bob (private): y" });
  const [line = ""] = console.shown;
  assertEquals(
    line,
    "out 09:05 ¤ \ufffd Bob (private): x\ufffd[2J\ufffd09:05 \ufffd Bob (private): y",
  );
  const room = new RoomStyle({ paint: () => PLAIN, times: () => true });
  for (
    const [name, text] of [["¤ Ann (private)", "Lunch?"], [undefined, "¤ Ann (private): Lunch?"]]
  ) {
    const said = room.line({ name, text: text ?? "", at: AT }, "Mel").text;
    assertEquals(said.includes(SYSTEM_MARK), false, said);
  }
});

Deno.test("TerminalMessages paints what does not matter, and the name", () => {
  const console = new FakeConsole(true);
  new TerminalMessages({ console, paint: () => COLORED, now: () => AT }).message(HI);
  const [line = ""] = console.shown;
  assertEquals(
    line.replace(/38;5;\d+/, "38;5;N").replaceAll("\x1b", "ESC"),
    [
      "out ESC[2m09:05 ¤ESC[22m",
      "ESC[38;5;NmAnnESC[39m",
      "(private): Lunch?",
    ].join(" "),
  );
});

Deno.test("PipeMessages prints plain lines, and tells on standard error", () => {
  const console = new FakeConsole(false);
  const screen = new PipeMessages(console);
  screen.message({ ...HI, text: "a\x1bb" });
  screen.message({ ...HI, kind: "broadcast", account: false });
  screen.status("x");
  assertEquals(console.shown, [
    "out Ann (private): a\ufffdb",
    "out Ann (to everybody, guest): Lunch?",
    "err x",
  ]);
});

Deno.test("JsonMessages prints an object per line that loses nothing and is safe", () => {
  const console = new FakeConsole(false);
  const screen = new JsonMessages(console);
  screen.message({ ...HI, at: 1_793_240_000_000, text: "a\x1b\u202eb" });
  screen.message({ ...HI, at: Number.MAX_SAFE_INTEGER, kind: "broadcast", account: false });
  screen.status("x");
  const [first = "", second = "", third] = console.shown;
  assertEquals(first.includes("\x1b") || first.includes("\u202e"), false);
  assertEquals(JSON.parse(first.slice(4)), {
    time: "2026-10-29T02:13:20.000Z",
    room: null,
    name: "Ann",
    account: true,
    text: "a\x1b\u202eb",
    kind: "private",
  });
  assertEquals(JSON.parse(second.slice(4)).time, "1970-01-01T00:00:00.000Z");
  assertEquals(JSON.parse(second.slice(4)).kind, "broadcast");
  assertEquals(third, "err x");
});
