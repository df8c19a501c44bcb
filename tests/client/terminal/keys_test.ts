import { assertEquals } from "@std/assert";
import {
  type KeyEvent,
  type KeyName,
  KeyParser,
  MAX_PASTE_LENGTH,
} from "../../../lib/client/terminal/keys.ts";

const encoder = new TextEncoder();

/** Neighbouring text events joined: how text is cut into events depends on the reads. */
function joined(events: readonly KeyEvent[]): KeyEvent[] {
  const result: KeyEvent[] = [];
  for (const event of events) {
    const last = result.at(-1);
    if (event.kind === "text" && last?.kind === "text") {
      result[result.length - 1] = { kind: "text", text: last.text + event.text };
    } else {
      result.push(event);
    }
  }
  return result;
}

function parse(...chunks: Uint8Array[]): KeyEvent[] {
  const parser = new KeyParser();
  return joined([...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.flush()]);
}

function key(name: KeyName): KeyEvent {
  return { kind: "key", name };
}

function text(typed: string): KeyEvent {
  return { kind: "text", text: typed };
}

function paste(pasted: string): KeyEvent {
  return { kind: "paste", text: pasted, cut: false };
}

const STREAMS: readonly [string, string | Uint8Array, readonly KeyEvent[]][] = [
  ["plain text", "Hello", [text("Hello")]],
  ["every script", "กำ 漢字 שלום é 👩‍👩‍👧🇩🇪", [text("กำ 漢字 שלום é 👩‍👩‍👧🇩🇪")]],
  ["a byte order mark", "\ufeffa", [text("\ufeffa")]],
  ["invalid UTF-8", new Uint8Array([0x61, 0xe4, 0x62, 0xff, 0x63]), [text("a\ufffdb\ufffdc")]],
  ["a cut character before a key", new Uint8Array([0xe4, 0xb8, 0x0d]), [
    text("\ufffd"),
    key("enter"),
  ]],
  ["Enter as CR, LF and CR LF", "\r\n\n\r\r", [
    key("enter"),
    key("enter"),
    key("enter"),
    key("enter"),
  ]],
  ["CR, text, LF", "\ra\n", [key("enter"), text("a"), key("enter")]],
  ["control keys", "\x01\x02\x03\x04\x05\x06\x08\x09\x0b\x0c\x0e\x10\x15\x17\x19\x1d\x7f", [
    key("home"),
    key("left"),
    key("ctrl-c"),
    key("ctrl-d"),
    key("end"),
    key("right"),
    key("backspace"),
    key("tab"),
    key("kill-right"),
    key("clear-screen"),
    key("down"),
    key("up"),
    key("kill-left"),
    key("kill-word"),
    key("yank"),
    key("ctrl-]"),
    key("backspace"),
  ]],
  ["control characters without a meaning", "a\x00\x0f\x1c\x1fb", [text("ab")]],
  ["search, cancel, suspend", "\x12\x07\x1a", [key("search"), key("cancel"), key("suspend")]],
  ["Tab and Shift-Tab", "\t\x1b[Z", [key("tab"), key("shift-tab")]],
  ["arrows, CSI and SS3", "\x1b[A\x1b[B\x1b[C\x1b[D\x1bOA\x1bOB\x1bOC\x1bOD", [
    key("up"),
    key("down"),
    key("right"),
    key("left"),
    key("up"),
    key("down"),
    key("right"),
    key("left"),
  ]],
  [
    "Home, End, Delete of several terminals",
    "\x1b[H\x1b[F\x1bOH\x1bOF\x1b[1~\x1b[4~\x1b[3~\x1b[7~",
    [
      key("home"),
      key("end"),
      key("home"),
      key("end"),
      key("home"),
      key("end"),
      key("delete"),
      key("home"),
    ],
  ],
  ["words", "\x1b[1;5D\x1b[1;3C\x1bb\x1bf\x1b[3;5~\x1bd\x1b\x7f", [
    key("word-left"),
    key("word-right"),
    key("word-left"),
    key("word-right"),
    key("delete-word-right"),
    key("delete-word-right"),
    key("delete-word-left"),
  ]],
  ["Shift with an arrow", "\x1b[1;2D", [key("left")]],
  ["unknown sequences", "a\x1b[15~\x1b[?1;2c\x1bOP\x1b[[Ab\x1bz", [text("ab")]],
  [
    "an answer of the terminal",
    "a\x1b]11;rgb:0000/0000/0000\x1b\\b\x1bP1$r0m\x1b\\c\x1b]0;x\x07d",
    [
      text("abcd"),
    ],
  ],
  ["Escape", "\x1b", [key("escape")]],
  ["Escape before a sequence", "\x1b\x1b[A", [key("escape"), key("up")]],
  ["a sequence broken off by a key", "\x1b[1\rx", [key("enter"), text("x")]],
  ["a sequence broken off by a character", "\x1b[1é", [text("é")]],
  ["Alt with a control key", "\x1b\r", [key("enter")]],
  ["a paste", "a\x1b[200~one\rtwo\r\nthree\nfour\x1b[201~b", [
    text("a"),
    paste("one\ntwo\nthree\nfour"),
    text("b"),
  ]],
  ["a paste with sequences in it", "\x1b[200~\x1b[A\x1b[201\x03é\x1b[201~", [
    paste("\x1b[A\x1b[201\x03é"),
  ]],
  ["an empty paste, and a stray end", "\x1b[200~\x1b[201~\x1b[201~x", [paste(""), text("x")]],
  ["a paste without an end", "\x1b[200~abc\x1b[20", [paste("abc\x1b[20")]],
  ["an unfinished sequence", "a\x1b[1;", [text("a")]],
];

for (const [what, stream, expected] of STREAMS) {
  const bytes = typeof stream === "string" ? encoder.encode(stream) : stream;

  Deno.test(`KeyParser.push() reads ${what}, cut anywhere`, () => {
    assertEquals(parse(bytes), expected);
    assertEquals(parse(...Array.from(bytes, (byte) => new Uint8Array([byte]))), expected);
    for (let cut = 1; cut < bytes.length; cut++) {
      assertEquals(parse(bytes.subarray(0, cut), bytes.subarray(cut)), expected, `cut at ${cut}`);
    }
  });
}

Deno.test("KeyParser.state says what is awaited", () => {
  const parser = new KeyParser();
  const states = ["a", "\x1b", "[", "200~", "x", "\x1b[201~"].map((part) => {
    parser.push(encoder.encode(part));
    return parser.state;
  });
  assertEquals(states, ["ground", "sequence", "sequence", "paste", "paste", "ground"]);
});

Deno.test("KeyParser.push() gives up an endless sequence", () => {
  const events = parse(encoder.encode("\x1b[" + "1;".repeat(200) + "\rx"));
  assertEquals(events.slice(-2), [key("enter"), text("x")]);
});

Deno.test("KeyParser.push() bounds a paste", () => {
  const parser = new KeyParser();
  parser.push(encoder.encode("\x1b[200~"));
  const chunk = encoder.encode("x".repeat(4096));
  for (let size = 0; size <= MAX_PASTE_LENGTH; size += chunk.length) parser.push(chunk);
  const [event] = parser.push(encoder.encode("\x1b[201~"));
  assertEquals(event?.kind === "paste" && event.cut && event.text.length <= MAX_PASTE_LENGTH, true);
});
