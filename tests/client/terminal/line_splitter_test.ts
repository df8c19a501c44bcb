import { assertEquals } from "@std/assert";
import { LineSplitter, MAX_PIPE_LINE_BYTES } from "../../../lib/client/terminal/line_splitter.ts";
import type { InputEvent } from "../../../lib/client/terminal/console.ts";

const encoder = new TextEncoder();

function split(...chunks: Uint8Array[]): InputEvent[] {
  const splitter = new LineSplitter();
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
}

/** `^]` for leave, `$` for end, anything else is a line. */
function short(events: readonly InputEvent[]): string[] {
  return events.map((event) =>
    event.kind === "line" ? event.text : event.kind === "leave" ? "^]" : "$"
  );
}

const STREAMS: readonly [string, string | Uint8Array, readonly string[]][] = [
  ["nothing", "", ["$"]],
  ["lines", "a\nbc\n", ["a", "bc", "$"]],
  ["CR LF", "a\r\nb\r\n", ["a", "b", "$"]],
  ["a CR inside", "a\rb\n", ["a\rb", "$"]],
  ["empty lines", "\n\r\na\n\n", ["", "", "a", "", "$"]],
  ["a last line without an end", "a\nb", ["a", "b", "$"]],
  ["leave on a line of its own", "a\n\x1d\nb\n", ["a", "^]", "b", "$"]],
  ["leave with CR LF", "\x1d\r\nb\n", ["^]", "b", "$"]],
  ["leave inside a line", "ab\x1dcd\n", ["ab", "^]", "cd", "$"]],
  ["leave twice, and an empty line", "\x1d\x1d\n\n", ["^]", "^]", "", "$"]],
  ["leave at the end", "a\x1d", ["a", "^]", "$"]],
  ["characters of several bytes", "漢字\n👩‍👩‍👧\n", ["漢字", "👩‍👩‍👧", "$"]],
  ["invalid UTF-8", new Uint8Array([0x61, 0xff, 0x0a, 0xe4, 0xb8]), ["a\ufffd", "\ufffd", "$"]],
  ["a byte order mark", "\ufeffconnect\n", ["connect", "$"]],
];

for (const [what, stream, expected] of STREAMS) {
  const bytes = typeof stream === "string" ? encoder.encode(stream) : stream;

  Deno.test(`LineSplitter.push() splits ${what}, cut anywhere`, () => {
    assertEquals(short(split(bytes)), expected);
    assertEquals(short(split(...Array.from(bytes, (byte) => new Uint8Array([byte])))), expected);
    for (let cut = 1; cut < bytes.length; cut++) {
      assertEquals(short(split(bytes.subarray(0, cut), bytes.subarray(cut))), expected);
    }
  });
}

Deno.test("LineSplitter.push() drops a line that is too long, and nothing else", () => {
  const splitter = new LineSplitter();
  const chunk = encoder.encode("x".repeat(64 * 1024));
  for (let size = 0; size <= MAX_PIPE_LINE_BYTES; size += chunk.length) {
    assertEquals(splitter.push(chunk), []);
  }
  assertEquals(splitter.push(encoder.encode("x\nnext\n")), [
    { kind: "dropped" },
    { kind: "line", text: "next" },
  ]);
});

Deno.test("LineSplitter.push() keeps a line of the greatest length", () => {
  const bytes = encoder.encode("x".repeat(MAX_PIPE_LINE_BYTES) + "\n");
  const [event] = split(bytes);
  assertEquals(event?.kind === "line" && event.text.length, MAX_PIPE_LINE_BYTES);
});

Deno.test("LineSplitter.push() does not keep the buffer it was given", () => {
  const splitter = new LineSplitter();
  const buffer = encoder.encode("abc");
  splitter.push(buffer);
  buffer.fill(0x7a);
  assertEquals(splitter.push(encoder.encode("\n")), [{ kind: "line", text: "abc" }]);
});
