import { assertEquals } from "@std/assert";
import { ReplayWindow, WINDOW_SIZE } from "../../lib/room/replay_window.ts";
import { seededRandom } from "../helpers/seeded_random.ts";

Deno.test("ReplayWindow.take() accepts each number once, in any order within the window", () => {
  const random = seededRandom(1);
  const window = new ReplayWindow();
  const seen = new Set<number>();
  let highest = -1;
  for (let i = 0; i < 50_000; i++) {
    const number = Math.floor(
      Math.max(0, highest - WINDOW_SIZE * 1.2 + random() * WINDOW_SIZE * 1.3),
    );
    const isNew = !seen.has(number) && number > highest - WINDOW_SIZE;
    assertEquals(window.take(number), isNew, `${number} with ${highest}`);
    seen.add(number);
    highest = Math.max(highest, number);
  }
});

Deno.test("ReplayWindow.take() forgets nothing at its edges and after leaps", () => {
  const window = new ReplayWindow();
  assertEquals(window.take(0), true);
  assertEquals(window.take(WINDOW_SIZE - 1), true);
  assertEquals(window.take(0), false);
  assertEquals(window.take(WINDOW_SIZE), true);
  assertEquals(window.take(0), false, "too old now");
  assertEquals(window.take(1), true, "the oldest of the window");
  assertEquals(window.take(0xffffffff), true);
  assertEquals(window.take(WINDOW_SIZE), false);
  assertEquals(window.take(0xffffffff), false);
  assertEquals(window.take(0xffffffff - WINDOW_SIZE + 1), true);
  assertEquals(window.take(0xffffffff - WINDOW_SIZE), false);
});
