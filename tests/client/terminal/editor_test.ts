import { assertEquals } from "@std/assert";
import { Editor, typeable } from "../../../lib/client/terminal/editor.ts";
import type { KeyEvent, KeyName } from "../../../lib/client/terminal/keys.ts";
import { MAX_LINE_LENGTH } from "../../../lib/client/terminal/line_buffer.ts";

function text(typed: string): KeyEvent {
  return { kind: "text", text: typed };
}

function key(name: KeyName): KeyEvent {
  return { kind: "key", name };
}

function paste(pasted: string, cut = false): KeyEvent {
  return { kind: "paste", text: pasted, cut };
}

/** Does the keys one by one and returns every effect and the line as `left|right`. */
function edit(editor: Editor, ...keys: KeyEvent[]): { effects: unknown[]; line: string } {
  const effects = keys.flatMap((event) => editor.handle(event));
  return { effects, line: `${editor.left}|${editor.right}` };
}

Deno.test("typeable() keeps a flag whole", () => {
  const scotland = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}";
  assertEquals(typeable(`a${scotland}b\u200b`), `a${scotland}b`);
});

Deno.test("typeable() drops what could do something to a terminal", () => {
  assertEquals(
    typeable("a\x1b[31m\u202eb\x00\tc\u{1f1e9}\ufffd" + String.fromCharCode(0xd800)),
    "a[31mb c\u{1f1e9}\ufffd",
  );
});

Deno.test("Editor.handle() gives a finished line and starts anew", () => {
  assertEquals(edit(new Editor(), text("get"), text("dir"), key("enter"), text("x")), {
    effects: [{ kind: "submit", text: "getdir" }],
    line: "x|",
  });
});

Deno.test("Editor.handle() gives an empty line too", () => {
  assertEquals(edit(new Editor(), key("enter")).effects, [{ kind: "submit", text: "" }]);
});

Deno.test("Editor.handle() edits with every key", () => {
  const editor = new Editor();
  assertEquals(edit(editor, text("ab cd"), key("home"), key("delete")).line, "|b cd");
  assertEquals(edit(editor, key("word-right"), key("tab")).line, "b | cd");
  assertEquals(edit(editor, key("end"), key("backspace"), key("left")).line, "b  |c");
  assertEquals(edit(editor, key("kill-right"), key("yank"), key("yank")).line, "b  cc|");
  assertEquals(edit(editor, key("kill-word"), key("kill-left"), key("escape")).line, "|");
});

Deno.test("Editor.handle() walks through the history and keeps the draft", () => {
  const editor = new Editor();
  edit(editor, text("one"), key("enter"), text("two"), key("enter"), text("dra"));
  assertEquals(edit(editor, key("up"), key("up")), { effects: [], line: "one|" });
  assertEquals(edit(editor, key("up")), { effects: [{ kind: "bell" }], line: "one|" });
  assertEquals(edit(editor, key("down"), key("down")), { effects: [], line: "dra|" });
  assertEquals(edit(editor, key("down")), { effects: [{ kind: "bell" }], line: "dra|" });
});

Deno.test("Editor.handle() takes Ctrl-C as clear, then as interrupt", () => {
  const editor = new Editor();
  assertEquals(edit(editor, text("ab"), key("ctrl-c")), { effects: [], line: "|" });
  assertEquals(edit(editor, key("ctrl-c")).effects, [
    { kind: "input", event: { kind: "interrupt" } },
  ]);
});

Deno.test("Editor.handle() takes Ctrl-D as delete, on an empty line as end", () => {
  const editor = new Editor();
  assertEquals(edit(editor, text("ab"), key("home"), key("ctrl-d")).line, "|b");
  assertEquals(edit(editor, key("ctrl-d"), key("ctrl-d")), {
    effects: [{ kind: "input", event: { kind: "end" } }],
    line: "|",
  });
});

Deno.test("Editor.handle() leaves at Ctrl-] and puts the draft into the history", () => {
  const editor = new Editor();
  assertEquals(edit(editor, text("half a mess"), key("ctrl-]")), {
    effects: [{ kind: "input", event: { kind: "leave" } }],
    line: "|",
  });
  assertEquals(edit(editor, key("up")).line, "half a mess|");
});

Deno.test("Editor.handle() clears the screen at Ctrl-L and keeps the line", () => {
  assertEquals(edit(new Editor(), text("ab"), key("clear-screen")), {
    effects: [{ kind: "clear" }],
    line: "ab|",
  });
});

Deno.test("Editor.handle() makes a line of each pasted line, the last stays", () => {
  assertEquals(edit(new Editor(), text("a "), paste("one\n\tt\x1bwo\n\nthree")), {
    effects: [
      { kind: "submit", text: "a one", paste: 1 },
      { kind: "submit", text: " two", paste: 1 },
      { kind: "submit", text: "", paste: 1 },
    ],
    line: "three|",
  });
  // What Enter finishes was looked at, and counts as typed; the next paste is another one.
  assertEquals(edit(new Editor(), paste("a\nb"), key("enter"), paste("c\n")).effects, [
    { kind: "submit", text: "a", paste: 1 },
    { kind: "submit", text: "b" },
    { kind: "submit", text: "c", paste: 2 },
  ]);
});

Deno.test("Editor.handle() refuses what is too long, all of it", () => {
  const long = "x".repeat(MAX_LINE_LENGTH);
  const bell = { effects: [{ kind: "bell" }], line: "a|" };
  assertEquals(edit(new Editor(), text("a"), text(long)), bell);
  assertEquals(edit(new Editor(), text("a"), paste(long)), bell);
  assertEquals(edit(new Editor(), text("a"), paste(`one\n${long}y\nthree`)), bell);
  assertEquals(edit(new Editor(), text("a"), paste("one", true)), bell);
  assertEquals(edit(new Editor(), text("a"), paste(`b\n${long}`)).effects, [
    { kind: "submit", text: "ab", paste: 1 },
  ]);
});
