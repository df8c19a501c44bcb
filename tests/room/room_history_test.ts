import { assert, assertEquals } from "@std/assert";
import { MAX_LINE_BYTES } from "../../lib/framing/json_lines.ts";
import type { HistoryEntry } from "../../lib/room/peer_methods.ts";
import { HISTORY_LINES, parseHistory, RoomHistory } from "../../lib/room/room_history.ts";
import { ShownLines } from "../../lib/room/shown_lines.ts";
import { seededRandom } from "../helpers/seeded_random.ts";
import { line } from "./room_core_rig.ts";

const MEL = { address: "10.0.0.1", port: 4000 };
const OWN = { address: "10.0.0.2", port: 5000 };

function textsOf(history: RoomHistory, now = 1000): string[] {
  return history.answer(now).lines.map(({ text }) => text);
}

function show(history: RoomHistory, text: string, place: number | "late", at = 0): void {
  history.shown({ bytes: line(text), source: MEL, place }, at);
}

Deno.test("RoomHistory: what is said and shown, the oldest first, with ages rounded up", () => {
  const history = new RoomHistory();
  history.said(line("Bob: one"), OWN, 10);
  show(history, "Mel: two", 0, 20.5);
  assertEquals(history.answer(100).lines, [
    { age: 90, from: OWN, text: "Bob: one" },
    { age: 80, from: MEL, text: "Mel: two" },
  ]);
  assertEquals(history.answer(0).lines.map(({ age }) => age), [0, 0]);
});

Deno.test("RoomHistory: the last 50 only, whoever said them", () => {
  const history = new RoomHistory();
  for (let i = 0; i < 500; i++) {
    if (i % 3 === 0) history.said(line(`${i}`), OWN, i);
    else show(history, `${i}`, 0, i);
  }
  assertEquals(textsOf(history), Array.from({ length: HISTORY_LINES }, (_, i) => `${450 + i}`));
});

Deno.test("RoomHistory: a recovered line stands in its place; own lines do not count there", () => {
  const history = new RoomHistory();
  show(history, "a", 0, 10);
  show(history, "c", 0, 30);
  history.said(line("own"), OWN, 40);
  show(history, "d", 0, 50);
  show(history, "b", 2, 20);
  assertEquals(textsOf(history), ["a", "b", "c", "own", "d"]);
});

Deno.test("RoomHistory: a line of unknown age is as old as the one before it", () => {
  const history = new RoomHistory();
  show(history, "a", 0, 10);
  show(history, "c", 0, 30);
  show(history, "b", 1, -Infinity);
  assertEquals(history.answer(100).lines.map(({ age }) => age), [90, 90, 70]);
});

Deno.test("RoomHistory: the first line, of unknown age, has the highest age that is taken", () => {
  const history = new RoomHistory();
  show(history, "a", 0, -Infinity);
  const answer = history.answer(5);
  assertEquals(answer.lines.length, 1);
  assertEquals(parseHistory(JSON.parse(JSON.stringify(answer))), [...answer.lines]);
});

Deno.test("RoomHistory: a late line is not told, but counts", () => {
  const history = new RoomHistory();
  show(history, "a", 0);
  show(history, "late", "late");
  show(history, "c", 0);
  show(history, "b", 2);
  assertEquals(textsOf(history), ["a", "b", "c"]);
});

Deno.test("RoomHistory: lines that nobody sees are not told, but count", () => {
  const history = new RoomHistory();
  show(history, "a", 0);
  show(history, "\n", 0);
  show(history, "c", 0);
  show(history, "b", 2);
  assertEquals(textsOf(history), ["a", "b", "c"]);
});

Deno.test("RoomHistory: a line that moves", () => {
  const history = new RoomHistory();
  for (const text of ["a", "c", "d", "b"]) show(history, text, 0);
  history.said(line("own"), OWN, 0);
  history.moved({ from: 0, to: 2 });
  assertEquals(textsOf(history), ["a", "b", "c", "d", "own"]);
});

Deno.test("RoomHistory: what is too old to stand among those remembered is left out", () => {
  const history = new RoomHistory();
  for (let i = 0; i < 300; i++) show(history, `${i}`, 0, i);
  show(history, "old", 200);
  history.moved({ from: 250, to: 260 });
  assertEquals(textsOf(history).at(0), "250");
  // One comes from where nothing is remembered: its place is held.
  history.moved({ from: 250, to: 2 });
  show(history, "before 298", 2);
  assertEquals(textsOf(history).slice(-4), ["297", "before 298", "298", "299"]);
});

Deno.test("RoomHistory: what others told stands before all else", () => {
  const history = new RoomHistory();
  show(history, "c", 0, 30);
  history.adopt([
    { bytes: line("a"), source: MEL, at: -70 },
    { bytes: line("b"), source: MEL, at: 20 },
  ]);
  show(history, "before c", 1, 25);
  assertEquals(textsOf(history), ["a", "b", "before c", "c"]);
  assertEquals(history.answer(100).lines[0], { age: 170, from: MEL, text: "a" });
});

Deno.test("RoomHistory: a line of the adopted that is heard, too, is told once, but counts", () => {
  const history = new RoomHistory();
  history.adopt([{ bytes: line("a"), source: MEL, at: 5 }]);
  show(history, "b", 0, 10);
  history.repeated({ place: 1 });
  show(history, "between", 1, 10);
  show(history, "before b", 2, 7);
  assertEquals(textsOf(history), ["a", "before b", "between", "b"]);
});

Deno.test("RoomHistory: places agree with those that the core counts (50 seeds)", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = seededRandom(seed);
    const core = new ShownLines();
    const history = new RoomHistory();
    const senders = [{}, {}, {}];
    const next = [1, 1, 1];
    const model: { text: string; counts: boolean }[] = [];
    const at = (place: number): number => {
      let left = place;
      for (let i = model.length - 1; i >= 0; i--) if (model[i]!.counts && left-- === 0) return i;
      return 0;
    };
    const loose: { ticket: number; seq: number }[] = [];
    const held: { who: number; seq: number }[] = [];
    for (let now = 1; now <= 300; now++) {
      const text = `${now}`;
      const dice = random();
      if (dice < 0.2) {
        history.said(line(text), OWN, now);
        model.push({ text, counts: false });
        continue;
      }
      const number = loose.shift();
      if (dice < 0.3 && number !== undefined) {
        const move = core.number(number.ticket, number.seq);
        if (move === undefined) continue;
        history.moved(move);
        const [moved] = model.splice(at(move.from), 1);
        model.splice(move.to === 0 ? model.length : at(move.to - 1), 0, moved!);
        continue;
      }
      const who = Math.floor(random() * 3);
      let seq = next[who]!++;
      if (dice < 0.5) {
        held.push({ who, seq });
        seq = next[who]!++;
      }
      const late = dice > 0.8 ? held.shift() : undefined;
      const isLoose = late === undefined && random() < 0.3;
      const place = core.add(senders[late?.who ?? who]!, isLoose ? 0 : late?.seq ?? seq, now);
      if (isLoose) loose.push({ ticket: core.last, seq });
      assert(place !== "late");
      show(history, text, place, now);
      model.splice(place === 0 ? model.length : at(place - 1), 0, { text, counts: true });
    }
    assertEquals(textsOf(history), model.slice(-50).map(({ text }) => text), `seed ${seed}`);
  }
});

Deno.test("RoomHistory: an answer fits a line whatever was said; the oldest are left out", () => {
  const table = ["x", "\x1b", "\u0000", "\ud7ff", "\u{1f600}", '"', "\\", "\ufffd"];
  const id = "\x01".repeat(256);
  for (const character of table) {
    const history = new RoomHistory();
    for (let i = 0; i < 50; i++) {
      show(history, `${i}`.padEnd(3) + character.repeat(1200), 0, -1e15);
    }
    const lines = history.answer(1).lines;
    const reply = JSON.stringify({ jsonrpc: "2.0", id, result: { lines } });
    const size = new TextEncoder().encode(`${reply}\n`).length;
    assert(size <= MAX_LINE_BYTES, character);
    assert(lines.length === 50 || size > MAX_LINE_BYTES - 12_000, `${character}: ${lines.length}`);
    assert(lines.at(-1)!.text.startsWith("49"));
    assertEquals(parseHistory(JSON.parse(JSON.stringify({ lines }))), [...lines]);
  }
});

const GOOD: HistoryEntry = { age: 7, from: MEL, text: "Mel: hi" };

const BAD: [what: string, value: unknown][] = [
  ["nothing", undefined],
  ["null", null],
  ["a list", [GOOD]],
  ["no lines", {}],
  ["lines by name", { lines: { length: 1, 0: GOOD } }],
  ["too many", { lines: Array(51).fill(GOOD) }],
  ["a hole", { lines: [GOOD, null] }],
  ["a nested list", { lines: [[GOOD]] }],
  ...[-1, 0.5, "7", null, 1e300, 31 * 24 * 3600_000].map((age): [string, unknown] => [
    `age ${age}`,
    { lines: [{ ...GOOD, age }] },
  ]),
  ...["", 7, null, "x".repeat(1201), "\u0e01".repeat(401), "\ud800"].map((
    text,
  ): [string, unknown] => [
    `text ${JSON.stringify(text).slice(0, 12)}`,
    { lines: [{ ...GOOD, text }] },
  ]),
  ...["10.0.0", "10.0.0.256", "10.0.0.01", "::1", "localhost", "1.2.3.4\n", "", 7, null].map((
    address,
  ): [string, unknown] => [
    `address ${JSON.stringify(address)}`,
    { lines: [{ ...GOOD, from: { address, port: 1 } }] },
  ]),
  ...[0, 65536, 1.5, "1", null].map((port): [string, unknown] => [
    `port ${JSON.stringify(port)}`,
    { lines: [{ ...GOOD, from: { address: "10.0.0.1", port } }] },
  ]),
  ["no source", { lines: [{ age: 7, text: "Mel: hi" }] }],
];

for (const [what, value] of BAD) {
  Deno.test(`parseHistory() refuses ${what}`, () => assertEquals(parseHistory(value), undefined));
}

Deno.test("parseHistory() takes what is in order, and nothing that it does not know", () => {
  const lines = [{ ...GOOD, extra: 1, from: { ...MEL, extra: 2 } }, { ...GOOD, text: "\x1b[2J" }];
  assertEquals(parseHistory({ lines, next: 3 }), [GOOD, { ...GOOD, text: "\x1b[2J" }]);
  assertEquals(parseHistory({ lines: [] }), []);
  const hostile = '{"lines":[{"age":7,"from":{"address":"10.0.0.1","port":4000},' +
    '"text":"Mel: hi","__proto__":{"text":"x"}}]}';
  assertEquals(parseHistory(JSON.parse(hostile)), [GOOD]);
});
