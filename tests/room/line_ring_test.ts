import { assertEquals } from "@std/assert";
import { LineRing } from "../../lib/room/line_ring.ts";

Deno.test("LineRing: holds a window that grows to its size and then moves", () => {
  const ring = new LineRing(256);
  const first = 2 ** 32 - 1000;
  for (let i = 0; i < 1000; i++) {
    const seq = first + i;
    if (i >= 256) assertEquals(ring.take(seq - 256), i - 255);
    // Gaps: lines that were missing are not here.
    if (i % 7 === 4 && i < 256) continue;
    ring.set(seq, `hash ${seq}`, i + 1, i + 0.5);
    assertEquals(ring.get(seq), {
      hash: `hash ${seq}`,
      verified: true,
      kept: i + 1,
      saidAt: i + 0.5,
    });
    if (i === 255) { for (let j = 4; j < 256; j += 7) ring.set(first + j, "late", j + 1, 0); }
  }
  for (let i = 744; i < 1000; i++) assertEquals(ring.hashOf(first + i), `hash ${first + i}`);
  assertEquals([ring.has(first + 743), ring.has(first + 1000), ring.has(0)], [false, false, false]);
  assertEquals(ring.take(first + 743), undefined);
});
