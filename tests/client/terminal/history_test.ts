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
