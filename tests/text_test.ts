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
  ["a tag letter", "\u{e0041}"],
  ["the cancel tag", "\u{e007f}"],
  ["the Hangul filler", "\u3164"],
  ["the half-width Hangul filler", "\uffa0"],
  ["the initial Hangul filler", "\u115f"],
  ["the medial Hangul filler", "\u1160"],
  ["the blank Braille pattern", "\u2800"],
  ["soft hyphen", "\u00ad"],
  ["the combining grapheme joiner", "\u034f"],
  ["the Mongolian vowel separator", "\u180e"],
  ["an unassigned ignorable", "\u{e0fff}"],
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
  "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} 🏴\u{e0067}\u{e007f}",
  "❤\ufe0f 🏳️‍🌈 1️⃣ 葛\u{e0100} ᠠ\u180b",
  "⠁⠿",
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

Deno.test("sanitise() replaces what hides behind a flag", () => {
  const hidden = (text: string): string =>
    Array.from(text, (letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join("");
  const marks = (count: number): string => REPLACEMENT.repeat(count);
  // Too long, without an end, not behind a flag, not only letters and digits, behind the end.
  assertEquals(sanitise(`🏴${hidden("secrets")}\u{e007f}`), `🏴${marks(8)}`);
  assertEquals(sanitise(`🏴${hidden("gbeng")}`), `🏴${marks(5)}`);
  assertEquals(sanitise(`x${hidden("gbeng")}\u{e007f}`), `x${marks(6)}`);
  assertEquals(sanitise(`🏴${hidden("a b")}\u{e007f}`), `🏴${marks(4)}`);
  const flag = `🏴${hidden("gbeng")}\u{e007f}`;
  assertEquals(sanitise(`${flag}${hidden("more")}`), `${flag}${marks(4)}`);
});

Deno.test("sanitise() leaves nothing that it would replace again", () => {
  let all = "";
  for (let code = 0; code < 0x3000; code++) all += String.fromCharCode(code);
  for (let code = 0xe0000; code < 0xe1000; code++) all += String.fromCodePoint(code);
  assertEquals(isUnsafe(sanitise(all)), false);
  assertEquals(sanitise(sanitise(all)), sanitise(all));
});
