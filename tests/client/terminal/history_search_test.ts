import { assertEquals } from "@std/assert";
import { History } from "../../../lib/client/terminal/history.ts";
import { HistorySearch, MAX_QUERY_LENGTH } from "../../../lib/client/terminal/history_search.ts";

function searchIn(...lines: string[]): HistorySearch {
  const history = new History();
  for (const line of lines) history.add(line);
  return new HistorySearch(history);
}

Deno.test("HistorySearch.type() narrows down, letter by letter", () => {
  const search = searchIn("chat lobby", "chat tea", "connect lab-7");
  assertEquals([search.prompt, search.found], ["(search: ) ", ""]);
  search.type("c");
  assertEquals(search.found, "connect lab-7");
  search.type("h");
  assertEquals(search.found, "chat tea");
  search.type("at l");
  assertEquals([search.prompt, search.found], ["(search: chat l) ", "chat lobby"]);
});

Deno.test("HistorySearch.type() keeps what it found when there is no more", () => {
  const search = searchIn("chat lobby");
  search.type("lob");
  assertEquals(search.type("x"), false);
  assertEquals([search.prompt, search.found], ["(search, no more: lobx) ", "chat lobby"]);
  search.erase();
  assertEquals([search.prompt, search.found], ["(search: lob) ", "chat lobby"]);
});

Deno.test("HistorySearch.older() goes from hit to hit", () => {
  const search = searchIn("chat tea", "getdir", "Chat lobby");
  assertEquals(search.older(), false);
  search.type("CHAT");
  assertEquals(search.found, "Chat lobby");
  assertEquals([search.older(), search.found], [true, "chat tea"]);
  assertEquals([search.older(), search.found], [false, "chat tea"]);
  assertEquals(search.prompt, "(search, no more: CHAT) ");
});

Deno.test("HistorySearch.erase() begins again at the newest line", () => {
  const search = searchIn("getdir", "chat lobby", "chat tea");
  search.type("ge");
  assertEquals(search.found, "getdir");
  search.erase();
  search.erase();
  search.erase();
  assertEquals([search.prompt, search.found], ["(search: ) ", ""]);
});

Deno.test("HistorySearch.position says where it was found", () => {
  const search = searchIn("Let us chat");
  search.type("us");
  assertEquals(search.position, 4);
});

Deno.test("HistorySearch.type() takes no more than fits before the line", () => {
  const search = searchIn("x".repeat(500));
  assertEquals(search.type("x".repeat(MAX_QUERY_LENGTH)), true);
  assertEquals(search.type("x"), false);
  assertEquals(search.prompt, `(search: ${"x".repeat(MAX_QUERY_LENGTH)}) `);
});
