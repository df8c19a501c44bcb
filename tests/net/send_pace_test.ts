import { assertEquals } from "@std/assert";
import { MAX_BURST, SendPace } from "../../lib/net/send_pace.ts";

Deno.test("SendPace.next() pauses at most once in MAX_BURST sends", async () => {
  const pace = new SendPace();
  const paused: number[] = [];
  for (let i = 0; i < 3 * MAX_BURST; i++) {
    const pause = pace.next();
    if (pause === undefined) continue;
    paused.push(i);
    await pause;
  }
  // A machine too slow to send that fast needs no pause, so only where they may be is certain.
  assertEquals(paused.filter((i) => i % MAX_BURST !== 0 || i === 0), []);
});
