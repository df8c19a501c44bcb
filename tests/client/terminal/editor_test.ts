import { assertEquals } from "@std/assert";
import { Editor } from "../../../lib/client/terminal/editor.ts";
import { typeable } from "../../../lib/client/terminal/line_buffer.ts";
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
  return { effects, line: `${editor.row.left}|${editor.row.right}` };
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
  assertEquals(edit(editor, key("word-right"), text(" ")).line, "b | cd");
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

Deno.test("Editor.handle() asks what Tab finds, and goes through it", () => {
  const editor = new Editor();
  const { effects } = edit(editor, text("c"), key("tab"));
  assertEquals(effects, [{ kind: "complete", left: "c", step: 1 }]);
  const completions = { from: 0, candidates: ["chat ", "connect "] };
  editor.offer({ kind: "complete", left: "c", step: 1 }, completions);
  assertEquals(edit(editor).line, "chat |");
  assertEquals(edit(editor, key("tab")), { effects: [], line: "connect |" });
  assertEquals(edit(editor, key("shift-tab")).line, "chat |");
  assertEquals(edit(editor, text("l"), key("shift-tab")).effects, [
    { kind: "complete", left: "chat l", step: -1 },
  ]);
});

Deno.test("Editor.offer() comes too late when something else was typed", () => {
  const editor = new Editor();
  edit(editor, text("c"), key("tab"), text("x"));
  const completions = { from: 0, candidates: ["chat "] };
  assertEquals(editor.offer({ kind: "complete", left: "c", step: 1 }, completions), []);
  assertEquals(edit(editor).line, "cx|");
});

Deno.test("Editor.offer() rings when nothing is found", () => {
  const editor = new Editor();
  edit(editor, text("x"));
  const nothing = { from: 0, candidates: [] };
  assertEquals(editor.offer({ kind: "complete", left: "x", step: 1 }, nothing), [{ kind: "bell" }]);
});

Deno.test("Editor.handle() searches the history at Ctrl-R", () => {
  const editor = new Editor();
  edit(editor, text("chat lobby"), key("enter"), text("chat tea"), key("enter"), text("draft"));
  edit(editor, key("search"));
  assertEquals(editor.row, { prompt: "(search: ) ", left: "draft", right: "" });
  edit(editor, text("chat"));
  assertEquals(editor.row, { prompt: "(search: chat) ", left: "", right: "chat tea" });
  edit(editor, key("search"));
  assertEquals(editor.row.right, "chat lobby");
  assertEquals(edit(editor, key("search")).effects, [{ kind: "bell" }]);
  for (const stop of ["escape", "cancel", "ctrl-c"] as const) {
    assertEquals(edit(editor, key(stop)), { effects: [], line: "draft|" });
    edit(editor, key("search"), text("tea"));
  }
  assertEquals(edit(editor, key("enter")), {
    effects: [{ kind: "submit", text: "chat tea" }],
    line: "|",
  });
});

Deno.test("Editor.handle() edits what was found with any other key", () => {
  const editor = new Editor();
  edit(editor, text("chat lobby"), key("enter"));
  assertEquals(
    edit(editor, key("search"), text("lob"), key("end"), text("!")).line,
    "chat lobby!|",
  );
  edit(editor, key("ctrl-c"), key("search"), text("xy"), key("backspace"), key("backspace"));
  assertEquals(edit(editor, text("o"), key("tab")), { effects: [], line: "chat l|obby" });
});

Deno.test("Editor.handle() asks before a paste is said in a room", () => {
  const editor = new Editor(() => "room");
  assertEquals(edit(editor, text("Look: "), paste("one\n\n/lea\x1bve\n")).effects, []);
  assertEquals(editor.row, {
    prompt: "",
    left: "Paste of 2 lines: Enter says them, Esc drops them",
    right: "",
  });
  const refused = [{ kind: "bell" }];
  assertEquals(edit(editor, text("x")).effects, refused);
  assertEquals(edit(editor, key("ctrl-]")).effects, refused);
  assertEquals(edit(editor, key("ctrl-d")).effects, refused);
  assertEquals(edit(editor, key("enter")), {
    effects: [{ kind: "pasted", lines: ["Look: one", "/leave"] }],
    line: "|",
  });
});

Deno.test("Editor.handle() drops a paste at Esc, Ctrl-C and Ctrl-G, and keeps the draft", () => {
  for (const stop of ["escape", "cancel", "ctrl-c"] as const) {
    const editor = new Editor(() => "room");
    edit(editor, text("draft"), key("home"), paste("one\ntwo"));
    assertEquals(edit(editor, key(stop)), { effects: [], line: "|draft" });
  }
});

Deno.test("Editor.handle() takes a paste that comes in pieces as one", () => {
  const editor = new Editor(() => "room");
  edit(editor, paste("one\ntw"), { kind: "paste", text: "o\nthree", cut: false, burst: true });
  edit(editor, paste("four"));
  assertEquals(edit(editor, key("enter")).effects, [
    { kind: "pasted", lines: ["one", "two", "three", "four"] },
  ]);
});

Deno.test("Editor.handle() inserts one pasted line into a line for a room", () => {
  const editor = new Editor(() => "room");
  assertEquals(edit(editor, text("ab"), key("left"), paste("\n/leave\n")), {
    effects: [],
    line: "a/leave|b",
  });
});

Deno.test("Editor.handle() keeps what is pasted behind a command of a room in one line", () => {
  const editor = new Editor(() => "room");
  assertEquals(edit(editor, text("/msg Bob "), paste("one\n\ntwo\n")), {
    effects: [],
    line: "/msg Bob one two|",
  });
});

Deno.test("Editor.handle() refuses a paste for a room that is too long", () => {
  const editor = new Editor(() => "room");
  assertEquals(edit(editor, paste("a\nb", true)).effects, [{ kind: "bell" }]);
  edit(editor, paste("a\n" + "x".repeat(1024 * 1024 - 10)));
  assertEquals(edit(editor, paste("0123456789")).effects, [{ kind: "bell" }]);
  const [effect] = editor.handle(key("enter"));
  assertEquals(effect?.kind === "pasted" && effect.lines.length, 2);
});

Deno.test("Editor.handle() remembers no answers", () => {
  let use: "command" | "answer" = "answer";
  const editor = new Editor(() => use);
  edit(editor, text("hunter2"), key("enter"));
  use = "command";
  assertEquals(edit(editor, key("up")), { effects: [{ kind: "bell" }], line: "|" });
});

Deno.test("Editor.handle() suspends at Ctrl-Z, whatever it is in the middle of", () => {
  const editor = new Editor(() => "room");
  const suspended = [{ kind: "suspend" }];
  assertEquals(edit(editor, text("draft"), key("suspend")), { effects: suspended, line: "draft|" });
  assertEquals(edit(editor, key("search"), key("suspend")).effects, suspended);
  edit(editor, key("escape"), paste("one\ntwo"));
  assertEquals(edit(editor, key("suspend")).effects, suspended);
  assertEquals(edit(editor, key("enter")).effects.length, 1);
});
