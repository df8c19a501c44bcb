import { assert, assertEquals } from "@std/assert";
import { areLookAlikes, hasMixedScripts, skeletonOf } from "../../lib/people/look_alikes.ts";

Deno.test("areLookAlikes() sees letters of other scripts", () => {
  for (
    const [one, other] of [
      ["Mel", "M\u0435l"], // Cyrillic e
      ["MEL", "\u041c\u0415L"], // Cyrillic M, E
      ["Anna", "\u0391nna"], // Greek A
      ["scope", "\u0455\u0441\u043e\u0440\u0435"], // wholly Cyrillic
      ["Bill", "Bi11"],
      ["Bill", "BiII"],
      ["Bob", "B0b"],
      ["Lara", "\u217cara"], // small Roman numeral fifty
      ["Ernie", "Emie"],
      ["René", "Ren\u0435\u0301"],
      ["op", "\u0585\u0440"],
      ["Mel", "Ｍ\u0435l"],
    ] as const
  ) {
    const isSame = one === "Lara";
    // What Unicode itself says to be the same is the same name, and no look-alike.
    assertEquals(areLookAlikes(one, other), !isSame, `${one} ${other} ${skeletonOf(other)}`);
    assertEquals(areLookAlikes(other, one), !isSame, `${other} ${one}`);
  }
});

Deno.test("areLookAlikes() leaves names alone that are the same, or just similar", () => {
  for (
    const [one, other] of [
      ["Mel", "mel"],
      ["Mel", "Ｍel"],
      ["Mel", "Mel2"],
      ["Ann", "Anne"],
      ["Rene", "René"],
      ["Пётр", "Пётр"],
      ["田中", "田口"],
    ] as const
  ) assert(!areLookAlikes(one, other), `${one} ${other}`);
});

Deno.test("hasMixedScripts() looks at each word", () => {
  const mixed = ["M\u0435l", "\u0391nna", "Анna", "x М\u0435l\u043e"];
  const fine = [
    "Mel",
    "Пётр",
    "DJ Пётр",
    "Γιώργος",
    "田中Ken",
    "สมชาย",
    "Mel-Пётр",
    "R2D2",
    "👋Mel",
    "",
  ];
  assertEquals(mixed.map(hasMixedScripts), mixed.map(() => true));
  assertEquals(fine.map(hasMixedScripts), fine.map(() => false));
});
