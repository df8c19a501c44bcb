import { assertEquals } from "@std/assert";
import { parseImport } from "../../lib/people/import_file.ts";

const FILES: [text: string, names: string[], faults: [line: number, why: string][]][] = [
  ["", [], []],
  ["# nothing\n\n   \n\t\n", [], []],
  [
    "\ufeffMel correct-horse\r\nBob correct horse\r\n",
    ["Mel:correct-horse", "Bob:correct horse"],
    [],
  ],
  ["  Mel   correct-horse  ", ["Mel:correct-horse"], []],
  ["DJ Пётр\tcorrect horse", ["DJ Пётр:correct horse"], []],
  ["Mel", [], [[1, "it is no name and a password"]]],
  ["Mel\t", [], [[1, "it is no name and a password"]]],
  ["\n# x\nMel secret", [], [[3, "the password has 6 characters, and at least 8 are needed"]]],
  ["melmelmel MelMelMel", [], [[1, "the password is the name"]]],
  ["Mel one-password\nmel two-passwords", ["Mel:one-password"], [[
    2,
    "the name is that of line 1",
  ]]],
];

for (const [text, names, faults] of FILES) {
  Deno.test(`parseImport() reads ${JSON.stringify(text)}`, () => {
    const file = parseImport(text);
    assertEquals(file.lines.map(({ name, password }) => `${name}:${password}`), names);
    assertEquals(file.faults.map(({ line, why }) => [line, why]), faults);
  });
}

Deno.test("parseImport() tells no word of a line that is wrong", () => {
  const secrets = [
    "hunter2:hunter2 Mel",
    "\u202ehunter2 Mel-and-more",
    "anonymous@hunter2 xxxxxxxx",
  ];
  for (const line of secrets) {
    const { lines, faults } = parseImport(line);
    assertEquals(lines, []);
    assertEquals(faults.length, 1);
    assertEquals(JSON.stringify(faults).includes("hunter2"), false, line);
  }
});
