import { assertEquals } from "@std/assert";
import { isUnsafe, REPLACEMENT, sanitise } from "../lib/text.ts";

const UNSAFE: [title: string, text: string][] = [
  ["NUL", "\x00"],
  ["the bell", "\x07"],
  ["backspace", "\b"],
  ["a line feed", "\n"],
  ["a carriage return", "\r"],
  ["ESC", "\x1b"],
  ["DEL", "\x7f"],
  ["NEL", "\x85"],
  ["CSI in one character", "\x9b"],
  ["the Arabic letter mark", "\u061c"],
  ["zero width space", "\u200b"],
  ["left-to-right mark", "\u200e"],
  ["right-to-left mark", "\u200f"],
  ["line separator", "\u2028"],
  ["paragraph separator", "\u2029"],
  ["right-to-left override", "\u202e"],
  ["word joiner", "\u2060"],
  ["right-to-left isolate", "\u2067"],
  ["byte order mark", "\ufeff"],
  ["interlinear annotation", "\ufff9"],
  ["language tag", "\u{e0001}"],
  ["a lone high surrogate", "\ud800"],
  ["a lone low surrogate", "\udc00"],
];

for (const [title, text] of UNSAFE) {
  Deno.test(`sanitise() replaces ${title}, wherever it stands`, () => {
    assertEquals(sanitise(`a${text}b${text}`), `a${REPLACEMENT}b${REPLACEMENT}`);
    assertEquals(sanitise(text), REPLACEMENT);
    // Twice: a global pattern must not remember where it stopped.
    for (let again = 0; again < 2; again++) assertEquals(isUnsafe(`a${text}`), true);
  });
}

const SAFE = [
  "",
  "plain",
  "café",
  "สวัสดี",
  "שלום",
  "👩‍👩‍👧",
  "🏴\u{e0067}\u{e007f}",
  "نمی‌خواهم",
  "\u00a0",
  "\ufffd",
];

for (const text of SAFE) {
  Deno.test(`sanitise() keeps "${text}"`, () => {
    assertEquals(sanitise(text), text);
    for (let again = 0; again < 2; again++) assertEquals(isUnsafe(text), false);
  });
}

Deno.test("sanitise() turns a tab into a space", () => {
  assertEquals(sanitise("a\tb"), "a b");
  assertEquals(isUnsafe("a\tb"), true);
});

Deno.test("sanitise() leaves nothing that it would replace again", () => {
  let all = "";
  for (let code = 0; code < 0x3000; code++) all += String.fromCharCode(code);
  assertEquals(isUnsafe(sanitise(all)), false);
  assertEquals(sanitise(sanitise(all)), sanitise(all));
});
