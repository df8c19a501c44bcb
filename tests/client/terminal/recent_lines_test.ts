import { assert, assertEquals } from "@std/assert";
import { rawLines } from "../../../lib/client/terminal/prompt_row.ts";
import { RecentLines } from "../../../lib/client/terminal/recent_lines.ts";
import { Screen } from "./screen.ts";

/** The memory and a terminal that shows the same. */
class Bench implements Disposable {
  readonly recent = new RecentLines();
  readonly screen: Screen;

  constructor(readonly columns: number, readonly rows: number) {
    this.screen = new Screen(columns, rows);
  }

  async print(text: string, isLine = true): Promise<void> {
    this.recent.printed(text, isLine);
    await this.screen.show(rawLines(text));
  }

  /** Inserts a message; says whether that was possible. */
  async insert(text: string, back: number): Promise<boolean> {
    const drawn = this.recent.insert(text, back, { columns: this.columns, rows: this.rows });
    await this.screen.show(drawn ?? "");
    return drawn !== undefined;
  }

  /** All lines but the one of the prompt. */
  get lines(): string[] {
    assertEquals([this.screen.row, this.screen.cursor], ["", 0], "where the prompt stands");
    return this.screen.lines().slice(0, -1);
  }

  [Symbol.dispose](): void {
    this.screen[Symbol.dispose]();
  }
}

Deno.test("RecentLines.insert() puts lines where they belong, at every place", async () => {
  for (let back = 0; back <= 4; back++) {
    using bench = new Bench(40, 12);
    for (const text of ["1", "2", "3", "4"]) await bench.print(text);
    assert(await bench.insert("x", back));
    const expected = ["1", "2", "3", "4"];
    expected.splice(4 - back, 0, "x");
    assertEquals(bench.lines, expected);
    // What was inserted counts for the next one.
    assert(await bench.insert("y", back));
    expected.splice(5 - back, 0, "y");
    assertEquals(bench.lines, expected);
  }
});

Deno.test("RecentLines.insert() does not count what is no message, and keeps it in its place", async () => {
  using bench = new Bench(40, 12);
  await bench.print("Mel: one");
  await bench.print("Bob joined.\nAnn joined.", false);
  await bench.print("Mel: three");
  await bench.print("[lab] Bob> own", false);
  assert(await bench.insert("Mel: two", 1));
  assert(await bench.insert("Mel: zero", 3));
  assertEquals(bench.lines, [
    "Mel: zero",
    "Mel: one",
    "Bob joined.",
    "Ann joined.",
    "Mel: two",
    "Mel: three",
    "[lab] Bob> own",
  ]);
});

Deno.test("RecentLines.insert() moves wrapped lines, and lines as wide as the window", async () => {
  using bench = new Bench(10, 12);
  const texts = ["a".repeat(10), "b".repeat(11), "c".repeat(20), "d".repeat(21), ""];
  for (const text of texts) await bench.print(text);
  assert(await bench.insert("x".repeat(35), 4));
  texts.splice(1, 0, "x".repeat(35));
  assertEquals(bench.lines, texts);
});

Deno.test("RecentLines.insert() works at the bottom of a full screen", async () => {
  using bench = new Bench(20, 8);
  const texts = Array.from({ length: 30 }, (_, i) => `Mel: ${i}`);
  for (const text of texts) await bench.print(text);
  assert(await bench.insert("late", 6));
  texts.splice(24, 0, "late");
  assertEquals(bench.lines, texts);
  assertEquals(await bench.insert("later", 7), false, "its place is out of sight");
  assertEquals(bench.lines, texts);
});

Deno.test("RecentLines.insert() moves nothing whose width is not known", async () => {
  const wide = ["Mel: 漢字", "Mel: 👋", "Mel: e\u0301", "Mel: สวัสดี", "Mel: a\u00adb", "a\tb"];
  for (const text of wide) {
    using bench = new Bench(40, 12);
    await bench.print("Mel: one");
    await bench.print(text);
    await bench.print("Mel: three");
    assertEquals(await bench.insert("x", 2), false, text);
    assert(await bench.insert("漢字", 1), "what is inserted may be of any width");
    assertEquals(
      bench.lines,
      ["Mel: one", text, "漢字", "Mel: three"].map((line) => line === "a\tb" ? "a       b" : line),
    );
  }
});

Deno.test("RecentLines.insert() moves Latin letters that some terminals draw wide, on one row only", async () => {
  using bench = new Bench(10, 12);
  await bench.print("éé: ééé");
  assertEquals(await bench.insert("x", 1), false, "twelve cells in such a terminal");
  await bench.print("Zoé: é");
  assert(await bench.insert("x", 1));
  assertEquals(bench.lines, ["éé: ééé", "x", "Zoé: é"]);
});

Deno.test("RecentLines.insert() leaves alone what is further up than it remembers", async () => {
  using bench = new Bench(40, 100);
  for (let i = 0; i < 30; i++) await bench.print(`Mel: ${i}`);
  assertEquals(await bench.insert("x", 21), false, "more rows than are drawn anew");
  assert(await bench.insert("x", 20));
  for (const back of [31, 1024, Infinity]) assertEquals(await bench.insert("y", back), false);
  bench.recent.clear();
  assertEquals(await bench.insert("y", 1), false);
  assert(await bench.insert("y", 0));
});

Deno.test("RecentLines.insert() needs a row that stays in the smallest windows", async () => {
  using bench = new Bench(40, 3);
  await bench.print("Mel: one");
  await bench.print("Mel: two");
  assertEquals(await bench.insert("x", 2), false);
  assert(await bench.insert("x", 1));
  assertEquals(bench.lines, ["Mel: one", "x", "Mel: two"]);
});
