import { assertEquals } from "@std/assert";
import { formatTable } from "../../lib/client/table.ts";

Deno.test("formatTable() aligns columns two spaces apart, without spaces at the ends", () => {
  const rows = [["NAME", "ADDRESS", "PORT"], ["a", "239.255.100.200", "1"], [
    "lobby",
    "b",
    "65535",
  ]];
  assertEquals(
    formatTable(rows),
    "NAME   ADDRESS          PORT\na      239.255.100.200  1\nlobby  b                65535",
  );
});

Deno.test("formatTable() measures what a terminal shows", () => {
  // Wide characters take two cells, combining ones none, an emoji with joiners two.
  const rows = [["日本語", "x"], ["e\u0301e\u0301", "x"], ["👩‍👩‍👧", "x"], ["ไทย", "x"]];
  assertEquals(
    formatTable(rows),
    "日本語  x\ne\u0301e\u0301      x\n👩‍👩‍👧      x\nไทย     x",
  );
});

Deno.test("formatTable() takes rows of different lengths, and none at all", () => {
  assertEquals(formatTable([]), "");
  assertEquals(formatTable([["a"], ["bb", "c"], []]), "a\nbb  c\n");
});
