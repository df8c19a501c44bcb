import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { cellsAtMost } from "../../../lib/client/terminal/cells.ts";
import {
  ERASE_ROW,
  promptRow,
  rawLines,
  visiblePart,
} from "../../../lib/client/terminal/prompt_row.ts";
import { Screen } from "./screen.ts";

const TEXTS: readonly [string, string][] = [
  ["ASCII", "The quick brown fox jumps over the lazy dog"],
  ["CJK", "漢字かな交じり文は幅が二倍です한국어도"],
  ["emoji families", "👩‍👩‍👧👨‍👩‍👦‍👦a👍🏽b❤️c"],
  ["flags", "🇩🇪🇫🇷🇯🇵x🇺🇳"],
  ["Thai", "สวัสดีครับผมชื่อสมชายยินดีที่ได้รู้จัก"],
  ["Hebrew", "שלום עולם, מה שלומך היום"],
  ["combining letters", "e\u0301a\u0308o\u0302\u0323u\u030a".repeat(6)],
];

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Every place where a cursor can stand. */
function* places(text: string): Generator<[string, string]> {
  for (const { index } of segmenter.segment(text)) yield [text.slice(0, index), text.slice(index)];
  yield [text, ""];
}

for (const [script, text] of TEXTS) {
  Deno.test(`promptRow() keeps ${script} in one row with the cursor where the terminal says`, async () => {
    using screen = new Screen(24, 4);
    using reference = new Screen(200, 2);
    await screen.show("above\r\n");
    for (const [left, right] of places(text)) {
      const state = { prompt: "Mel> ", left, right };
      await screen.show(promptRow(state, 24));
      const visible = visiblePart(state, 24);
      await reference.show(ERASE_ROW + visible.prompt + visible.left);
      assertEquals(screen.cursor, reference.cursor, `cursor after "${left}"`);
      await reference.show(visible.right);
      assertEquals(screen.row, reference.row);
      assertEquals(screen.lines().length, 2, "one row");
      assertEquals(screen.lines()[0], "above");
      assert(screen.autowrap);
    }
  });
}

Deno.test("visiblePart() fits at every width and keeps the cursor in sight", () => {
  for (const [, text] of TEXTS) {
    for (let columns = 1; columns < 60; columns++) {
      for (const [left, right] of places(text)) {
        const shown = visiblePart({ prompt: "[lobby] Mel> ", left, right }, columns);
        const cells = cellsAtMost(shown.prompt + shown.left + shown.right);
        assert(cells < Math.max(columns, 4), `${cells} cells of ${columns}`);
        assert("[lobby] Mel> ".endsWith(shown.prompt));
        assert(left.endsWith(shown.left.replace(/^</, "")));
        assert(right.startsWith(shown.right.replace(/>$/, "")));
        assertStrictEquals(shown.left.startsWith("<"), shown.left !== left);
        assertStrictEquals(shown.right.endsWith(">"), shown.right !== right);
      }
    }
  }
});

Deno.test("visiblePart() shows a third of the row behind the cursor", () => {
  const state = { prompt: "> ", left: "abcdefghijklmnop", right: "qrstuvwxyz" };
  assertEquals(visiblePart(state, 21), { prompt: "> ", left: "<fghijklmnop", right: "qrstu>" });
});

Deno.test("promptRow() leaves nothing of a longer row behind", async () => {
  using screen = new Screen(20, 3);
  await screen.show(promptRow({ prompt: "crds@host> ", left: "getdir", right: "" }, 20));
  await screen.show(promptRow({ prompt: "> ", left: "", right: "" }, 20));
  assertEquals([screen.row, screen.cursor], ["> ", 2]);
});

Deno.test("promptRow() drawn for a new size fits again", async () => {
  using screen = new Screen(40, 5);
  const state = { prompt: "> ", left: "สวัสดีครับ 漢字 hello world", right: " and more" };
  await screen.show(promptRow(state, 40));
  for (const columns of [60, 30, 12, 80]) {
    screen.resize(columns, 5);
    await screen.show(promptRow(state, columns));
    const visible = visiblePart(state, columns);
    assertEquals(screen.row, visible.prompt + visible.left + visible.right);
  }
});

Deno.test("rawLines() ends every line with CR LF", () => {
  assertEquals(rawLines("a\nb\r\n\nc"), "a\r\nb\r\n\r\nc\r\n");
  assertEquals(rawLines(""), "\r\n");
});
