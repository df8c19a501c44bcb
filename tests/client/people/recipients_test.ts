import { assertEquals } from "@std/assert";
import { parseAddressed } from "../../../lib/client/people/recipients.ts";

const KNOWN = ["Ann", "Ann Lee", "Ann Lee Jr.", '"Q"', "ก ข", "a.b"];

Deno.test("parseAddressed() tells names and texts apart", () => {
  const table: [typed: string, to: string, text: string][] = [
    ["Bob hi", "Bob", "hi"],
    ["  Bob   good  morning ", "Bob", "good  morning"],
    ["Ann hi", "Ann", "hi"],
    ["Ann Lee hi", "Ann Lee", "hi"],
    ["ANN   lee hi Ann", "ANN   lee", "hi Ann"],
    ["Ann Lee Jr. hi", "Ann Lee Jr.", "hi"],
    ["Ann Leeward is nice", "Ann", "Leeward is nice"],
    ['"Ann Lee" hi', "Ann Lee", "hi"],
    ['"Bob Ray"hi', "Bob Ray", "hi"],
    ['"Q" hi', '"Q"', "hi"],
    ['"Bob hi', '"Bob', "hi"],
    ["ก ข hi", "ก ข", "hi"],
    ["Bob: hi", "Bob", "hi"],
    ["Ann Lee: Jr. hi", "Ann Lee", "Jr. hi"],
    ["a.b (hi)", "a.b", "(hi)"],
    ["Bob http://x: y", "Bob", "http://x: y"],
    [`Bob ${"x ".repeat(900)}y`, "Bob", `${"x ".repeat(900)}y`],
  ];
  for (const [typed, to, text] of table) {
    assertEquals(parseAddressed(typed, KNOWN), { to, text }, typed);
  }
});

Deno.test("parseAddressed() misses a text, also behind a name with spaces", () => {
  const table = [["Bob", "Bob"], ["Ann:", "Ann"], ["Ann Lee", "Ann Lee"], [
    ' "Bob Ray" ',
    "Bob Ray",
  ], ["", ""]];
  for (const [typed = "", to = ""] of table) {
    assertEquals(parseAddressed(typed, KNOWN), { to, text: "" }, typed);
  }
});
