import { assertEquals } from "@std/assert";
import { PresenceNews } from "../../../lib/client/people/presence_news.ts";

/** News with a clock that a test turns. */
function news() {
  const told: string[] = [];
  const named: string[] = [];
  let later: (() => void) | undefined;
  const state = { wanted: true };
  const made = new PresenceNews({
    tell: (sentence) => told.push(sentence),
    isWanted: () => state.wanted,
    self: () => "Mel",
    onName: (name) => named.push(name),
    schedule: (fn) => {
      later = fn;
      return () => later = undefined;
    },
  });
  const turn = (account: string, name: string) => made.changed({ account, person: { name } });
  const flush = () => {
    later?.();
    later = undefined;
    return told.splice(0);
  };
  return { made, state, turn, flush, named };
}

Deno.test("PresenceNews tell of many at once in one sentence", () => {
  const { turn, flush } = news();
  for (const name of ["Ann", "Bob", "Eve"]) turn("on", name);
  turn("off", "Kim");
  assertEquals(flush(), ["Ann, Bob and Eve logged on.", "Kim logged off."]);
  for (let at = 0; at < 200; at++) turn("on", `user${at}`);
  assertEquals(flush(), ["user0, user1, user2, user3, user4 and 195 more logged on."]);
});

Deno.test("PresenceNews tell nothing of oneself, nor of who comes back at once", () => {
  const { turn, flush } = news();
  turn("on", "MEL");
  turn("off", "Bob");
  turn("on", "bob");
  assertEquals(flush(), []);
});

Deno.test("PresenceNews tell nothing that is not wanted, not understood, or late", () => {
  const { made, state, turn, flush, named } = news();
  for (
    const odd of [undefined, 7, {}, { account: "on" }, { account: "on", person: { name: "\x1b" } }]
  ) {
    made.changed(odd);
  }
  turn("on", "Bob");
  state.wanted = false;
  turn("on", "Eve");
  assertEquals(flush(), []);
  state.wanted = true;
  turn("on", "Bob");
  made[Symbol.dispose]();
  assertEquals(flush(), []);
  // Whom one has heard of is known all the same.
  assertEquals(named, ["Bob", "Eve", "Bob"]);
});
