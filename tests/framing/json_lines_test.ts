import { assertEquals, assertThrows } from "@std/assert";
import {
  checkLine,
  JsonLineDecoder,
  type JsonLineEvent,
  MAX_LINE_BYTES,
} from "../../lib/framing/json_lines.ts";
import { byteByByte, bytes, everySplit } from "../helpers/bytes.ts";

const OVERSIZED: JsonLineEvent = { kind: "oversized" };
const INVALID: JsonLineEvent = { kind: "invalid-utf8" };

function line(text: string): JsonLineEvent {
  return { kind: "line", text };
}

function decodeAll(pieces: Iterable<Uint8Array>): JsonLineEvent[] {
  const decoder = new JsonLineDecoder();
  return Array.from(pieces).flatMap((piece) => decoder.push(piece));
}

const TABLE: [what: string, input: Uint8Array, expected: JsonLineEvent[]][] = [
  ["nothing", bytes(), []],
  ["one line", bytes("{}\n"), [line("{}")]],
  ["three lines", bytes('{"a":1}\n[]\n3\n'), [line('{"a":1}'), line("[]"), line("3")]],
  ["line ends of Windows", bytes("{}\r\n[]\r\n"), [line("{}"), line("[]")]],
  ["a carriage return inside", bytes("a\rb\n"), [line("a\rb")]],
  ["two carriage returns", bytes("a\r\r\n"), [line("a\r")]],
  ["empty lines", bytes("\n\n{}\n\r\n\n[]\n\r\n"), [line("{}"), line("[]")]],
  ["blanks are no empty line", bytes("  \n"), [line("  ")]],
  ["a line without an end", bytes("{}\n[1"), [line("{}")]],
  ["characters of 2, 3 and 4 bytes", bytes('"é€😀"\n'), [line('"é€😀"')]],
  ["a byte order mark", bytes(0xef, 0xbb, 0xbf, "{}\n"), [line("\ufeff{}")]],
  ["NUL", bytes(0, "\n"), [line("\0")]],
  ["bytes that are no UTF-8", bytes("a\n", 0xff, "\nb\n"), [line("a"), INVALID, line("b")]],
  ["a cut character", bytes("a", 0xe2, 0x82, "\nb\n"), [INVALID, line("b")]],
  ["a lone surrogate", bytes(0xed, 0xa0, 0x80, "\n\n"), [INVALID]],
  ["an overlong NUL", bytes(0xc0, 0x80, "\r\n{}\r\n"), [INVALID, line("{}")]],
];

Deno.test("JsonLineDecoder.push() returns the lines, however they are split", () => {
  for (const [what, input, expected] of TABLE) {
    for (const pieces of everySplit(input)) assertEquals(decodeAll(pieces), expected, what);
  }
});

Deno.test("JsonLineDecoder.push() takes lines up to the cap and tells longer ones once", () => {
  const full = "x".repeat(MAX_LINE_BYTES);
  const wide = "€".repeat(Math.floor(MAX_LINE_BYTES / 3));
  const table: [string, string, JsonLineEvent[]][] = [
    ["full", `${full}\n{}\n`, [line(full), line("{}")]],
    ["full with \\r", `${full.slice(1)}\r\n{}\n`, [line(full.slice(1)), line("{}")]],
    ["one too many", `[]\n${full}x\n{}\n`, [line("[]"), OVERSIZED, line("{}")]],
    ["one too many with \\r", `${full}\r\n{}\n`, [OVERSIZED, line("{}")]],
    ["wide", `${wide}\n{}\n`, [line(wide), line("{}")]],
    ["too wide", `${wide}€\n{}\n`, [OVERSIZED, line("{}")]],
    ["far too many", `[]\n${full.repeat(5)}\n{}\n`, [line("[]"), OVERSIZED, line("{}")]],
    ["two", `${full}x\n${full}x\n\n{}\n`, [OVERSIZED, OVERSIZED, line("{}")]],
    ["without end", `{}\n${full}x`, [line("{}"), OVERSIZED]],
  ];
  for (const [what, text, expected] of table) {
    const input = bytes(text);
    assertEquals(decodeAll([input]), expected, what);
    assertEquals(decodeAll(byteByByte(input)), expected, what);
    for (const size of [7, 4096, MAX_LINE_BYTES, MAX_LINE_BYTES + 1, MAX_LINE_BYTES + 2]) {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < input.length; at += size) pieces.push(input.subarray(at, at + size));
      assertEquals(decodeAll(pieces), expected, `${what} by ${size}`);
    }
  }
});

Deno.test("JsonLineDecoder.push() finds an oversized line among those that are no UTF-8", () => {
  const input = bytes(0xff, "\n", "x".repeat(MAX_LINE_BYTES + 1), "\n{}\n");
  assertEquals(decodeAll([input]), [INVALID, OVERSIZED, line("{}")]);
});

Deno.test("JsonLineDecoder.push() reports an oversized line before its end", () => {
  const decoder = new JsonLineDecoder();
  assertEquals(decoder.push(new Uint8Array(MAX_LINE_BYTES).fill(0x20)), []);
  assertEquals(decoder.push(bytes("x")), [OVERSIZED]);
  assertEquals(decoder.pending, true);
  for (let i = 0; i < 100; i++) assertEquals(decoder.push(new Uint8Array(MAX_LINE_BYTES)), []);
  assertEquals(decoder.push(bytes("\n{}\n")), [line("{}")]);
  assertEquals(decoder.pending, false);
});

Deno.test("JsonLineDecoder.push() keeps no reference to the caller's buffer", () => {
  const decoder = new JsonLineDecoder();
  const buffer = bytes('{"a"');
  assertEquals(decoder.push(buffer), []);
  buffer.fill(0);
  assertEquals(decoder.push(bytes(":1}\n")), [line('{"a":1}')]);
});

Deno.test("JsonLineDecoder reads what checkLine() lets through", () => {
  const values = [{}, [], "a\nb\r\u2028", "\ud800", 3, null, { "é": "😀" }, { __proto__: null }];
  for (const value of [...values, "x".repeat(MAX_LINE_BYTES - 2)]) {
    const text = JSON.stringify(value);
    assertEquals(decodeAll([bytes(`${checkLine(text)}\n`)]), [line(text)]);
  }
});

Deno.test("checkLine() refuses what is too long", () => {
  const full = "x".repeat(MAX_LINE_BYTES);
  assertEquals(checkLine(full), full);
  assertThrows(() => checkLine(`${full}x`), RangeError, "65537 bytes");
  assertThrows(() => checkLine("é".repeat(MAX_LINE_BYTES / 2 + 1)), RangeError, "at most 65536");
  assertThrows(() => checkLine("€".repeat(MAX_LINE_BYTES / 2)), RangeError);
});
