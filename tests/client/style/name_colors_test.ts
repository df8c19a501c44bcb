import { assert, assertEquals, assertGreater } from "@std/assert";
import { colorOfName, NAME_COLORS } from "../../../lib/client/style/name_colors.ts";

const STEPS = [0, 95, 135, 175, 215, 255];

/** Relative luminance of a colour of the 6x6x6 cube (WCAG 2.1). */
function luminance(index: number): number {
  const n = index - 16;
  const parts = [Math.floor(n / 36), Math.floor(n / 6) % 6, n % 6].map((step) => {
    const part = STEPS[step]! / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * parts[0]! + 0.7152 * parts[1]! + 0.0722 * parts[2]!;
}

Deno.test("NAME_COLORS can be read on black and on white", () => {
  assertEquals(new Set(NAME_COLORS).size, 10);
  for (const color of NAME_COLORS) {
    assert(color >= 16 && color <= 231, `${color} is of the cube, which no theme changes`);
    const light = luminance(color);
    assertGreater((light + 0.05) / 0.05, 3.6, `${color} on black`);
    assertGreater(1.05 / (light + 0.05), 3.6, `${color} on white`);
  }
});

Deno.test("colorOfName() is the same for every spelling of a name, today and tomorrow", () => {
  assertEquals(colorOfName("Mel"), colorOfName("MEL "));
  assertEquals(colorOfName("Mel"), colorOfName("Ｍel"));
  assertEquals(["Mel", "Bob", "สมชาย"].map(colorOfName), [32, 129, 64]);
});

Deno.test("colorOfName() uses all colours", () => {
  const counts = new Map<number, number>();
  for (let i = 0; i < 1000; i++) {
    const color = colorOfName(`user${i}`);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  assertEquals(counts.size, NAME_COLORS.length);
  assert([...counts.values()].every((count) => count > 50 && count < 200), [...counts].join(" "));
});
