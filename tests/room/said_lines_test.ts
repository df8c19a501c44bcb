import { assertEquals } from "@std/assert";
import { MAX_RECEIPT_LINES, Receipts } from "../../lib/room/receipts.ts";
import { SaidLines } from "../../lib/room/said_lines.ts";

const MEL = "00000000000000aa";
const BOB = "00000000000000bb";
const PATIENCE = 15_000;

/** The lines and the receipts as a room's core keeps them. */
class Bench {
  readonly said = new SaidLines();
  readonly receipts = new Receipts();
  readonly present = new Map([[MEL, 0], [BOB, 0]]);
  #seq = 0;

  say(text: string, now: number): void {
    this.said.said(text, now);
    this.receipts.said(++this.#seq, now);
  }

  unheard(now: number): string[] {
    const receipts = this.receipts.list((id) => this.present.has(id));
    return this.said.unheard(receipts, this.present, PATIENCE, now).map(({ text }) => text);
  }
}

Deno.test("SaidLines.unheard() tells once of lines that nobody has", () => {
  const bench = new Bench();
  assertEquals(bench.said.nextDeadline(PATIENCE), Infinity);
  bench.say("one", 1000);
  bench.say("two", 2000);
  assertEquals(bench.said.nextDeadline(PATIENCE), 16_000);
  assertEquals(bench.unheard(15_999), []);
  assertEquals(bench.unheard(16_000), ["one"]);
  assertEquals([bench.unheard(16_500), bench.said.nextDeadline(PATIENCE)], [[], 17_000]);
  assertEquals(bench.unheard(60_000), ["two"]);
  assertEquals([bench.unheard(90_000), bench.said.nextDeadline(PATIENCE)], [[], Infinity]);
});

Deno.test("SaidLines.unheard() is silent if somebody has a line, or nobody can", () => {
  const bench = new Bench();
  bench.say("heard", 0);
  bench.receipts.heard(MEL, { highest: 1, has: 1 });
  bench.present.clear();
  bench.say("alone", 1000);
  bench.present.set(BOB, 1500);
  assertEquals(bench.unheard(60_000), []);
  bench.say("not alone", 61_000);
  assertEquals(bench.unheard(90_000), ["not alone"]);
});

Deno.test("SaidLines.unheard() does not count on lines that no report tells of any more", () => {
  const bench = new Bench();
  for (let i = 1; i <= 50; i++) bench.say(`${i}`, i);
  // Of 50 lines said in no time, the first report tells of the last 32; it lacks the 49th.
  bench.receipts.heard(MEL, { highest: 50, has: ~2 >>> 0 });
  assertEquals(bench.unheard(60_000), ["49"]);
});

Deno.test("SaidLines keeps as many lines as there are receipts, and never falls behind", () => {
  const bench = new Bench();
  for (let i = 1; i <= MAX_RECEIPT_LINES + 10; i++) bench.say(`${i}`, i);
  assertEquals(bench.said.nextDeadline(PATIENCE), 11 + PATIENCE);
  const listed = bench.said.list(bench.receipts.list(() => true));
  assertEquals([listed.length, listed[0]?.text], [MAX_RECEIPT_LINES, "11"]);
  assertEquals(bench.unheard(60_000).length, MAX_RECEIPT_LINES);
  assertEquals(bench.said.nextDeadline(PATIENCE), Infinity);
});
