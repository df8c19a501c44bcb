import { assertEquals } from "@std/assert";
import { MAX_PLACE, ShownLines } from "../../lib/room/shown_lines.ts";
import { seededRandom } from "../helpers/seeded_random.ts";

const MEL = { name: "Mel" };
const BOB = { name: "Bob" };

Deno.test("ShownLines.add() puts a line before its sender's later lines, else by time", () => {
  const shown = new ShownLines();
  assertEquals(shown.add(MEL, 1, 10), 0);
  assertEquals(shown.add(BOB, 1, 20), 0);
  assertEquals(shown.add(MEL, 4, 40), 0);
  assertEquals(shown.add(BOB, 2, 50), 0);
  assertEquals(shown.add(MEL, 2, 15), 3, "between by time");
  assertEquals(shown.add(MEL, 3, 99), 2, "before 4, whatever the time");
  assertEquals(shown.add(MEL, 5, 1), 1, "behind 4, whatever the time");
});

Deno.test("ShownLines.add() calls a line late that belongs too far back", () => {
  const shown = new ShownLines();
  for (let i = 0; i < MAX_PLACE + 10; i++) shown.add(MEL, i + 2, i);
  assertEquals(shown.add(MEL, 1, 0), "late");
  assertEquals(shown.add(BOB, 1, MAX_PLACE + 10), 0);
});

Deno.test("ShownLines.number() moves what stands wrong, and only that", () => {
  const shown = new ShownLines();
  shown.add(MEL, 0, 10);
  const second = shown.last;
  shown.add(MEL, 0, 11);
  const first = shown.last;
  shown.add(BOB, 1, 12);
  assertEquals(shown.number(second, 2), undefined);
  assertEquals(shown.number(first, 1), { from: 1, to: 2 });
  assertEquals(shown.number(0, 7), undefined, "never shown");
});

Deno.test("ShownLines: places are those of a list kept in order, far beyond what is remembered", () => {
  const random = seededRandom(7);
  const shown = new ShownLines();
  const senders = [{ next: 1 }, { next: 1 }];
  const model: { sender: object; seq: number; ticket: number }[] = [];
  const waiting: { sender: object; seq: number }[] = [];
  const loose: { ticket: number; seq: number }[] = [];
  for (let now = 1; now <= 5 * MAX_PLACE; now++) {
    const number = random() < 0.4 ? loose.shift() : undefined;
    if (number !== undefined) {
      const move = shown.number(number.ticket, number.seq);
      const index = model.findIndex(({ ticket }) => ticket === number.ticket);
      model[index]!.seq = number.seq;
      if (move === undefined) continue;
      assertEquals(index, model.length - 1 - move.from);
      const [line] = model.splice(index, 1);
      model.splice(model.length - move.to, 0, line!);
      continue;
    }
    const sender = senders[random() < 0.5 ? 0 : 1]!;
    if (random() < 0.1) waiting.push({ sender, seq: sender.next++ });
    const late = random() < 0.3 ? waiting.shift() : undefined;
    const isLoose = late === undefined && random() < 0.2;
    const seq = late?.seq ?? sender.next++;
    const place = shown.add(late?.sender ?? sender, isLoose ? 0 : seq, now);
    const ticket = shown.last;
    if (isLoose) loose.push({ ticket, seq });
    model.splice(model.length - Number(place), 0, {
      sender: late?.sender ?? sender,
      seq: isLoose ? 0 : seq,
      ticket,
    });
    // Numbers of one sender ascend, around the line that came.
    for (const one of senders) {
      const near = model.slice(-60).filter((line) => line.sender === one && line.seq !== 0);
      for (let i = 1; i < near.length; i++) {
        assertEquals(near[i - 1]!.seq < near[i]!.seq, true, `at ${now}`);
      }
    }
    if (model.length > 300) model.splice(0, 100);
  }
});
