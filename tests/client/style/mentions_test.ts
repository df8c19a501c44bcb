import { assertEquals } from "@std/assert";
import { findMentions } from "../../../lib/client/style/mentions.ts";

/** What is found, as text. */
function found(text: string, name: string): string[] {
  return findMentions(text, name).map(({ start, end }) => text.slice(start, end));
}

Deno.test("findMentions() finds whole words, whatever the case", () => {
  assertEquals(found("Mel", "Mel"), ["Mel"]);
  assertEquals(found("hi MEL, mel! (mel) @mel mel's", "Mel"), ["MEL", "mel", "mel", "mel", "mel"]);
  assertEquals(found("Melody, caramel, Mel2, Mel_, xMel, Melé", "Mel"), []);
  assertEquals(found("Melody and Mel", "Mel"), ["Mel"]);
  assertEquals(found("nothing", "Mel"), []);
  assertEquals(found("", "Mel"), []);
  assertEquals(found("Mel", ""), []);
});

Deno.test("findMentions() folds as names are folded", () => {
  assertEquals(found("hi Ｍel!", "Mel"), ["Ｍel"]);
  assertEquals(found("hi M\u200del!", "Mel"), ["M\u200del"]);
  assertEquals(found("hi Mary   Ann.", "mary ann"), ["Mary   Ann"]);
  assertEquals(found("hi Rene\u0301 and René", "RENÉ"), ["Rene\u0301", "René"]);
  assertEquals(found("hi Rene\u0301", "Rene"), []);
  // Another letter that looks alike is another letter.
  assertEquals(found("hi M\u0435l", "Mel"), []);
});

Deno.test("findMentions() finds names in scripts without spaces", () => {
  assertEquals(found("田中さんこんにちは", "田中"), ["田中"]);
  assertEquals(found("สวัสดีสมชายครับ", "สมชาย"), ["สมชาย"]);
  assertEquals(found("Привет, Пётр!", "пётр"), ["Пётр"]);
  assertEquals(found("Петровский", "Петр"), []);
});

Deno.test("findMentions() takes a name with marks and emoji as it is", () => {
  assertEquals(found("well, Mel! done", "Mel!"), ["Mel!"]);
  assertEquals(found("👋Mel👋", "Mel"), ["Mel"]);
  assertEquals(found("hey 👩‍👩‍👧!", "👩‍👩‍👧"), ["👩‍👩‍👧"]);
  assertEquals(found("a+b=c", "a+b"), ["a+b"]);
});

Deno.test("findMentions() finds no overlapping ones", () => {
  assertEquals(found("a a a", "a a"), ["a a"]);
  // One character that is two when folded is not found by half.
  assertEquals(found("ﬁ", "f"), []);
});
