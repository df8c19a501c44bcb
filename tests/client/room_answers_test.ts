import { assert, assertEquals } from "@std/assert";
import { formatMembers, formatReceipts } from "../../lib/client/room_answers.ts";

const source = { address: "10.0.0.7", port: 5 };

Deno.test("formatMembers() lists oneself first, and the loss of those who were heard", () => {
  const common = { id: undefined, source, silentFor: 3000, knownFor: 9000 };
  const members = [
    { ...common, name: "Mel", via: "direct", direct: 97, recovered: 3 },
    { ...common, name: "漢字", via: "relay", direct: 0, recovered: 0 },
    { ...common, name: "Old", via: "simple", direct: 2, recovered: 0 },
  ] as const;
  const self = { name: "Bob", address: "10.0.0.1", via: "direct" };
  assertEquals(formatMembers(members, self).split("\n"), [
    "NAME  ADDRESS   WAY            HEARD   LOSS",
    "Bob   10.0.0.1  direct         (you)",
    "Mel   10.0.0.7  direct         3s ago  3 % of 100",
    "漢字  10.0.0.7  relay          3s ago",
    "Old   10.0.0.7  simple client  3s ago  0 % of 2",
  ]);
});

Deno.test("formatReceipts() tells how many have a line, and who not", () => {
  const receipts = [
    { text: "Bob: one", age: 60_000, has: ["Mel", "Ann"], lacks: [], untold: [] },
    { text: "Bob: two", age: 4000, has: ["Mel"], lacks: ["Ann"], untold: [] },
    { text: "Bob: three", age: 0, has: [], lacks: ["a", "b", "c", "d", "e", "f"], untold: ["g"] },
    { text: "Bob: four", age: 0, has: [], lacks: [], untold: ["Mel", "Ann"] },
  ];
  assertEquals(formatReceipts(receipts).split("\n"), [
    "SAID    HAVE IT  LINE        NOT YET",
    "1m ago  2 of 2   Bob: one",
    "4s ago  1 of 2   Bob: two    Ann",
    "0s ago  0 of 7   Bob: three  a, b, c, d, e and 1 more (not known: 1)",
    "0s ago  0 of 2   Bob: four   (not known: 2)",
  ]);
});

Deno.test("formatReceipts() shows the last lines, shortened", () => {
  const receipts = Array.from({ length: 64 }, (_, i) => ({
    text: `Bob: ${i} ${"x".repeat(1000)}`,
    age: 0,
    has: [],
    lacks: [],
    untold: [],
  }));
  const rows = formatReceipts(receipts).split("\n");
  assertEquals([rows.length, rows.at(-1)?.includes("Bob: 63 xxx")], [11, true]);
  assert(rows.every((row) => row.length < 80));
});
