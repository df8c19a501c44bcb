import { assertEquals } from "@std/assert";
import { History } from "../../../lib/client/terminal/history.ts";

Deno.test("History.up() and down() walk and keep the draft", () => {
  const history = new History();
  for (const line of ["one", "two", "three"]) history.add(line);
  assertEquals(history.up("draft"), "three");
  assertEquals(history.up("three"), "two");
  assertEquals(history.up("two, edited"), "one");
  assertEquals(history.up("one"), undefined);
  assertEquals(history.down(), "two");
  assertEquals(history.down(), "three");
  assertEquals(history.down(), "draft");
  assertEquals(history.down(), undefined);
});

Deno.test("History.add() leaves out blank lines and repetitions", () => {
  const history = new History();
  for (const line of ["one", "one", "", "  ", "two", "one"]) history.add(line);
  assertEquals([history.up(""), history.up(""), history.up(""), history.up("")], [
    "one",
    "two",
    "one",
    undefined,
  ]);
});

Deno.test("History.add() ends the walk", () => {
  const history = new History();
  history.add("one");
  history.add("two");
  history.up("");
  history.up("");
  history.add("one");
  assertEquals(history.down(), undefined);
  assertEquals(history.up(""), "one");
});

Deno.test("History.add() forgets the oldest beyond the limit", () => {
  const history = new History(2);
  for (const line of ["one", "two", "three"]) history.add(line);
  assertEquals([history.up(""), history.up(""), history.up("")], ["three", "two", undefined]);
});

Deno.test("History.up() on an empty history shows nothing", () => {
  assertEquals(new History().up("draft"), undefined);
});

Deno.test("History.prepend() puts older lines before those of this session", () => {
  const history = new History(3);
  history.add("now");
  assertEquals(history.up("draft"), "now");
  history.prepend(["one", "two", "three"]);
  assertEquals([history.up("now"), history.up(""), history.up("")], ["three", "two", undefined]);
  assertEquals([history.down(), history.down(), history.down()], ["three", "now", "draft"]);
});

Deno.test("History.find() looks from new to old", () => {
  const history = new History();
  for (const line of ["chat tea", "getdir", "Chat lobby"]) history.add(line);
  assertEquals(history.find("chat"), { line: "Chat lobby", index: 2 });
  assertEquals(history.find("chat", 2), { line: "chat tea", index: 0 });
  assertEquals(history.find("chat", 0), undefined);
  assertEquals(history.find("nothing"), undefined);
});
