import { assertEquals } from "@std/assert";
import { Bursts } from "../../../lib/client/terminal/bursts.ts";
import type { KeyEvent, KeyName } from "../../../lib/client/terminal/keys.ts";
import { MAX_PASTE_LENGTH } from "../../../lib/client/terminal/paste_collector.ts";

const text = (typed: string): KeyEvent => ({ kind: "text", text: typed });
const key = (name: KeyName): KeyEvent => ({ kind: "key", name });
const paste = (pasted: string): KeyEvent => ({
  kind: "paste",
  text: pasted,
  cut: false,
  burst: true,
});

/** Each array is one read; at the end nothing more comes. */
function read(...reads: KeyEvent[][]): KeyEvent[] {
  const bursts = new Bursts();
  return [...reads.flatMap((keys) => bursts.push(keys)), ...bursts.flush()];
}

Deno.test("Bursts.push() lets typed keys through at once", () => {
  const bursts = new Bursts();
  for (const typed of [text("a"), key("enter"), key("tab"), text("漢"), key("left")]) {
    assertEquals(bursts.push([typed]), [typed]);
  }
  assertEquals(bursts.pending, false);
});

Deno.test("Bursts.flush() gives a line with its Enter as it was typed", () => {
  assertEquals(read([text("hello"), key("enter")]), [text("hello"), key("enter")]);
});

Deno.test("Bursts.flush() makes one paste of lines that came together", () => {
  const enter = key("enter");
  const lines = [text("one"), enter, text("/leave"), enter, text("two"), enter];
  assertEquals(read(lines), [paste("one\n/leave\ntwo\n")]);
  assertEquals(read(lines.slice(0, 2), lines.slice(2)), [paste("one\n/leave\ntwo\n")]);
  assertEquals(read(lines.slice(0, 2), lines.slice(2, 5), [enter]), [paste("one\n/leave\ntwo\n")]);
  assertEquals(read([enter, enter, enter]), [paste("\n\n\n")]);
  assertEquals(read([text("a"), key("tab"), enter, enter, enter, text("c")]), [
    paste("a\t\n\n\nc"),
  ]);
});

Deno.test("Bursts.flush() gives two lines as they were typed", () => {
  const enter = key("enter");
  const lines = [text("one"), enter, text("two"), enter];
  assertEquals(read(lines), lines);
  assertEquals(read([enter, text("two"), enter]), lines.slice(1));
});

Deno.test("Bursts.push() ends a paste at any other key", () => {
  const lines = [text("1"), key("enter"), text("2"), key("enter"), text("3"), key("enter")];
  assertEquals(read(lines, [key("ctrl-c")]), [paste("1\n2\n3\n"), key("ctrl-c")]);
  const keys = [text("one"), key("enter"), key("up")];
  assertEquals(read(keys), keys);
});

Deno.test("Bursts.flush() says that a paste was too long, and keeps little of it", () => {
  const bursts = new Bursts();
  const piece = [text("x".repeat(1023)), key("enter")];
  for (let i = 0; i < MAX_PASTE_LENGTH / 1024 + 10; i++) bursts.push(piece);
  const [event, ...more] = bursts.flush();
  assertEquals(more, []);
  assertEquals(event?.kind === "paste" && [event.cut, event.text.length], [true, MAX_PASTE_LENGTH]);
  assertEquals(bursts.flush(), []);
});
