import { assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import { chatNameFrom, checkChatName } from "../../lib/framing/chat_name.ts";

Deno.test("checkChatName() accepts names of 1-32 code points and trims them", () => {
  for (const name of ["M", "Mel", "สมชาย", "Anna Lena", "👩‍👩‍👧", "x".repeat(32), "👍".repeat(32)]) {
    assertEquals(checkChatName(name), name);
    assertEquals(checkChatName(`  ${name}\n`), name);
  }
});

Deno.test("checkChatName() says what is wrong", () => {
  const table: [name: string, message: string][] = [
    ["", 'Cannot use the name "": it is empty'],
    [" \t\n", 'Cannot use the name "": it is empty'],
    ["a:b", 'Cannot use the name "a:b": it has a ":"'],
    ["x".repeat(33), `Cannot use the name "${"x".repeat(32)}...": it has 33 characters`],
    ["👍".repeat(33), "it has 33 characters"],
    ["a\x1b[2Jb", 'Cannot use the name "a\ufffd[2Jb": it has a control'],
    ["a\nb", "it has a control"],
    ["a\tb", "it has a control"],
    ["a\u202eb", "it has a control"],
    ["a\x9bb", "it has a control"],
    ["a\ud800", "it has a control"],
    ["\u200d", "nothing of it can be seen"],
    ["\u200c\ufe0f", "nothing of it can be seen"],
    ["\u3164", "it has a control or invisible character"],
    ["a\u00ad\u2800", "it has a control or invisible character"],
  ];
  for (const [name, message] of table) {
    assertThrows(() => checkChatName(name), UserError, message);
  }
});

Deno.test("chatNameFrom() makes a legal name of any login name", () => {
  const table: [login: string | undefined, name: string][] = [
    ["mel", "mel"],
    [" mel ", "mel"],
    ["a:b:c", "abc"],
    ["CORP\\mel", "CORP\\mel"],
    ["mel\x1b\u202e\n", "mel"],
    ["x".repeat(100), "x".repeat(32)],
    ["👍".repeat(100), "👍".repeat(32)],
    [`${"x".repeat(31)} yz`, "x".repeat(31)],
    ["", "guest"],
    [":::", "guest"],
    ["\u200d\u00ad", "guest"],
    ["\ud800", "guest"],
    [undefined, "guest"],
  ];
  for (const [login, name] of table) {
    assertEquals(chatNameFrom(login), name);
    assertEquals(checkChatName(name), name);
  }
});
