import { assert, assertEquals } from "@std/assert";
import { LISTEN_MS, Newcomer } from "../../lib/room/newcomer.ts";
import type { HistoryEntry } from "../../lib/room/peer_methods.ts";
import { seededRandom } from "../helpers/seeded_random.ts";
import { line } from "./room_core_rig.ts";

const T0 = 50_000;
const OWN = { address: "10.0.0.2", port: 5000 };
const MEL = { address: "10.0.0.1", port: 4000 };

function newcomer(): Newcomer {
  return new Newcomer({ address: OWN.address, now: T0 });
}

function member(id: number, since: number, address = `10.0.1.${id}`, tcpPort = 7000 + id) {
  return { id: `${id}`, source: { address, port: 4000 }, tcpPort, since };
}

function told(text: string, age: number, from = MEL): HistoryEntry {
  return { age, from, text };
}

function decode(history: Newcomer["history"]): string[] {
  return history.map(({ bytes }) => new TextDecoder().decode(bytes));
}

/** Somebody who has asked, at T0 + 400. */
function asker(): Newcomer {
  const one = newcomer();
  one.joined(member(1, T0 + 100), T0 + 100);
  assert(one.due(T0 + 400) !== undefined);
  return one;
}

Deno.test("Newcomer: nobody is heard: over after 1.5 s, with nothing", () => {
  const one = newcomer();
  one.joined(member(1, T0, "10.0.1.1", 0), T0);
  assertEquals(one.due(T0 + 1499), undefined);
  assertEquals([one.done, one.nextDeadline], [false, T0 + 1500]);
  assertEquals(one.due(T0 + 1500), undefined);
  assertEquals([one.done, one.nextDeadline, one.history.length], [true, Infinity, 0]);
});

Deno.test("Newcomer: asks who was heard first, 300 ms after hearing somebody", () => {
  const one = newcomer();
  one.joined(member(1, T0 + 90), T0 + 100);
  one.joined(member(2, T0 + 80), T0 + 200);
  assertEquals(one.nextDeadline, T0 + 400);
  assertEquals(one.due(T0 + 399), undefined);
  assertEquals(one.due(T0 + 400), { address: "10.0.1.2", port: 7002 });
  assertEquals([one.due(T0 + 400), one.nextDeadline], [undefined, T0 + 2500]);
});

Deno.test("Newcomer: asks rather somebody on the same host", () => {
  const one = newcomer();
  one.joined(member(1, T0 + 100), T0 + 100);
  one.joined(member(2, T0 + 200, OWN.address), T0 + 200);
  one.joined(member(3, T0 + 300), T0 + 300);
  assertEquals(one.due(T0 + 400), { address: OWN.address, port: 7002 });
});

Deno.test("Newcomer: asks three, one after the other, then it is over", () => {
  const one = newcomer();
  for (const id of [1, 2, 3, 4]) one.joined(member(id, T0 + id), T0 + 10);
  for (const id of [1, 2, 3]) {
    assertEquals(one.due(T0 + 310)?.port, 7000 + id);
    one.answered(undefined, T0 + 310);
  }
  assertEquals([one.done, one.due(T0 + 310)], [true, undefined]);
});

Deno.test("Newcomer: does not ask who left", () => {
  const one = newcomer();
  one.joined(member(1, T0), T0);
  one.joined(member(2, T0 + 1), T0 + 1);
  one.left("1");
  assertEquals(one.due(T0 + 300)?.port, 7002);
  one.answered(undefined, T0 + 301);
  one.left("2");
  assertEquals(one.nextDeadline, T0 + LISTEN_MS);
});

Deno.test("Newcomer: who refused is asked again later, after those who were not asked", () => {
  const one = newcomer();
  one.joined(member(1, T0), T0);
  assertEquals(one.due(T0 + 300)?.port, 7001);
  one.answered(undefined, T0 + 310);
  assertEquals([one.due(T0 + 310), one.nextDeadline], [undefined, T0 + 810]);
  one.joined(member(1, T0), T0 + 400);
  assertEquals(one.nextDeadline, T0 + 810);
  one.joined(member(2, T0 + 500), T0 + 500);
  assertEquals(one.due(T0 + 500)?.port, 7002);
  one.answered(undefined, T0 + 510);
  assertEquals(one.due(T0 + 810)?.port, 7001);
  one.answered([told("Mel: hi", 9000)], T0 + 820);
  assertEquals([one.done, decode(one.history)], [true, ["Mel: hi"]]);
});

Deno.test("Newcomer: an empty answer is taken if nobody else is known", () => {
  const one = newcomer();
  one.joined(member(1, T0), T0);
  one.joined(member(2, T0 + 1), T0 + 1);
  one.due(T0 + 300);
  one.answered([], T0 + 310);
  assertEquals([one.done, one.due(T0 + 310)?.port], [false, 7002]);
  one.answered([], T0 + 320);
  assertEquals([one.done, one.history.length], [true, 0]);
});

Deno.test("Newcomer: over after 2.5 s whoever is silent; what comes later counts no more", () => {
  const one = asker();
  assertEquals([one.due(T0 + 2499), one.done], [undefined, false]);
  assertEquals([one.due(T0 + 2500), one.done], [undefined, true]);
  one.answered([told("Mel: hi", 9000)], T0 + 2501);
  assertEquals(one.history.length, 0);
});

Deno.test("Newcomer: is always over after 2.5 s (200 seeds)", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededRandom(seed);
    const one = newcomer();
    let asks = 0;
    let answerAt = Infinity;
    for (let now = T0; now <= T0 + 2500; now += Math.ceil(random() * 60)) {
      const dice = random();
      const id = Math.floor(random() * 6);
      if (dice < 0.1) one.joined(member(id, now, undefined, id === 0 ? 0 : 7000), now);
      if (dice > 0.95) one.left(`${id}`);
      if (now >= answerAt) {
        one.answered(random() < 0.3 ? [] : undefined, now);
        answerAt = Infinity;
      }
      const isDue = now >= one.nextDeadline;
      if (one.due(now) !== undefined) {
        assert(isDue);
        assertEquals(answerAt, Infinity);
        asks++;
        answerAt = random() < 0.2 ? Infinity : now + random() * 1500;
        if (answerAt === Infinity) answerAt = T0 + 9999;
      }
      assert(one.done || one.nextDeadline > now, `seed ${seed}: no progress`);
      if (one.done) break;
    }
    one.due(T0 + 2500);
    assert(one.done);
    assert(asks <= 3);
  }
});

// Everything below: entered at T0, asked at T0 + 400, answered at T0 + 420.

Deno.test("Newcomer: history is what was said before, with times of one's own clock", () => {
  const one = asker();
  one.answered([told("Mel: a", 60_000), told("Mel: b", 10_000)], T0 + 420);
  assertEquals(one.history.map(({ at }) => at), [T0 - 59_580, T0 - 9_580]);
  assertEquals(one.isShown(MEL, line("Mel: b"), T0 + 500), false);
});

Deno.test("Newcomer: what was said after one came is no history, heard or not", () => {
  const one = asker();
  one.live(MEL, line("Mel: heard"), T0 + 10);
  const lines = [told("Mel: old", 5000), told("Mel: heard", 405), told("Mel: lost", 5)];
  // Of the last, said 15 ms before the answer: it is shown in its place, and not again.
  one.answered(lines, T0 + 420);
  assertEquals(decode(one.history), ["Mel: old", "Mel: lost"]);
  assertEquals(one.isShown(MEL, line("Mel: heard"), T0 + 3000), false);
});

Deno.test("Newcomer: what was clearly said after one came is left to the room's core", () => {
  const one = newcomer();
  one.joined(member(1, T0 + 1200), T0 + 1200);
  assert(one.due(T0 + 1500) !== undefined);
  one.answered([told("Mel: before", 1600), told("Mel: after", 900)], T0 + 1510);
  assertEquals(decode(one.history), ["Mel: before"]);
  assertEquals(one.isShown(MEL, line("Mel: after"), T0 + 605), false);
});

Deno.test("Newcomer: a line of the border that comes late is not shown again, once", () => {
  const one = asker();
  one.answered([told("Mel: ok", 410)], T0 + 420);
  assertEquals(decode(one.history), ["Mel: ok"]);
  assertEquals(one.isShown(OWN, line("Mel: ok"), T0 + 1), false);
  assertEquals(one.isShown(MEL, line("Mel: ok"), T0 + 1), true);
  assertEquals(one.isShown(MEL, line("Mel: ok"), T0 + 1), false);
});

Deno.test("Newcomer: an equal line said later is another line", () => {
  const one = asker();
  one.answered([told("Mel: ok", 600)], T0 + 420);
  assertEquals(one.isShown(MEL, line("Mel: ok"), T0 + 900), false);
});

Deno.test("Newcomer: an equal line of long ago stays in the history", () => {
  const one = asker();
  one.live(MEL, line("Mel: ok"), T0 + 50);
  one.answered([told("Mel: ok", 9000), told("Mel: ok", 2400), told("Mel: ok", 355)], T0 + 420);
  assertEquals(one.history.map(({ at }) => at), [T0 - 8580, T0 - 1980]);
});

Deno.test("Newcomer: bytes that are no UTF-8, and long ones, are recognised by what is told", () => {
  for (const bytes of [Uint8Array.of(77, 0xff, 0xc3), line("y".repeat(2000))]) {
    const one = asker();
    one.live(MEL, bytes, T0 + 1);
    const text = new TextDecoder().decode(bytes).slice(0, 1200);
    one.answered([told("Mel: old", 9000), told(text, 402)], T0 + 420);
    assertEquals(decode(one.history), ["Mel: old"]);
  }
});

Deno.test("Newcomer: a flood while one waits costs no memory without bound, and the last count", () => {
  const one = asker();
  for (let i = 0; i < 20_000; i++) one.live(MEL, line(`Mel: ${i}`), T0 + i / 50);
  const lines = Array.from({ length: 50 }, (_, i) => told(`Mel: ${19_950 + i}`, 10));
  one.answered(lines, T0 + 420);
  assertEquals([one.done, one.history.length], [true, 0]);
});

Deno.test("Newcomer: no line twice, none missing, whatever the network does (400 seeds)", () => {
  for (let seed = 1; seed <= 400; seed++) {
    const random = seededRandom(seed);
    const one = newcomer();
    // Few words, so that lines are equal; a person does not say the same within half a second.
    const words = ["Mel: ok", "Mel: no", "Bob: ok"];
    const said: { text: string; at: number }[] = [];
    const last = new Map<string, number>();
    for (let at = T0 - 8000; at < T0 + 5000; at += 20 + random() * 400) {
      const text = words[Math.floor(random() * words.length)]!;
      if (at - (last.get(text) ?? -Infinity) < 1100) continue;
      last.set(text, at);
      said.push({ text, at });
    }
    const askAt = T0 + 300 + random() * 1200;
    const answerAt = askAt + random() * 300;
    const tellAt = answerAt + random() * 100;
    // The member hears with up to 30 ms delay; so does the newcomer, or a repair brings the line.
    const known = said.map(({ text, at }) => ({ text, at: at + random() * 30 }));
    const lines = known.filter(({ at }) => at <= answerAt).map(({ text, at }) =>
      told(text, Math.max(0, Math.ceil(answerAt - at)))
    );
    const arrivals = said.filter(({ at }) => at >= T0).map(({ text, at }) => {
      const isLost = random() < 0.3;
      const delay = random() * 30;
      return {
        text,
        said: isLost ? at + random() * 10 : at + delay,
        at: at + delay + (isLost ? random() * 2000 : 0),
      };
    }).sort((a, b) => a.at - b.at);
    one.joined(member(1, T0), askAt - 300);
    assert(one.due(askAt) !== undefined);
    const heldBack = arrivals.filter(({ at }) => at < tellAt);
    for (const { text, said } of heldBack) one.live(MEL, line(text), said);
    one.answered(lines, tellAt);
    assert(one.done);
    const later = arrivals.filter(({ at }) => at >= tellAt)
      .filter(({ text, said }) => !one.isShown(MEL, line(text), said));
    const shown = [...decode(one.history), ...[...heldBack, ...later].map(({ text }) => text)];
    assertEquals(shown.toSorted(), said.map(({ text }) => text).toSorted(), `seed ${seed}`);
  }
});
