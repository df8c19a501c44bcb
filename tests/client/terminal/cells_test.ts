import { assertEquals } from "@std/assert";
import { cellsAtMost, fittingEnd, fittingStart } from "../../../lib/client/terminal/cells.ts";

const WIDTHS: readonly [string, number][] = [
  ["", 0],
  ["abc ~", 5],
  ["é", 1],
  ["e\u0301", 1],
  ["漢字", 4],
  ["한국", 4],
  ["ｆｕ", 4],
  ["สี่", 1],
  ["שלום", 4],
  ["🇩🇪", 4],
  ["❤️", 2],
  ["👩‍👩‍👧", 6],
  ["𠀀", 2],
];

for (const [text, cells] of WIDTHS) {
  Deno.test(`cellsAtMost() gives ${cells} for "${text}"`, () => {
    assertEquals(cellsAtMost(text), cells);
  });
}

Deno.test("fittingStart() and fittingEnd() take all that fits and no more", () => {
  for (const [text] of WIDTHS) {
    const line = `a${text}b`;
    for (let cells = 0; cells <= cellsAtMost(line); cells++) {
      const start = fittingStart(line, cells);
      const end = fittingEnd(line, cells);
      assertEquals([line.startsWith(start), line.endsWith(end)], [true, true]);
      assertEquals([cellsAtMost(start) <= cells, cellsAtMost(end) <= cells], [true, true]);
    }
    assertEquals(fittingStart(line, cellsAtMost(line)), line);
    assertEquals(fittingEnd(line, cellsAtMost(line)), line);
  }
});

Deno.test("fittingEnd() does not begin with a combining mark", () => {
  assertEquals(fittingEnd("abe\u0301", 1), "e\u0301");
  assertEquals(fittingEnd("abe\u0301", 0), "");
});
