import { assertEquals } from "@std/assert";
import { Completer } from "../../../lib/client/terminal/completer.ts";

/** Steps through the candidates and returns each line as `left|right`. */
function steps(
  [left = "", right = ""]: string[],
  from: number,
  candidates: string[],
  ...ways: (1 | -1)[]
): (string | undefined)[] {
  const completer = new Completer();
  completer.begin({ text: left + right, cursor: left.length }, { from, candidates });
  return ways.map((way) => {
    const line = completer.step(way);
    return line && `${line.text.slice(0, line.cursor)}|${line.text.slice(line.cursor)}`;
  });
}

Deno.test("Completer.step() goes round, and back to what was typed", () => {
  assertEquals(steps(["chat l"], 5, ["lab ", "lobby "], 1, 1, 1, 1), [
    "chat lab |",
    "chat lobby |",
    "chat l|",
    "chat lab |",
  ]);
  assertEquals(steps(["chat l"], 5, ["lab ", "lobby "], -1, -1, -1), [
    "chat lobby |",
    "chat lab |",
    "chat l|",
  ]);
});

Deno.test("Completer.step() ends the choice at a single candidate", () => {
  assertEquals(steps(["ge"], 0, ["getdir "], 1, 1), ["getdir |", undefined]);
});

Deno.test("Completer.step() keeps what stands behind the cursor", () => {
  assertEquals(steps(["Hi M", ", how?"], 3, ["Mel "], 1), ["Hi Mel |, how?"]);
  assertEquals(steps(["Hi M", " how?"], 3, ["Mel "], 1), ["Hi Mel| how?"]);
});

Deno.test("Completer.begin() refuses when nothing else could stand there", () => {
  const completer = new Completer();
  const line = { text: "help ", cursor: 5 };
  assertEquals(completer.begin(line, { from: 0, candidates: [] }), false);
  assertEquals(completer.begin(line, { from: 0, candidates: ["help "] }), false);
  assertEquals([completer.active, completer.step(1)], [false, undefined]);
});

Deno.test("Completer.end() lets the choice stand", () => {
  const completer = new Completer();
  completer.begin({ text: "c", cursor: 1 }, { from: 0, candidates: ["chat ", "connect "] });
  assertEquals(completer.active, true);
  completer.end();
  assertEquals(completer.active, false);
});
