import { assertEquals } from "@std/assert";
import { COLLECT_MS, RoomNotices } from "../../lib/client/room_notices.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

/** Notices, and what they tell; the first moment, in which those who were there are told, is over. */
async function makeNotices() {
  const clock = new FakeClock();
  const told: string[] = [];
  const notices = new RoomNotices({
    tell: (sentence) => told.push(sentence),
    schedule: (fn, ms) => clock.schedule(fn, ms),
  });
  await clock.advance(1000 + COLLECT_MS);
  assertEquals(told.splice(0), ["Nobody else is here yet."]);
  const joined = (...names: string[]) => {
    for (const name of names) notices.add({ kind: "joined", name, address: "10.0.0.1" });
  };
  const left = (name: string, why: "bye" | "silent" = "bye") =>
    notices.add({ kind: "left", name, why });
  const renamed = (before: string, name: string) => notices.add({ kind: "renamed", name, before });
  const collect = async () => {
    await clock.advance(COLLECT_MS);
    return told.splice(0);
  };
  return { clock, told, notices, joined, left, renamed, collect };
}

Deno.test("RoomNotices tells first who is here", async () => {
  const clock = new FakeClock();
  const told: string[] = [];
  using notices = new RoomNotices({
    tell: (sentence) => told.push(sentence),
    schedule: (fn, ms) => clock.schedule(fn, ms),
  });
  for (const name of ["Ann", "Bob", "Eve"]) {
    notices.add({ kind: "joined", name, address: "10.0.0.1" });
    await clock.advance(300);
  }
  assertEquals(told, []);
  await clock.advance(COLLECT_MS + 100);
  assertEquals(told, ["Here: Ann, Bob and Eve."]);
});

Deno.test("RoomNotices makes one sentence of many, and counts a crowd", async () => {
  const { joined, left, collect } = await makeNotices();
  joined("Ann");
  assertEquals(await collect(), ["Ann joined."]);
  joined("Bob", "Eve", "Mel", "Pat", "Sam");
  assertEquals(await collect(), ["Bob, Eve, Mel, Pat and Sam joined."]);
  joined(...Array.from({ length: 500 }, (_, i) => `n${i}`));
  left("Ann");
  left("Bob", "silent");
  assertEquals(await collect(), [
    "n0, n1, n2, n3, n4 and 495 more joined.",
    "Ann left.",
    "Bob is not heard any more.",
  ]);
  left("Eve", "silent");
  left("Mel", "silent");
  assertEquals(await collect(), ["Eve and Mel are not heard any more."]);
});

Deno.test("RoomNotices is silent about who comes and goes, or goes and comes, at once", async () => {
  const { joined, left, collect } = await makeNotices();
  joined("Ann");
  left("Ann");
  assertEquals(await collect(), []);
  // A program that is started anew: it is here, so "left" must not be the last word.
  left("Bob");
  joined("Bob");
  assertEquals(await collect(), []);
  left("Bob");
  joined("Bob");
  left("Bob");
  assertEquals(await collect(), ["Bob left."]);
});

Deno.test("RoomNotices tells of new names, but not of names that nobody saw", async () => {
  const { told, joined, renamed, collect } = await makeNotices();
  renamed("Bob", "Robert");
  assertEquals(told.splice(0), ["Bob is Robert now."]);
  joined("Ann");
  renamed("Ann", "Anna");
  assertEquals(await collect(), ["Anna joined."]);
});

Deno.test("RoomNotices tells nothing once it is disposed of", async () => {
  const { clock, notices, joined, collect } = await makeNotices();
  joined("Ann");
  notices[Symbol.dispose]();
  joined("Bob");
  assertEquals([await collect(), clock.timers], [[], 0]);
});
