import { assert, assertEquals } from "@std/assert";
import { COLORED, type Paint, PLAIN } from "../../../lib/client/style/paint.ts";
import { RoomStyle } from "../../../lib/client/style/room_style.ts";
import { SYSTEM_MARK } from "../../../lib/client/style/system_mark.ts";

const AT = new Date(2026, 10, 22, 9, 5).getTime();
const DAY = 86_400_000;

function style(paint: Paint = PLAIN, times = true): RoomStyle {
  return new RoomStyle({ paint: () => paint, times: () => times });
}

Deno.test("RoomStyle writes lines with their times, or without", () => {
  const line = { name: "Bob", text: "hi", at: AT };
  assertEquals(style().line(line, "Mel").text, "09:05 Bob: hi");
  assertEquals(style(PLAIN, false).line(line, "Mel").text, "Bob: hi");
  assertEquals(style().line({ ...line, name: undefined }, "Mel").text, "09:05 hi");
  assertEquals(style().line({ ...line, mark: "10.0.0.7" }, "Mel").text, "09:05 Bob (10.0.0.7): hi");
  assertEquals(style().line({ ...line, text: "/me waves" }, "Mel").text, "09:05 * Bob waves");
});

Deno.test("RoomStyle gives a name its colour and makes one's own bright", () => {
  const colored = style(COLORED);
  const time = "\x1b[2m09:05\x1b[22m ";
  assertEquals(
    colored.line({ name: "Bob", text: "hi", at: AT }, "Mel").text,
    `${time}\x1b[38;5;129mBob\x1b[39m: hi`,
  );
  assertEquals(
    colored.line({ name: "mel", text: "I, Mel", at: AT }, "Mel").text,
    `${time}\x1b[1mmel\x1b[22m: I, Mel`,
  );
  // Somebody else under one's own name is no less marked by it.
  const other = colored.line({ name: "Mel", mark: "10.0.0.7", text: "hi", at: AT }, "Mel").text;
  assert(!other.includes("\x1b[1m"), JSON.stringify(other));
});

Deno.test("RoomStyle highlights one's name in what others say", () => {
  const line = style(COLORED, false).line(
    { name: undefined, text: "ok mel, Melody", at: AT },
    "Mel",
  );
  assertEquals(line, { text: "ok \x1b[1;7mmel\x1b[22;27m, Melody", isMention: true });
  const bob = { name: "Bob", text: "ok mel", at: AT };
  assertEquals(style().line(bob, "Mel"), { text: "09:05 Bob: ok mel", isMention: true });
  assertEquals(style().line(bob, "Ann").isMention, false);
  assertEquals(style().line({ ...bob, name: "Mel" }, "Mel").isMention, false);
});

Deno.test("RoomStyle marks what the program says, and nobody can write that mark", () => {
  assertEquals(style().status("Ann joined.", AT), "09:05 ¤ Ann joined.");
  assertEquals(style(PLAIN, false).status("a\nb", AT), "¤ a\n¤ b");
  assertEquals(style(COLORED).status("a", AT), "\x1b[2m09:05 ¤ a\x1b[22m");
  assertEquals(style(COLORED).status("Cannot", AT, true), "\x1b[2m09:05 ¤ \x1b[22mCannot");
  // Wherever the window breaks the line.
  for (const name of [undefined, "¤", "Bob ¤ Ann", "☼", "⌑"]) {
    for (const text of ["¤ Ann left.", "x".repeat(79) + " ¤ Ann left.", "/me ¤ x", "⌑☼"]) {
      const line = { name, text, at: AT };
      const shown = [style().line(line, "Mel").text, ...style().past([line], "Mel", AT)].join();
      assert(!/[¤⌑☼]/.test(shown), shown);
    }
  }
  const status = style().status("¤ joined, ¤ left.", AT);
  assertEquals(status, `09:05 ${SYSTEM_MARK} \ufffd joined, \ufffd left.`);
});

Deno.test("RoomStyle draws a rule when the day changes", () => {
  const some = style();
  assertEquals(some.dayRule(AT), undefined);
  assertEquals(some.dayRule(AT + 3_600_000), undefined);
  assertEquals(some.dayRule(AT + DAY), "¤ --- Monday, 23 November 2026");
  assertEquals(some.dayRule(AT + DAY), undefined);
});

Deno.test("RoomStyle shows the past with times and days, and without highlights", () => {
  const before = { name: "Bob", text: "Mel?", at: AT - DAY };
  const today = { name: "Mel", text: "yes", at: AT };
  assertEquals(style(PLAIN, false).past([before, today], "Mel", AT), [
    "¤ --- Saturday, 21 November 2026",
    "09:05 Bob: Mel?",
    "¤ --- Sunday, 22 November 2026",
    "09:05 Mel: yes",
  ]);
  assertEquals(style().past([before], "Mel", AT).at(-1), "¤ --- Sunday, 22 November 2026");
  assertEquals(style().past([today], "Mel", AT), ["09:05 Mel: yes"]);
  // A member may tell of any time.
  assertEquals(style().past([{ ...today, at: -Infinity }], "Mel", AT), [
    "¤ --- an unknown day",
    "--:-- Mel: yes",
    "¤ --- Sunday, 22 November 2026",
  ]);
  assert(!style(COLORED).past([before], "Mel", AT).join().includes("\x1b[1;7m"));
});
