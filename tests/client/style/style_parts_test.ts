import { assertEquals } from "@std/assert";
import { Bell, BELL_GAP } from "../../../lib/client/style/bell.ts";
import { clockTime, logTime, longDay } from "../../../lib/client/style/clock_time.ts";
import { COLOR_WISHES, isColored } from "../../../lib/client/style/color_wish.ts";
import { actionOf, parseSaidLine } from "../../../lib/client/said_line.ts";

Deno.test("isColored() follows the wish, NO_COLOR and the terminal", () => {
  const cases = COLOR_WISHES.flatMap((wish) =>
    [undefined, "", "1", "0"].flatMap((noColor) =>
      [true, false].map((capable) => ({ wish, noColor, capable }))
    )
  );
  const colored = cases.filter(({ wish, ...rest }) => isColored(wish, rest));
  assertEquals(colored.map(({ wish, noColor }) => `${wish} ${noColor}`), [
    "auto undefined",
    "auto ",
    "always undefined",
    "always ",
    "always 1",
    "always 0",
  ]);
  assertEquals(colored.every(({ capable }) => capable), true);
});

Deno.test("Bell rings as wished, once for a burst", () => {
  const rings = (wish: "off" | "mention" | "all", isMention: boolean): boolean =>
    new Bell().ring(wish, isMention, 0) === "\x07";
  assertEquals(
    (["off", "mention", "all"] as const).map((wish) => [rings(wish, false), rings(wish, true)]),
    [[false, false], [false, true], [true, true]],
  );
  const bell = new Bell();
  const heard = [0, 10, BELL_GAP - 1, BELL_GAP, BELL_GAP + 1].map((now) =>
    bell.ring("all", false, now)
  );
  assertEquals(heard, ["\x07", "", "", "\x07", ""]);
  // The clock was set back: the bell is not silent for hours.
  assertEquals(bell.ring("all", false, -1e9), "\x07");
});

Deno.test("times are local, and any number is one", () => {
  const at = new Date(2026, 0, 4, 0, 3, 9).getTime();
  assertEquals([clockTime(at), longDay(at), logTime(at)], [
    "00:03",
    "Sunday, 4 January 2026",
    "2026-01-04 00:03:09",
  ]);
  assertEquals([clockTime(NaN), longDay(Infinity)], ["--:--", "an unknown day"]);
});

Deno.test("parseSaidLine() takes names of legal length only", () => {
  const long = "x".repeat(33);
  assertEquals(
    ["Mel: hi", "Mel:hi", ": hi", " : hi", "Mel: ", `${long}: hi`, "a: b: c"].map(parseSaidLine),
    [
      { name: "Mel", text: "hi" },
      { name: undefined, text: "Mel:hi" },
      { name: undefined, text: ": hi" },
      { name: undefined, text: " : hi" },
      { name: "Mel", text: "" },
      { name: undefined, text: `${long}: hi` },
      { name: "a", text: "b: c" },
    ],
  );
});

Deno.test("actionOf() knows an action from a line", () => {
  const texts = ["/me waves", "/me   waves ", "/me", "/me  ", "/mexico", "x /me y", "/ME x"];
  assertEquals(texts.map(actionOf), ["waves", "waves", ...Array(5).fill(undefined)]);
});
