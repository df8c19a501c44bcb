import { assert, assertEquals, assertLess } from "@std/assert";
import {
  checkPersonName,
  foldName,
  MAX_REMEMBERED_NAMES,
  NameSuggestions,
} from "../../lib/people/names.ts";

/** Names that are held, and how often it was asked whether one is. */
class Held {
  readonly keys = new Set<string>();
  asked = 0;
  readonly suggestions = new NameSuggestions((key) => {
    this.asked++;
    return this.keys.has(key);
  });

  /** Takes the name, or one like it. */
  take(name: string): string {
    const got = this.keys.has(foldName(name)) ? this.suggestions.next(name) : name;
    assert(!this.keys.has(foldName(got)));
    this.keys.add(foldName(got));
    return got;
  }
}

Deno.test("foldName() leaves out what cannot be seen, and keeps what can", () => {
  const same: [a: string, b: string][] = [
    ["Mel", "mEL"],
    ["Mel", "Ｍｅｌ"],
    ["Mel", "M\u200de\u200cl\ufe0f\u{e0101}"],
    ["Mel", "\u2800\u3164M\u115fel\u00ad"],
    ["Anna Lena", "Anna\u00a0 Lena "],
    ["caf\u00e9", "cafe\u034f\u0301"],
    ["\u0130", "i\u0307"],
  ];
  for (const [a, b] of same) assertEquals(foldName(a), foldName(b));
  const keys = ["Mel", "Me1", "Anna Lena", "AnnaLena", "Żółw", "Zolw", "Меl"].map(foldName);
  assertEquals(new Set(keys).size, keys.length);
});

Deno.test("foldName() of a folded name is that name", () => {
  for (const name of ["Mel", "İ", "ﬁ ﬂ", "ẞ", "👩‍👩‍👧", "ﾡ가", "\u1e9b\u0323"]) {
    assertEquals(foldName(foldName(name)), foldName(name));
  }
});

Deno.test("NameSuggestions: 10,000 that want one name need few steps each", () => {
  const held = new Held();
  for (let count = 0; count < 10_000; count++) held.take(count % 2 === 0 ? "Mel" : "mel");
  assertEquals(held.keys.size, 10_000);
  assert(held.keys.has("mel10000"));
  assertLess(held.asked, 10 * 10_000);
});

Deno.test("NameSuggestions: long names that differ only at their end share their numbers", () => {
  const held = new Held();
  const start = "x".repeat(30);
  for (let count = 0; count < 2_000; count++) {
    const name = start + String.fromCodePoint(0x4e00 + count);
    held.keys.add(foldName(name));
    held.take(name);
  }
  assertLess(held.asked, 12 * 2_000);
});

Deno.test("NameSuggestions: a short number that is free again is taken again", () => {
  const held = new Held();
  for (let count = 0; count < 20; count++) held.take("mel");
  held.keys.delete("mel3");
  assertEquals([held.take("mel"), held.take("mel")], ["mel3", "mel21"]);
});

Deno.test("NameSuggestions: what it suggests is a legal name, cut between what is seen", () => {
  const flag = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";
  const families = "👩‍👩‍👧‍👦".repeat(4);
  const table: [name: string, suggested: string][] = [
    ["x".repeat(25) + flag, `${"x".repeat(25)}2`],
    [`${families}abcd`, `${families}abc2`],
    [`${"x".repeat(30)}e\u0301`, `${"x".repeat(30)}2`],
    // One character to the eye, which cannot be cut.
    [`e${"\u0301".repeat(31)}`, "guest2"],
  ];
  for (const [name, suggested] of table) {
    assertEquals(checkPersonName(name), name);
    const held = new Held();
    assertEquals([held.take(name), held.take(name)], [name, suggested]);
    for (let count = 0; count < 200; count++) {
      const got = held.take(name);
      assertEquals(checkPersonName(got), got);
    }
  }
});

Deno.test("NameSuggestions remembers the numbers of so many names and no more", () => {
  const suggestions = new NameSuggestions((key) => /^n\d+x\d?$/.test(key));
  for (let count = 0; count < MAX_REMEMBERED_NAMES + 10; count++) {
    assertEquals(suggestions.next(`n${count}x`), `n${count}x10`);
  }
  assertEquals(suggestions.remembered, MAX_REMEMBERED_NAMES);
});
