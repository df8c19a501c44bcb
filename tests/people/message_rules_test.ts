import { assertEquals } from "@std/assert";
import { faultOfText, isMessageId, MAX_MESSAGE_LENGTH } from "../../lib/people/message_rules.ts";

Deno.test("faultOfText() takes one line of any text, and refuses the rest", () => {
  const good = ["a", "สวัสดี 👩‍👩‍👧", "a\tb", "x".repeat(MAX_MESSAGE_LENGTH), "\u202eabc"];
  for (const text of good) assertEquals(faultOfText(text), undefined, text);
  const bad = ["", " \t", "a\nb", "a\rb", "\x1b[2J", "a\u0085b", "a\u2028b", "\ud800", "a\0"];
  for (const text of bad) assertEquals(typeof faultOfText(text), "string", JSON.stringify(text));
  assertEquals(
    faultOfText("x".repeat(MAX_MESSAGE_LENGTH + 1)),
    "it has 2001 characters, and 2000 are the most. Send it in parts",
  );
});

Deno.test("isMessageId() takes a UUID and its like", () => {
  for (const id of ["1", crypto.randomUUID(), "x".repeat(64)]) assertEquals(isMessageId(id), true);
  for (const id of ["", "x".repeat(65), "a b", "a\n", "ä", "a_b"]) {
    assertEquals(isMessageId(id), false);
  }
});
