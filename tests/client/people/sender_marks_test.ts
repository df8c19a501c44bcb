import { assertEquals } from "@std/assert";
import type { ShownMessage } from "../../../lib/client/people/message_screen.ts";
import { MarkedMessages, MAX_HEARD, SenderMarks } from "../../../lib/client/people/sender_marks.ts";

/** With a Cyrillic letter. */
const ODD = "M\u0435l";

Deno.test("SenderMarks: who looks like somebody one knows is marked, who is the same is not", () => {
  const known = ["Mel"];
  const marks = new SenderMarks(() => known);
  const table = [
    ["Mel", undefined],
    ["mel", undefined],
    ["Me1", "looks like Mel"],
    [ODD, "looks like Mel"],
    ["Bob", undefined],
    // All of it is Cyrillic.
    ["\u0421\u043e\u0441\u043e", undefined],
    ["田中Ken", undefined],
  ] as const;
  for (const [name, mark] of table) assertEquals(new SenderMarks(() => known).of(name), mark, name);
  assertEquals(marks.of("B0b"), undefined);
  known.push("Bob\x1b[2J");
  assertEquals(marks.of("B0b\x1b[2J"), "looks like Bob\ufffd[2J");
});

Deno.test("SenderMarks: a name of several scripts is marked whoever else there is", () => {
  assertEquals(new SenderMarks(() => []).of(ODD), "letters of several scripts");
});

Deno.test("SenderMarks: whom one has heard of is known later, and the same for the other one", () => {
  const marks = new SenderMarks(() => []);
  assertEquals([marks.of("Mel"), marks.of("Me1")], [undefined, "looks like Mel"]);
  assertEquals(marks.of("Mel"), "looks like Me1");
  marks.hear(["Coco"]);
  assertEquals(marks.of("\u0421\u043e\u0441\u043e"), "looks like Coco");
});

Deno.test("SenderMarks: many names push out only what is not known now", () => {
  const marks = new SenderMarks(() => ["Mel"]);
  marks.hear(["Coco"]);
  for (let i = 0; i < MAX_HEARD; i++) marks.hear([`guest ${i}`]);
  assertEquals([marks.of("C0co"), marks.of("Me1")], [undefined, "looks like Mel"]);
});

Deno.test("MarkedMessages hands on what it gets, messages with a mark", () => {
  const got: unknown[] = [];
  const screen = new MarkedMessages({
    message: (message) => got.push(message),
    session: (news, text) => got.push([news.kind, text]),
    status: (text) => got.push(text),
  }, new SenderMarks(() => ["Mel"]));
  const message: ShownMessage = { from: "Me1", account: true, text: "Hi", at: 0, kind: "private" };
  screen.message(message);
  screen.session({ kind: "asked", partner: { name: "Me1" }, questions: 1 }, "Me1 wants");
  screen.status("x");
  assertEquals(got, [{ ...message, mark: "looks like Mel" }, ["asked", "Me1 wants"], "x"]);
});
