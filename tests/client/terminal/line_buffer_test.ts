import { assertEquals } from "@std/assert";
import { LineBuffer, MAX_LINE_LENGTH } from "../../../lib/client/terminal/line_buffer.ts";

/** A line written as `left|right`. */
function lineOf(state: string): LineBuffer {
  const [left = "", right = ""] = state.split("|");
  const line = new LineBuffer();
  line.insert(right);
  line.moveHome();
  line.insert(left);
  return line;
}

const FAMILY = "👩‍👩‍👧";
const FLAGS = "🇩🇪🇫🇷";

const EDITS: readonly [string, string, (line: LineBuffer) => void, string][] = [
  ["moveLeft() goes over a family", `a${FAMILY}|b`, (line) => line.moveLeft(), `a|${FAMILY}b`],
  ["moveLeft() goes over one flag of two", `${FLAGS}|`, (line) => line.moveLeft(), "🇩🇪|🇫🇷"],
  ["moveLeft() goes over a combined letter", "ae\u0301|", (line) => line.moveLeft(), "a|e\u0301"],
  ["moveLeft() stays at the start", "|a", (line) => line.moveLeft(), "|a"],
  ["moveRight() goes over a Thai cluster", "|สี่x", (line) => line.moveRight(), "สี่|x"],
  ["moveRight() stays at the end", "a|", (line) => line.moveRight(), "a|"],
  ["moveHome() goes to the start", "ab|c", (line) => line.moveHome(), "|abc"],
  ["moveEnd() goes to the end", "a|bc", (line) => line.moveEnd(), "abc|"],
  [
    "moveWordLeft() goes to the start of the word",
    "ab cd|e",
    (line) => line.moveWordLeft(),
    "ab |cde",
  ],
  ["moveWordLeft() goes over space first", "ab, |c", (line) => line.moveWordLeft(), "|ab, c"],
  [
    "moveWordRight() goes to the end of the word",
    "a|b cd",
    (line) => line.moveWordRight(),
    "ab| cd",
  ],
  ["moveWordRight() goes over space first", "ab| öü!", (line) => line.moveWordRight(), "ab öü|!"],
  ["moveWordRight() stays at the end", "ab|", (line) => line.moveWordRight(), "ab|"],
  ["deleteLeft() takes a whole flag", `${FLAGS}|x`, (line) => line.deleteLeft(), "🇩🇪|x"],
  ["deleteLeft() takes a combined letter", "ae\u0301|", (line) => line.deleteLeft(), "a|"],
  ["deleteLeft() does nothing at the start", "|x", (line) => line.deleteLeft(), "|x"],
  ["deleteRight() takes a whole family", `a|${FAMILY}b`, (line) => line.deleteRight(), "a|b"],
  ["deleteRight() does nothing at the end", "a|", (line) => line.deleteRight(), "a|"],
  ["killLeft() takes all before", "ab|c", (line) => line.killLeft(), "|c"],
  ["killRight() takes all behind", "a|bc", (line) => line.killRight(), "a|"],
  ["killWord() takes back to a space", "go a.b/c|d", (line) => line.killWord(), "go |d"],
  ["killWord() takes the spaces too", "go ab  |d", (line) => line.killWord(), "go |d"],
  ["killWordLeft() takes back to the word", "a.b|c", (line) => line.killWordLeft(), "a.|c"],
  ["killWordRight() takes on to the end", "a| bc d", (line) => line.killWordRight(), "a| d"],
  ["yank() brings back what was killed last", "one two|", (line) => {
    line.killWord();
    line.moveHome();
    line.yank();
  }, "two|one "],
  ["yank() keeps what was killed when nothing is", "a|", (line) => {
    line.killLeft();
    line.killLeft();
    line.yank();
    line.yank();
  }, "aa|"],
  ["insert() goes on after a joiner", "|👧", (line) => {
    line.insert("👩\u200d");
    line.insert("👩\u200d");
  }, "👩\u200d👩\u200d|👧"],
];

for (const [what, before, edit, after] of EDITS) {
  Deno.test(`LineBuffer.${what}`, () => {
    const line = lineOf(before);
    edit(line);
    assertEquals(`${line.left}|${line.right}`, after);
    assertEquals(line.text, after.replace("|", ""));
  });
}

Deno.test("LineBuffer.insert() refuses what makes the line too long", () => {
  const line = new LineBuffer();
  assertEquals(line.insert("x".repeat(MAX_LINE_LENGTH)), true);
  assertEquals(line.insert("y"), false);
  assertEquals(line.text.length, MAX_LINE_LENGTH);
});
