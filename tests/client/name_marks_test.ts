import { assertEquals } from "@std/assert";
import { NameMarks } from "../../lib/client/name_marks.ts";

const OWN = { address: "10.0.0.1", port: 5000 };
const MEL = { address: "10.0.0.7", port: 5000 };
const OTHER = { address: "10.0.0.66", port: 5000 };

type Member = { name: string; source: typeof OWN; via: "direct" | "relay" | "simple" };

function makeMarks(members: Member[]) {
  let now = 0;
  let lists = 0;
  const marks = new NameMarks({
    members: () => {
      lists++;
      return members;
    },
    own: () => ({ name: "Bob", source: OWN }),
    now: () => now,
  });
  const wait = (ms: number) => void (now += ms);
  return { marks, wait, lists: () => lists };
}

const mel: Member = { name: "Mel", source: MEL, via: "direct" };

Deno.test("NameMarks.mark() marks names that somebody else has, or that look the same", () => {
  const { marks } = makeMarks([mel]);
  const table = [
    ["Mel: hi", MEL, "Mel: hi"],
    ["Mel: hi", OTHER, "Mel (10.0.0.66): hi"],
    ["mEL : hi", OTHER, "mEL  (10.0.0.66): hi"],
    ["Ｍel: hi", OTHER, "Ｍel (10.0.0.66): hi"],
    ["Bob: hi", OTHER, "Bob (10.0.0.66): hi"],
    ["Ann: hi", OTHER, "Ann: hi"],
    ["no name", OTHER, "no name"],
    [": Mel: hi", OTHER, ": Mel: hi"],
    ["", OTHER, ""],
    // Who has the same host is told by the port.
    ["Mel: hi", { ...MEL, port: 6000 }, "Mel (10.0.0.7:6000): hi"],
    ["Bob: hi", { ...OWN, port: 6000 }, "Bob (10.0.0.1:6000): hi"],
    // What looks like a name and a colon to a person.
    ["Mel:hi", OTHER, "Mel (10.0.0.66):hi"],
    ["Mel:\u00a0hi", OTHER, "Mel (10.0.0.66):\u00a0hi"],
    ["Mel：hi", OTHER, "Mel (10.0.0.66)：hi"],
    // Who pretends to be marked.
    ["Mel (10.0.0.7): hi", OTHER, "Mel (10.0.0.7) (10.0.0.66): hi"],
    ["Ann (10.0.0.7): hi", OTHER, "Ann (10.0.0.7) (10.0.0.66): hi"],
    ["Mel （10.0.0.7）: hi", OTHER, "Mel （10.0.0.7） (10.0.0.66): hi"],
    ["Mel (room 7): hi", OTHER, "Mel (room 7): hi"],
  ] as const;
  for (const [text, source, shown] of table) assertEquals(marks.mark({ text, source }), shown);
});

Deno.test("NameMarks.mark() marks both of two members, but nothing for simple clients", () => {
  const members: Member[] = [mel, { ...mel, source: OTHER, via: "relay" }];
  const { marks } = makeMarks([...members, { name: "Ann", source: MEL, via: "simple" }]);
  assertEquals(marks.mark({ text: "Mel: hi", source: MEL }), "Mel (10.0.0.7): hi");
  assertEquals(marks.mark({ text: "Mel: hi", source: OTHER }), "Mel (10.0.0.66): hi");
  assertEquals(marks.mark({ text: "Ann: hi", source: OTHER }), "Ann: hi");
});

Deno.test("NameMarks.mark() asks who is there now and then, and when that changed", () => {
  const members: Member[] = [];
  const { marks, wait, lists } = makeMarks(members);
  const line = { text: "Mel: hi", source: OTHER };
  for (let i = 0; i < 1000; i++) marks.mark(line);
  assertEquals([lists(), marks.mark(line)], [1, "Mel: hi"]);
  members.push(mel);
  marks.changed();
  assertEquals(marks.mark(line), "Mel (10.0.0.66): hi");
  members.pop();
  wait(250);
  assertEquals([marks.mark(line), lists()], ["Mel: hi", 3]);
});
