import { assert, assertEquals } from "@std/assert";
import { MAX_ASKS, PrivateAsks } from "../../lib/people/private_asks.ts";

function make(): PrivateAsks<string> {
  let id = 0;
  return new PrivateAsks(() => `${++id}`);
}

Deno.test("PrivateAsks ends a question once, with the first answer", async () => {
  const asks = make();
  const ask = asks.begin("Mel", "Ann")!;
  assertEquals([ask.id, ask.from, ask.to, asks.size], ["1", "Mel", "Ann", 1]);
  asks.end(ask, "no");
  asks.end(ask, "yes");
  assertEquals([await ask.decided, asks.size], ["no", 0]);
  assertEquals(asks.between("Mel", "Ann"), undefined);
});

Deno.test("PrivateAsks: who asks the same person again has one question, the new one", async () => {
  const asks = make();
  const first = asks.begin("Mel", "Ann")!;
  const second = asks.begin("Mel", "Ann")!;
  assertEquals(await first.decided, "gone");
  assertEquals(asks.between("Mel", "Ann"), second);
  assertEquals(asks.between("Ann", "Mel"), undefined);
});

Deno.test("PrivateAsks: nobody has more questions than they may", () => {
  const asks = make();
  for (let i = 0; i < MAX_ASKS; i++) assert(asks.begin("Mel", `${i}`));
  assertEquals(asks.begin("Mel", "Ann"), undefined);
  // One that replaces another is none more; others may ask.
  assert(asks.begin("Mel", "0"));
  assert(asks.begin("Ann", "Mel"));
});

Deno.test("PrivateAsks: all questions of and to somebody end when they leave", async () => {
  const asks = make();
  const [one, two, three] = [
    asks.begin("Mel", "Ann")!,
    asks.begin("Ann", "Bob")!,
    asks.begin("Bob", "Mel")!,
  ];
  asks.leave("Mel");
  assertEquals([await one.decided, await three.decided, asks.size], ["gone", "gone", 1]);
  assertEquals(asks.between("Ann", "Bob"), two);
});
