import { assertEquals } from "@std/assert";
import { mainTable, roomTable } from "../../lib/client/commands.ts";
import { isKept } from "../../lib/client/kept_lines.ts";

/** What stands behind these is for somebody's eyes only, or is typed there by mistake: a password. */
const SAYING = new Set([
  ...["msg", "broadcast", "register", "login", "passwd", "unregister"],
  // With whom one talks in private is nobody's business, either.
  ...["startprivate", "private", "stopprivate", "accept", "decline", "y", "n"],
]);

Deno.test("isKept() keeps the commands that say nothing to anybody", () => {
  for (const name of mainTable.names) {
    assertEquals(isKept(`${name} x`, "command"), !SAYING.has(name), name);
  }
  for (const alias of ["message", "send"]) assertEquals(isKept(`${alias} Bob x`, "command"), false);
  for (const name of SAYING) assertEquals(mainTable.names.includes(name), true, name);
  for (const line of ["/leave", "/leave_group", "/who", "/help who", " /name Mel"]) {
    assertEquals(isKept(line, "room"), true, line);
  }
  assertEquals(roomTable.names.length > 0, true);
});

Deno.test("isKept() keeps nothing that was said, is secret or was mistyped", () => {
  for (
    const line of [
      "Good morning",
      "who",
      "//who",
      "/msg Bob psst",
      "/mgs Bob psst",
      "/me x",
      "/",
      "/say x",
      "/send_group x",
    ]
  ) {
    assertEquals(isKept(line, "room"), false, line);
  }
  for (const line of ["", "/who", "register mel secret", "login secret", "hunter2"]) {
    assertEquals(isKept(line, "command"), false, line);
  }
  assertEquals(isKept("who", "answer"), false);
});
